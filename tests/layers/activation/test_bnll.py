import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan


def bnll(x, **more):
    return run_layer('name: "act" type: "BNLL"', x, **more)


@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_the_logarithm_of_one_plus_exp(in_place, rng):
    x = rng.normal(size=(2, 3, 4)) * 3
    expected = [math.log(1 + math.exp(value)) for value in x.flat]
    run = bnll(x, in_place=in_place)
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-12)


@pytest.mark.parametrize("in_place", [False, True])
def test_single_precision_has_the_numbers_that_caffe_computes_in_double(in_place):
    x = np.linspace(-30, 80, 1001, dtype=np.float32)
    run = bnll(x, dtype=np.float32, in_place=in_place)
    expected = [max(v, 0) + math.log1p(math.exp(-abs(v))) for v in map(float, x)]
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-6)
    run.top[0].diff[...] = 2
    run.backward()
    exps = [math.exp(min(v, 50)) for v in map(float, x)]
    np.testing.assert_allclose(run.bottom[0].diff, [2 * e / (e + 1) for e in exps], rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_values_come_without_a_warning(dtype):
    run = bnll([-INF, -1e30, 1e30, INF, NAN], dtype=dtype)
    large = dtype(1e30)
    np.testing.assert_array_equal(run.top[0].data, [0, 0, large, INF, NAN])
    run.top[0].diff[...] = [3, 3, 3, 3, 3]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, 0, 3, 3, NAN])


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, in_place):
    run = bnll(np.zeros(shape), in_place=in_place)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.top[0].data, np.full(shape, math.log(2)))
    np.testing.assert_array_equal(run.bottom[0].diff, np.full(shape, 0.5))


@pytest.mark.parametrize("in_place", [False, True])
def test_another_batch_size_is_fine(in_place, rng):
    run = bnll(rng.normal(size=(2, 3)), in_place=in_place)
    for batch in (5, 1):
        run.bottom[0].reshape(batch, 3)
        run.bottom[0].data[...] = 0
        run.forward()
        run.top[0].diff[...] = 4
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, np.full((batch, 3), 2))


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"BNLL Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "BNLL"', [1.0], [2.0])
