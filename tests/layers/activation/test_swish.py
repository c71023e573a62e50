import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan
BETAS = [0, 0.5, 1, 3, -2]


def swish(x, beta=1.0, **more):
    return run_layer(f'name: "act" type: "Swish" swish_param {{ beta: {beta} }}', x, **more)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_the_input_times_its_sigmoid(beta, in_place, rng):
    x = rng.normal(size=(2, 3, 4)) * 3
    run = swish(x, beta, in_place=in_place)
    expected = [value / (1 + math.exp(-beta * value)) for value in x.flat]
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-12)


def test_beta_is_one_unless_stated():
    run = run_layer('type: "Swish"', [-1.0, 2.0])
    np.testing.assert_allclose(run.top[0].data, [-1 / (1 + math.e), 2 / (1 + math.exp(-2))])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("in_place", [False, True])
def test_large_values_come_without_a_warning(dtype, in_place):
    run = swish([-INF, -1e30, 1e30, INF, NAN], 3, dtype=dtype, in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, [NAN, 0, dtype(1e30), INF, NAN])
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [NAN, 0, 2, NAN, NAN])


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, in_place):
    run = swish(np.zeros(shape), in_place=in_place)
    run.top[0].diff[...] = 3
    run.backward()
    np.testing.assert_array_equal(run.top[0].data, np.zeros(shape))
    np.testing.assert_array_equal(run.bottom[0].diff, np.full(shape, 1.5))


@pytest.mark.parametrize("in_place", [False, True])
def test_another_batch_size_is_fine(in_place, rng):
    run = swish(rng.normal(size=(2, 3)), in_place=in_place)
    for batch in (5, 1):
        run.bottom[0].reshape(batch, 3)
        run.bottom[0].data[...] = 0
        run.forward()
        run.top[0].diff[...] = 4
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, np.full((batch, 3), 2))


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"Swish Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "Swish"', [1.0], [2.0])
