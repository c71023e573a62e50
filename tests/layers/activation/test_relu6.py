import numpy as np
import pytest

from blobnet.testing import run_layer

INF = np.inf
X = [-2.0, -0.5, 0.0, 3.0, 5.5, 6.0, 6.5, 100.0]


def relu6(x, options="", **more):
    return run_layer(f'name: "act" type: "ReLU6" relu6_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("in_place", [False, True])
def test_values_stay_between_0_and_6(dtype, in_place):
    run = relu6(X, dtype=dtype, in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, [0, 0, 0, 3, 5.5, 6, 6, 6])
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, 0, 0, 2, 2, 0, 0, 0])


@pytest.mark.parametrize("in_place", [False, True])
def test_a_slope_for_negative_values(in_place):
    run = relu6(X, "negative_slope: 0.5", in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, [-1, -0.25, 0, 3, 5.5, 6, 6, 6])
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [1, 1, 1, 2, 2, 0, 0, 0])


@pytest.mark.parametrize("in_place", [False, True])
def test_another_threshold_as_in_brocolli(in_place):
    run = relu6(X, "negative_slope: -4 threshold: 4", in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, [4, 2, 0, 3, 4, 4, 4, 4])
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, -8, -8, 2, 0, 0, 0, 0])


def test_infinite_values():
    np.testing.assert_array_equal(relu6([-INF, INF]).top[0].data, [0, 6])
