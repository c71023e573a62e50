"""The compiled kernels for planes against the numpy versions, operation by operation."""

import numpy as np
import pytest

from blobnet.ops import batch_norm, broadcast, dispatch, parallel, planes, prelu
from blobnet.ops.jit import compiled
from blobnet.ops.overflow import overflow_allowed

pytestmark = pytest.mark.skipif(compiled("planes_kernel") is None, reason="numba is not at hand")

SHAPES = [(5, 7, 4, 6), (1, 3, 300), (40, 2, 16), (3, 1, 9, 11), (2, 5, 64, 3), (2, 3, 17)]

# Where every value is by itself, the bits are the same; sums are made in float64 by the kernels.
TOLERANCE = {
    "moments": 1e-4, "means": 1e-4, "gradient": 1e-4, "sums": 1e-4, "slopes": 1e-4,
}  # fmt: skip


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


@overflow_allowed()
def results(x, dy):
    """Name to the arrays that come out of each operation."""
    rng = np.random.default_rng(1)
    factor, shift = rng.normal(size=(2, x.shape[1])).astype(x.dtype)
    one = factor[0].reshape(())
    inv_std = np.abs(factor) + 1
    names = (
        "scaled",
        "shifted",
        "both",
        "by one",
        "normalized",
        "gradient",
        "prelu",
        "dx",
        "scale's dx",
    )
    out = {name: np.full_like(x, 7) for name in names}
    broadcast.scale(x, factor, 1, out["scaled"])
    broadcast.shift(x, shift, 1, out["shifted"])
    broadcast.scale(x, factor, 1, out["both"], shift)
    broadcast.scale(x, one, 0, out["by one"])
    of_scale = broadcast.scale_backward(x, dy, factor, 1, out["scale's dx"])
    in_place = dy.copy()
    of_scale += broadcast.scale_backward(x, in_place, one, 0, in_place)
    batch_norm.normalize(x, shift, inv_std, out["normalized"])
    batch_norm.gradient(x, dy, shift, inv_std, out["gradient"])
    prelu.prelu(x, factor, 1, out["prelu"])
    prelu.prelu_backward(dy, x, factor, 1, out["dx"])
    return {name: [array] for name, array in out.items()} | {
        "in place": [in_place],
        "moments": [*batch_norm.moments(x)],
        "means": [batch_norm.means(x)],
        "sums": [
            broadcast.sum_around(x, 1, factor.shape),
            broadcast.sum_products_around(x, dy, 1, factor.shape),
            *broadcast.gradients_around(x, dy, 1, factor.shape),
            *broadcast.gradients_around(x, dy, 0, ()),
            *of_scale,
        ],
        "slopes": [prelu.slope_gradient(dy, x, factor, 1), prelu.slope_gradient(dy, x, one, 0)],
    }


def of_numpy(x, dy):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "compiled", lambda *name: None)
        return results(x, dy)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("shape", SHAPES)
def test_kernels_do_what_numpy_does(shape, dtype, rng):
    x, dy = (rng.normal(size=(2, *shape)) + 0.5).astype(dtype)
    expected = of_numpy(x, dy)
    for name, arrays in results(x, dy).items():
        tolerance = TOLERANCE.get(name, 0)
        for array, other in zip(arrays, expected[name], strict=True):
            assert (array.dtype, array.shape) == (other.dtype, other.shape), name
            np.testing.assert_allclose(array, other, tolerance, tolerance, err_msg=name)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38, -0.0])
def test_odd_numbers_go_the_same_way(bad, rng):
    x, dy = rng.normal(size=(2, 4, 3, 20)).astype("f4")
    x[2, 1, 5], dy[0, 0, 0], x[0, 2, 0] = bad, bad, bad
    expected = of_numpy(x, dy)
    for name, arrays in results(x, dy).items():
        for array, other in zip(arrays, expected[name], strict=True):
            if name in TOLERANCE and abs(bad) > 1e38:  # a larger range within the sums
                continue
            np.testing.assert_allclose(
                array, other, rtol=TOLERANCE.get(name, 0), atol=1e-5, err_msg=name
            )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@overflow_allowed()
def test_a_channel_that_is_not_finite_has_no_finite_moments(bad, rng):
    x = rng.normal(size=(4, 3, 20)).astype("f4")
    for place in ((2, 1, 5), (0, 1, 0)):
        spoilt = x.copy()
        spoilt[place] = bad
        mean, variance = batch_norm.moments(spoilt)
        assert list(np.isfinite(mean)) == [True, False, True]
        assert list(np.isfinite(variance)) == [True, False, True]


def test_threads_do_not_matter(rng, shared_work):
    x, dy = rng.normal(size=(2, 6, 11, 5, 9)).astype("f4")
    per_threads = []
    for threads in (1, 2, 3):
        parallel.set_num_threads(threads)
        per_threads.append(results(x, dy))
    assert set(shared_work) == {2, 3}
    for other in per_threads[1:]:
        for name, arrays in other.items():
            for array, expected in zip(arrays, per_threads[0][name], strict=True):
                np.testing.assert_array_equal(array, expected, err_msg=name)


def test_sums_are_made_in_double_precision(rng):
    x = rng.random((10, 3, 100_000), dtype=np.float32)
    exact = x.astype(float).sum(axis=(0, 2))
    np.testing.assert_allclose(broadcast.sum_around(x, 1, (3,)), exact, rtol=1e-7)


@pytest.mark.parametrize("center", [0.0, 1e6])
def test_a_mean_far_from_the_first_value_costs_no_digits(center):
    x = np.random.default_rng(3).normal(size=(50, 1, 200)).astype("f4")
    x[0, 0, 0] = center
    mean, variance = batch_norm.moments(x)
    wide = x.astype(float)
    np.testing.assert_allclose(mean, wide.mean(), rtol=1e-9)
    np.testing.assert_allclose(variance, wide.var(), rtol=1e-9)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, planes.SHORT - 1), (0, 3, 20), (2, 0, 20)])
def test_short_planes_and_none_are_left_to_numpy(shape):
    x = np.zeros(shape)
    assert not planes.are_planes(1, shape[1:2], x)


def test_arrays_with_gaps_are_left_to_numpy(rng):
    x, dy = rng.normal(size=(2, 4, 6, 5, 40))[:, :, ::2]
    expected = of_numpy(x.copy(), dy.copy())
    for name, arrays in results(x, dy).items():
        for array, other in zip(arrays, expected[name], strict=True):
            np.testing.assert_allclose(array, other, rtol=1e-9, atol=1e-12, err_msg=name)


def test_what_has_gaps_is_written_into(rng):
    x, out = rng.normal(size=(2, 4, 3, 5, 40))[:, :, :, ::2]
    v = rng.normal(size=3)
    broadcast.scale(x, v, 1, out)
    np.testing.assert_array_equal(out, x * v[:, None, None])
    broadcast.shift(x, v, 1, out)
    np.testing.assert_array_equal(out, x + v[:, None, None])
    prelu.prelu(x, v, 1, out)
    np.testing.assert_allclose(out, np.where(x > 0, x, x * v[:, None, None]))
