import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops import batch_norm, dispatch
from blobnet.ops.jit import compiled
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.parallel import set_num_threads
from tests.ops import plain_loops
from tests.ops.windows import seeds

SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 4)).flatmap(
    lambda first: st.lists(st.integers(1, 4), max_size=3).map(lambda rest: (*first, *rest))
)


@pytest.fixture(autouse=True, scope="module", params=["numpy", "compiled"])
def kernels(request):
    """All tests twice: for the numpy version, and with the compiled kernels."""
    if request.param == "compiled" and compiled("planes_kernel") is None:
        pytest.skip("numba is not at hand")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numpy":
            patch.setattr(dispatch, "compiled", lambda *name: None)
        yield


def normalized(x, eps):
    """(y, mean, inv_std)"""
    mean, variance = batch_norm.moments(x)
    inv_std = 1 / np.sqrt(variance + eps)
    y = np.full_like(x, np.nan)
    batch_norm.normalize(x, mean, inv_std, out=y)
    return y, mean, inv_std


@settings(deadline=None)
@given(SHAPES, seeds)
def test_moments_are_those_of_plain_sums(shape, seed):
    x = np.random.default_rng(seed).normal(size=shape) * 3 + 5
    mean, variance = batch_norm.moments(x)
    expected = plain_loops.moments(x)
    np.testing.assert_allclose(mean, expected[0], rtol=1e-13)
    np.testing.assert_allclose(batch_norm.means(x), expected[0], rtol=1e-13)
    np.testing.assert_allclose(variance, expected[1], rtol=1e-12, atol=1e-28)


@settings(deadline=None)
@given(SHAPES, seeds)
def test_values_are_centered_and_scaled_one_by_one(shape, seed):
    rng = np.random.default_rng(seed)
    x, mean, inv_std = (
        rng.normal(size=shape),
        rng.normal(size=shape[1]),
        rng.uniform(1, 2, shape[1]),
    )
    y = np.full_like(x, np.nan)
    batch_norm.normalize(x, mean, inv_std, out=y)
    for at in np.ndindex(shape):
        assert y[at] == pytest.approx((x[at] - mean[at[1]]) * inv_std[at[1]], rel=1e-14)


@settings(deadline=None, max_examples=40)
@given(SHAPES, seeds)
def test_gradients_are_differences(shape, seed):
    rng = np.random.default_rng(seed)
    x, dy, step = rng.normal(size=shape), rng.normal(size=shape), 1e-6
    _, mean, inv_std = normalized(x, 0.3)
    dx = np.full_like(x, np.nan)
    batch_norm.gradient(x, dy, mean, inv_std, out=dx)
    for at in np.ndindex(shape):
        moved = np.zeros_like(x)
        moved[at] = step
        difference = normalized(x + moved, 0.3)[0] - normalized(x - moved, 0.3)[0]
        assert dx[at] == pytest.approx(np.vdot(dy, difference) / (2 * step), rel=1e-6, abs=1e-8)


def test_what_is_written_may_be_what_was_read(rng):
    x, dy = rng.normal(size=(2, 3, 4, 5, 6))
    y, mean, inv_std = normalized(x, 0.1)
    dx = np.empty_like(x)
    batch_norm.gradient(x, dy, mean, inv_std, out=dx)
    batch_norm.gradient(x, dy, mean, inv_std, out=dy)
    batch_norm.normalize(x, mean, inv_std, out=x)
    np.testing.assert_array_equal(x, y)
    np.testing.assert_array_equal(dy, dx)


def all_results(x, dy):
    y, mean, inv_std = normalized(x, 1e-5)
    dx = np.empty_like(x)
    batch_norm.gradient(x, dy, mean, inv_std, out=dx)
    return [mean, inv_std, batch_norm.means(x), y, dx]


@pytest.mark.parametrize("shape", [(5, 7, 4, 3), (1, 40, 50), (40, 6), (3, 1, 999)])
def test_threads_do_not_matter(shape, rng, shared_work):
    x, dy = rng.normal(size=(2, *shape)).astype("f4")
    per_threads = []
    for threads in (1, 3):
        set_num_threads(threads)
        per_threads.append(all_results(x, dy))
    for one, three in zip(*per_threads, strict=True):
        np.testing.assert_array_equal(one, three)


@pytest.mark.parametrize("shape", [(64, 2, 32, 32), (20000, 3), (1, 2, 40000)])
def test_a_mean_far_from_zero_costs_no_digits(shape, rng):
    """In float32 the squares' sum less the mean's square would have no digit left here."""
    x = (rng.normal(size=shape) * 0.5 + 3000).astype("f4")
    mean, variance = batch_norm.moments(x)
    expected = plain_loops.moments(x)
    np.testing.assert_allclose(mean, expected[0], rtol=1e-9)
    np.testing.assert_allclose(variance, expected[1], rtol=1e-5)


@pytest.mark.parametrize("value", [0.1, -3.3e20, 1e-30, 0])
def test_equal_values_have_no_variance(value):
    x = np.full((3, 2, 7, 11), value, "f4")
    mean, variance = batch_norm.moments(x)
    np.testing.assert_array_equal(mean.astype("f4"), np.float32(value))
    assert (variance >= 0).all()
    assert (variance <= (1e-9 * value) ** 2).all()


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 4), (2, 3, 0), (2, 0, 3), (0, 0)])
def test_where_there_are_no_values_nothing_happens(shape):
    x = np.empty(shape)
    mean, variance = batch_norm.moments(x)
    np.testing.assert_array_equal([mean, variance], np.zeros((2, shape[1])))
    batch_norm.normalize(x, mean, variance, out=x)
    batch_norm.gradient(x, x, mean, variance, out=x)


@pytest.mark.parametrize("bad", [np.inf, np.nan, 3e38])
def test_a_value_without_bounds_stays_in_its_channel(bad):
    x = np.array([[bad, 1], [2, 3], [bad, 4]], "f4")
    with overflow_allowed():
        y, mean, inv_std = normalized(x, 1e-5)
        batch_norm.gradient(x, x.copy(), mean, inv_std, out=np.empty_like(x))
    assert not np.isfinite(y[0, 0]) or bad == 3e38
    np.testing.assert_allclose(y[:, 1], normalized(x[:, 1:], 1e-5)[0][:, 0])
