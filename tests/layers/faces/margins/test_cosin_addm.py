import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

M = 0.5
X = [[0.3, 0.9, -0.2], [0.1, -0.99, 0.4], [1.0, 0.2, 0.3], [1.25, -1.25, 0]]


def margin(options, labels, x=X, **more):
    return run_layer(f'type: "CosinAddm" cosin_add_m_param {{ {options} }}', x, labels, **more)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_the_true_angle_grows(phase):
    run = margin(f"m: {M} transform_test: false", [0, 1, 0, 0], phase=phase)
    run.top[0].diff[...] = 2
    run.layer.backward(run.top, [True, False], run.bottom)
    expected, gradient = np.array(X), np.full((4, 3), 2.0)
    t = math.acos(0.3)
    expected[0, 0] = math.cos(t + M)
    gradient[0, 0] *= math.sin(t + M) / math.sin(t)
    expected[1, 1] = -0.99 - M * math.sin(M)  # its angle is above pi - m
    expected[2:, 0] = math.cos(M)  # an angle of 0, and what is none
    np.testing.assert_allclose(run.top[0].data, expected)
    np.testing.assert_allclose(run.bottom[0].diff, gradient)


def test_below_minus_1_the_line_goes_on():
    y = margin(f"m: {M}", [1], X[3:]).top[0].data
    np.testing.assert_allclose(y, [[1.25, -1.25 - M * math.sin(M), 0]])


@pytest.mark.parametrize("label", [-1, 3, np.nan])
def test_labels_that_are_no_class_are_refused(label):
    with pytest.raises(LayerError, match="is no class"):
        margin("", [0, 0, 0, label])


def test_each_item_has_a_label():
    with pytest.raises(LayerError, match="Number of labels must match"):
        margin("", [0])
