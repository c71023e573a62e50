"""SoftmaxWithLoss of items with several labels each, as bottom-up attention has it."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LABELS = [[2, -1, 0, 2], [-1, -1, -1, -1], [3, -1, -1, -1], [1.0, 0, 3, 2]]


def loss(x, labels, options="ignore_label: -1", **more):
    return run_layer(
        f'name: "loss" type: "SoftmaxWithLoss" loss_param {{ {options} }}', x, labels, **more
    )


@pytest.mark.parametrize(
    ("mode", "divisor"), [("", 3), ("VALID", 3), ("FULL", 4), ("BATCH_SIZE", 4), ("NONE", 1)]
)
def test_an_item_loses_the_mean_over_its_labels(mode, divisor, rng):
    x = rng.normal(size=(4, 5))
    options = "ignore_label: -1" + (f" normalization: {mode}" if mode else "")
    run = loss(x, LABELS, options, num_top=2)
    total, gradient = 0.0, np.zeros((4, 5))
    for row, labels in enumerate(LABELS):
        p = np.exp(x[row]) / np.exp(x[row]).sum()
        np.testing.assert_allclose(run.top[1].data[row], p)
        its = [int(label) for label in labels if label != -1]
        for label in its:
            total -= math.log(p[label]) / len(its)
            gradient[row, label] -= 1 / len(its)
        gradient[row] += p if its else 0
    assert float(run.top[0].data) == pytest.approx(total / divisor)
    run.top[0].diff[...] = 3
    run.backward([True, False])
    np.testing.assert_allclose(run.bottom[0].diff, 3 * gradient / divisor, atol=1e-15)


def test_no_item_has_a_label(rng):
    run = loss(rng.normal(size=(2, 3)), np.full((2, 2), -1))
    assert float(run.top[0].data) == 0
    run.top[0].diff[...] = 1
    run.backward([True, False])
    assert not run.bottom[0].diff.any()


def test_a_certain_miss_costs_no_more_than_the_smallest_float():
    run = loss(np.array([[0.0, 1000.0]]), [[0, 1]])
    assert float(run.top[0].data) == pytest.approx(-math.log(np.finfo(np.float32).tiny) / 2)


@pytest.mark.parametrize(
    ("shape", "labels", "options", "told"),
    [
        ((2, 3), [[0, 3], [0, 0]], "ignore_label: -1", "label 3 for sample 0"),
        ((2, 3), [[0, 0], [np.nan, 0]], "ignore_label: -1", "label nan for sample 1"),
        ((2, 3), [[0, 1], [0, 0]], "", "Number of labels must match"),
        ((2, 3, 2), np.zeros((2, 4)), "ignore_label: -1", "Number of labels must match"),
        ((2, 3), np.zeros((2, 2, 2)), "ignore_label: -1", "Number of labels must match"),
    ],
)
def test_labels_that_do_not_suit(shape, labels, options, told):
    with pytest.raises(LayerError, match=told):
        loss(np.zeros(shape), labels, options)
