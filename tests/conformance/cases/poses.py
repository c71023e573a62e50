"""Cases of layers of forks for poses of things and robots, and for people."""

import numpy as np

from tests.conformance.case import LARGE, N, apart, case, spec, values
from tests.conformance.cases.loss import LARGE_POSITIVE

FEATURES = values(N, 3)
BY_RULE = "the fork's gradient is another: it has the margin as a divisor, and no loss weight"


def chances(*shape):
    """Probabilities that are neither 0 nor 1."""
    draw = values(*shape)
    return lambda batch, rng: rng.uniform(0.1, 0.9, draw(batch, rng).shape)


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


def cosines(batch, rng):
    return rng.uniform(-0.9, 0.9, (batch, 3))


UNHEEDED = {"transform_test": "not heeded, in the fork neither"}

CASES = {
    "AdaCosAddmScale": spec(
        case(
            "adacos_add_m_scale_param { m: 0.25 num_classes: 9 transform_test: true }",
            cosines,
            classes,
            no_gradient="the scale, which depends on all cosines, is no part of it",
        ),
        bottoms=2,
        not_compared={"m": "as CosinAddm's", "num_classes": "as the scale", **UNHEEDED},
    ),
    "CombinedMargin": spec(
        case("combined_margin_param { m1: 2 m2: 0.25 m3: 0.5 }", cosines, classes),
        case("combined_margin_param { transform_test: true }", cosines, classes),
        bottoms=2,
        not_compared=UNHEEDED,
    ),
    "CosinAddm": spec(
        case("cosin_add_m_param { m: 1.5 }", cosines, classes),
        case("cosin_add_m_param { transform_test: true }", cosines, classes),
        bottoms=2,
        not_compared=UNHEEDED,
    ),
    "EuclideanDistance": spec(
        case("", values(N, 7), values(N, 7), no_gradient="a score has none"), bottoms=2
    ),
    "EuclideanWeightedLoss": spec(
        case("euclidean_weight_param { lambda: 3 }", values(N, 2, 3), zeros_and_ones),
        case("", values(N, 2, 3), zeros_and_ones),
        bottoms=2,
    ),
    **{
        f"K{k}_EuclideanLoss": spec(
            case("", FEATURES, FEATURES, no_gradient="the second bottom is not read"), bottoms=2
        )
        for k in (1, 2)
    },
    "MaskOutputs": spec(
        case("mask_outputs_param { kernel_size: 2 }", values(N, 6), classes),
        case("mask_outputs_param { kernel_size: 2 }", values(N, 7, 2, 3), classes),
        bottoms=2,
    ),
    "MIL": spec(
        case("mil_param { context_per_roi: 2 }", values(N, 4)),
        case("mil_param { type: MAX }", apart(N, 4, 2, 3)),
        case("mil_param { type: NOR }", chances(N, 4, 2, 3)),
        more_gradients=[case("mil_param { context_per_roi: 3 }", values(7, 2, 1))],
    ),
    "SigmoidCrossEntropyWeightedLoss": spec(
        case("", FEATURES, answers), bottoms=2, large=[case("", LARGE, LARGE_POSITIVE)]
    ),
    "SpatialSoftmax": spec(
        case("", values(N, 2, 3, 4)),
        case("spatial_softmax_param { temperature: 0.5 }", values(N, 3, 2)),
        *(
            case(f"spatial_softmax_param {{ engine: {engine} }}", values(N, 3, 2))
            for engine in ("DEFAULT", "CAFFE", "CUDNN")
        ),
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
