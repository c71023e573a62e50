import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPE = (3, 4, 2)  # 3 items, 4 classes, 2 places


def weighted(x, labels, weights, options=""):
    return run_layer(f'name: "l" type: "WeightedSoftmaxWithLoss" {options}', x, labels, weights)


def oracle(x, labels, weights, ignored=None):
    """The summed loss, its gradient, and the labels that count, in plain loops."""
    total, counted, gradient = 0.0, 0, np.zeros_like(x)
    for n, s in np.ndindex(3, 2):
        label = int(labels[n, s])
        if label == ignored:
            continue
        powers = [math.exp(x[n, c, s]) for c in range(4)]
        total -= weights[n] * math.log(powers[label] / sum(powers))
        counted += weights[n] > 1e-12
        for c in range(4):
            gradient[n, c, s] = weights[n] * (powers[c] / sum(powers) - (c == label))
    return total, gradient, counted


@pytest.fixture
def x(rng):
    return rng.normal(size=SHAPE)


LABELS = np.array([[0, 3], [1, 1], [2, 0]], float)
WEIGHTS = np.array([0.5, 0, 2.0])


@pytest.mark.parametrize(
    ("options", "divisor"),
    [
        ("", "counted"),
        ("loss_param { normalize: false }", 3),
        ("loss_param { normalization: FULL }", 6),
        ("loss_param { normalization: NONE }", 1),
        ("loss_param { ignore_label: 3 }", "counted"),
        ("loss_weight: 3", "counted"),
    ],
)
def test_items_count_by_their_weights(options, divisor, x):
    run = weighted(x, LABELS, WEIGHTS, options)
    total, gradient, counted = oracle(x, LABELS, WEIGHTS, 3 if "ignore" in options else None)
    divisor = counted if divisor == "counted" else divisor
    np.testing.assert_allclose(run.top[0].data, total / divisor)
    run.top[0].diff[...] = 3
    run.backward([True, False, False])
    np.testing.assert_allclose(run.bottom[0].diff, 3 * gradient / divisor, atol=1e-12)


def test_another_axis_of_classes(x):
    run = weighted(x.swapaxes(1, 2), LABELS, np.repeat(WEIGHTS, 2), "softmax_param { axis: -1 }")
    total, gradient, counted = oracle(x, LABELS, WEIGHTS)
    np.testing.assert_allclose(run.top[0].data, total / counted)
    run.top[0].diff[...] = 1
    run.backward([True, False, False])
    np.testing.assert_allclose(run.bottom[0].diff, gradient.swapaxes(1, 2) / counted, atol=1e-12)


def test_no_loss_is_infinite():
    run = weighted(np.array([[0.0, 1000.0]]), np.zeros(1), np.full(1, 2.0))
    np.testing.assert_allclose(run.top[0].data, -2 * math.log(np.finfo("f4").tiny))


def test_the_first_numbers_of_the_weights_are_those_of_the_items(x):
    wide = np.stack([WEIGHTS, [7, 8, 9]], axis=1)  # 0.5 7 0 8 2 9
    found = weighted(x, LABELS, wide).top[0].data
    expected = weighted(x, LABELS, np.array([0.5, 7, 0])).top[0].data
    np.testing.assert_allclose(found, expected)


def test_what_does_not_fit(x):
    with pytest.raises(LayerError, match="there must be a weight for each item"):
        weighted(x, LABELS, np.ones(4))
    with pytest.raises(LayerError, match="is no class of bottom"):
        weighted(x, LABELS + 1, WEIGHTS)
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        weighted(x, LABELS, WEIGHTS).backward([True, False, True])
