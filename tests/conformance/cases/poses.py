"""Cases of layers of forks for poses, of things, people and robots."""

import numpy as np

from tests.conformance.case import LARGE, N, case, spec, values
from tests.conformance.cases.loss import LARGE_POSITIVE

FEATURES = values(N, 3)
BY_RULE = "the fork's gradient is another: it has the margin as a divisor, and no loss weight"


def answers(batch, rng):
    """Yes, no, or not known."""
    return rng.integers(-1, 2, (batch, 3)).astype(float)


def zeros_and_ones(batch, rng):
    return rng.integers(0, 2, (batch, 2, 3)).astype(float)


def classes(batch, rng):
    return rng.integers(0, 3, batch).astype(float)


def symmetric(batch, rng):
    half = rng.normal(size=(batch, 3, 3))
    return half + np.swapaxes(half, 1, 2)


CASES = {
    "EuclideanDistance": spec(
        case("", values(N, 7), values(N, 7), no_gradient="a score has none"), bottoms=2
    ),
    "EuclideanWeightedLoss": spec(
        case("euclidean_weight_param { lambda: 3 }", values(N, 2, 3), zeros_and_ones),
        case("", values(N, 2, 3), zeros_and_ones),
        bottoms=2,
    ),
    "MaskOutputs": spec(
        case("mask_outputs_param { kernel_size: 2 }", values(N, 6), classes),
        case("mask_outputs_param { kernel_size: 2 }", values(N, 7, 2, 3), classes),
        bottoms=2,
    ),
    "MIL": spec(
        case("mil_param { context_per_roi: 2 }", values(N, 4)),
        more_gradients=[case("mil_param { context_per_roi: 3 }", values(7, 2, 1))],
        not_compared={"type": "refused: it is caffe-windows'"},
    ),
    "SigmoidCrossEntropyWeightedLoss": spec(
        case("", FEATURES, answers), bottoms=2, large=[case("", LARGE, LARGE_POSITIVE)]
    ),
    "SpatialSoftmax": spec(
        case("", values(N, 2, 3, 4)),
        case("spatial_softmax_param { temperature: 0.5 }", values(N, 3, 2)),
    ),
    "Sum": spec(
        case("", FEATURES, FEATURES, FEATURES),
        case("", FEATURES),
        case("", FEATURES, values(N, 3, 1, 1)),
        bottoms=(1, None),
    ),
    "TripletRankLoss": spec(
        case("triplet_rank_loss_param { margin: 3 }", *[FEATURES] * 3, no_gradient=BY_RULE),
        case("", *[values(N, 3, 2)] * 3, no_gradient=BY_RULE),
        bottoms=3,
        not_compared={"margin": BY_RULE},
    ),
    "WeightedEuclideanLoss": spec(case("", FEATURES, FEATURES, symmetric), bottoms=3),
}
