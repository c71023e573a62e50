import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def sigmoid(x, **more):
    return run_layer('name: "act" type: "Sigmoid"', x, **more)


@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_the_logistic_function(in_place, rng):
    x = rng.normal(size=(2, 3, 4)) * 3
    expected = [1 / (1 + math.exp(-value)) for value in x.flat]
    run = sigmoid(x, in_place=in_place)
    np.testing.assert_allclose(run.top[0].data.ravel(), expected)


def test_single_precision_has_the_numbers_that_caffe_computes_in_double():
    x = np.linspace(-15, 15, 1001, dtype=np.float32)
    expected = [0.5 * math.tanh(0.5 * float(value)) + 0.5 for value in x]
    run = sigmoid(x, dtype=np.float32)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("in_place", [False, True])
def test_large_values_saturate_without_a_warning(dtype, in_place):
    x = [-np.inf, -1e30, -100, -20, 100, 1e30, np.inf, np.nan]
    run = sigmoid(x, dtype=dtype, in_place=in_place)
    expected = [0, 0, math.exp(-100), 2.061153618190204e-9, 1, 1, 1, np.nan]
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-6, atol=1e-40)
    run.top[0].diff[...] = np.inf
    run.backward()
    assert np.isnan(run.bottom[0].diff[0])


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape):
    run = sigmoid(np.zeros(shape))
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.top[0].data, np.full(shape, 0.5))
    np.testing.assert_array_equal(run.bottom[0].diff, np.full(shape, 0.25))


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"Sigmoid Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "Sigmoid"', [1.0], [2.0])
