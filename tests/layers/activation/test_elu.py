import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan
ALPHAS = [0, 0.3, 1, 2.5, -0.5]


def elu(x, alpha=1.0, **more):
    return run_layer(f'name: "act" type: "ELU" elu_param {{ alpha: {alpha} }}', x, **more)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("in_place", [False, True])
def test_negative_values_run_out_towards_minus_alpha(alpha, in_place, rng):
    x = rng.normal(size=(2, 3, 4)) * 3
    run = elu(x, alpha, in_place=in_place)
    expected = [v if v > 0 else alpha * (math.exp(v) - 1) for v in x.flat]
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-6)


@pytest.mark.parametrize("in_place", [False, True])
def test_the_kink_counts_as_negative(in_place):
    run = elu([-0.0, 0.0, 1.0], 3, in_place=in_place)
    run.top[0].diff[...] = [2, 3, 4]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [6, 9, 4])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("in_place", [False, True])
def test_large_values_come_without_a_warning(dtype, in_place):
    run = elu([-INF, -1e30, 1e30, INF, NAN], 2, dtype=dtype, in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, [-2, -2, dtype(1e30), INF, NAN])
    run.top[0].diff[:2] = 1
    run.top[0].diff[2:] = INF
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff[[0, 1, 2, 4]], [0, 0, INF, NAN])


def test_single_precision_keeps_small_results():
    x = np.array([-1e-6, -1e-4, -0.01, -20], np.float32)
    run = elu(x, 0.5, dtype=np.float32)
    expected = [0.5 * math.expm1(float(value)) for value in x]
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-6)


def test_alpha_is_one_unless_stated():
    run = run_layer('type: "ELU"', [-1.0, 2.0])
    np.testing.assert_allclose(run.top[0].data, [math.exp(-1) - 1, 2])


@pytest.mark.parametrize("alpha", [0.5, -0.5])
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, in_place, alpha):
    run = elu(np.full(shape, -1.0), alpha, in_place=in_place)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.full(shape, alpha * math.exp(-1)))


@pytest.mark.parametrize("alpha", [0.5, -0.5])
@pytest.mark.parametrize("in_place", [False, True])
def test_another_batch_size_is_fine(in_place, alpha, rng):
    run = elu(rng.normal(size=(2, 3)), alpha, in_place=in_place)
    for batch in (5, 1):
        run.bottom[0].reshape(batch, 3)
        run.bottom[0].data[...] = [-2, 0, 2]
        run.forward()
        run.top[0].diff[...] = 4
        run.backward()
        expected = [4 * alpha * math.exp(-2), 4 * alpha, 4]
        np.testing.assert_allclose(run.bottom[0].diff, [expected] * batch)


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"ELU Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "ELU"', [1.0], [2.0])


# --- of NVCaffe -----------------------------------------------------------------------------------


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("factor", [1.5, -0.5])
def test_lambda_is_a_factor_of_everything(factor, in_place, rng):
    x, alpha = rng.normal(size=(2, 6)), 0.75
    text = f'name: "act" type: "ELU" elu_param {{ alpha: {alpha} lambda: {factor} }}'
    run = run_layer(text, x, in_place=in_place)
    y = [factor * (v if v > 0 else alpha * (math.exp(v) - 1)) for v in x.ravel()]
    np.testing.assert_allclose(run.top[0].data.ravel(), y)
    run.top[0].diff[...] = 3
    run.backward()
    slopes = [1 if v > 0 else alpha + out for v, out in zip(x.ravel(), y, strict=True)]
    np.testing.assert_allclose(run.bottom[0].diff.ravel(), 3 * factor * np.array(slopes))
