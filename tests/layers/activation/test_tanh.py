import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def tanh(x, **more):
    return run_layer('name: "act" type: "TanH"', x, **more)


@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_the_hyperbolic_tangent(in_place, rng):
    x = rng.normal(size=(2, 3, 4))
    expected = [math.tanh(value) for value in x.flat]
    run = tanh(x, in_place=in_place)
    np.testing.assert_allclose(run.top[0].data.ravel(), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_values_saturate_without_a_warning(dtype):
    run = tanh([-np.inf, -1e30, 1e30, np.inf, np.nan], dtype=dtype)
    np.testing.assert_array_equal(run.top[0].data, [-1, -1, 1, 1, np.nan])
    run.top[0].diff[...] = [1, 1, 1, np.inf, 1]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, 0, 0, np.nan, np.nan])


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape):
    run = tanh(np.zeros(shape))
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.top[0].data, np.zeros(shape))
    np.testing.assert_array_equal(run.bottom[0].diff, np.ones(shape))


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"TanH Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "TanH"', [1.0], [2.0])
