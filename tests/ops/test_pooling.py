import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops import dispatch, pooling
from blobnet.ops.jit import compiled
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.pooling_argmax import argmax_dtype, argmax_positions
from blobnet.ops.window import Window, window_counts
from tests.ops import plain_loops
from tests.ops.plain_loops import FLT_MAX
from tests.ops.windows import pooling_windows, seeds

TWO_BY_TWO = Window((2, 2), (2, 2), (0, 0), (1, 1))


@pytest.fixture(autouse=True, scope="module", params=["numpy", "compiled"])
def kernels(request):
    """All tests twice: for the numpy versions, and for the compiled kernels."""
    if request.param == "compiled" and compiled("pooling_kernel") is None:
        pytest.skip("numba is not at hand")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numpy":
            patch.setattr(dispatch, "compiled", lambda *name: None)
        yield


def maxima(x, window, places):
    """(y, argmax) of a maximum."""
    y = np.full((*x.shape[:2], *places), np.nan, x.dtype)
    argmax = np.full(y.shape, 77, argmax_dtype(window, x.shape[2:]))
    pooling.max_forward(x, window, y, argmax)
    return y, argmax


def max_gradient(dy, argmax, window, size):
    dx = np.full((*dy.shape[:2], *size), np.nan, dy.dtype)
    pooling.max_backward(dy, argmax, window, dx)
    return dx


@settings(deadline=None, max_examples=150)
@given(pooling_windows(), st.integers(0, 2), st.integers(1, 2), st.booleans(), seeds)
def test_maxima_are_those_of_plain_loops(drawn, num, channels, special, seed):
    window, size, places = drawn
    rng = np.random.default_rng(seed)
    x = rng.integers(-2, 3, size=(num, channels, *size)).astype(np.float32)  # many are equal
    if special:
        x[rng.random(x.shape) < 0.3] = np.nan
        x[rng.random(x.shape) < 0.3] = -np.inf
    y, argmax = maxima(x, window, places)
    expected, position, _ = plain_loops.pooling(x, window, places)
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(argmax_positions(argmax, window, size), position)


@settings(deadline=None, max_examples=100)
@given(pooling_windows(), st.integers(0, 2), seeds)
def test_gradients_of_maxima_go_where_the_maxima_are(drawn, num, seed):
    window, size, places = drawn
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(size=(num, 2, *size)), rng.normal(size=(num, 2, *places))
    dx = max_gradient(dy, maxima(x, window, places)[1], window, size)
    expected = np.zeros((num, 2, size[0] * size[1]))
    _, position, _ = plain_loops.pooling(x, window, places)
    for at in plain_loops.places_of(dy.shape):
        if position[at] >= 0:
            expected[at[0], at[1], position[at]] += dy[at]
    np.testing.assert_allclose(dx, expected.reshape(x.shape), rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=150)
@given(pooling_windows(), st.integers(0, 2), seeds)
@overflow_allowed()
def test_averages_are_those_of_plain_loops(drawn, num, seed):
    window, size, places = drawn
    x = np.random.default_rng(seed).normal(size=(num, 2, *size))
    y = np.full((num, 2, *places), 77.0)
    pooling.average_forward(x, window, y)
    _, _, expected = plain_loops.pooling(x, window, places)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=100)
@given(pooling_windows(), st.integers(0, 2), seeds)
@overflow_allowed()
def test_the_gradient_of_averages_is_that_of_a_linear_function(drawn, num, seed):
    """y = f(x) is linear: dy . f(z) = dx . z for all z."""
    window, size, places = drawn
    rng = np.random.default_rng(seed)
    z, dy = rng.normal(size=(num, 2, *size)), rng.normal(size=(num, 2, *places))
    dx = np.full_like(z, np.nan)
    pooling.average_backward(dy, window, dx)
    _, _, along_z = plain_loops.pooling(z, window, places)
    not_empty = np.isfinite(along_z)  # a window beyond the image has 0 / 0
    np.testing.assert_allclose(
        np.vdot(dx, z), np.vdot(dy[not_empty], along_z[not_empty]), rtol=1e-9, atol=1e-9
    )


def test_padding_counts_but_what_a_window_has_beyond_it_does_not():
    ceil = Window((3, 3), (2, 2), (1, 0), (1, 1))
    counts = window_counts(ceil, (5, 4), (3, 2), np.dtype(np.float32))
    np.testing.assert_array_equal(counts, np.outer([3, 3, 3], [3, 2]))


@pytest.mark.parametrize(("kernel", "dtype"), [((3, 3), "u1"), ((15, 17), "u1"), ((16, 16), "u2")])
def test_argmax_takes_no_more_memory_than_it_needs(kernel, dtype, rng):
    window = Window(kernel, (1, 1), (0, 0), (1, 1))
    assert argmax_dtype(window, (18, 18)) == dtype
    x = rng.normal(size=(1, 1, 18, 18))
    x[0, 0, 15, 15] = 100  # the last tap of a 16 x 16 kernel
    places = window.output_size((18, 18))
    y, argmax = maxima(x, window, places)
    expected, position, _ = plain_loops.pooling(x, window, places)
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(argmax_positions(argmax, window, (18, 18)), position)


@pytest.mark.parametrize("value", [np.nan, -np.inf, -FLT_MAX])
@pytest.mark.parametrize("window", [TWO_BY_TWO, Window((4, 4), (1, 1), (0, 0), (1, 1))])
def test_what_is_not_above_the_lowest_value_never_wins(value, window):
    x = np.full((1, 1, 4, 4), value)
    places = window.output_size((4, 4))
    y, argmax = maxima(x, window, places)
    np.testing.assert_array_equal(y, -FLT_MAX)
    np.testing.assert_array_equal(argmax, 0)
    np.testing.assert_array_equal(max_gradient(np.ones_like(y), argmax, window, (4, 4)), 0)


@overflow_allowed()
def test_infinity_stays_in_its_windows():
    x = np.zeros((1, 1, 4, 4), np.float32)
    x[0, 0, 0, 0] = np.inf
    for window, places in ((TWO_BY_TWO, (2, 2)), (Window((3, 3), (1, 1), (1, 1), (1, 1)), (4, 4))):
        y = np.empty((1, 1, *places), np.float32)
        pooling.average_forward(x, window, y)
        expected = plain_loops.pooling(x, window, places)[2]
        np.testing.assert_array_equal(y, expected)
        dx = np.empty_like(x)
        pooling.average_backward(y, window, dx)
        assert np.isfinite(dx[0, 0, 3]).all()
