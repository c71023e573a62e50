"""Pooling tap by tap and, as for wide windows, pixel by pixel, against plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings

from blobnet.ops import pooling, pooling_argmax
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.pooling_argmax import argmax_dtype, argmax_positions, is_wide
from blobnet.ops.reference import pooling as reference
from blobnet.ops.window import Window
from tests.ops import plain_loops
from tests.ops.windows import pooling_windows, seeds

walks = pytest.mark.parametrize("wide", [10**6, -(10**6)], ids=["taps", "pixels"])
"""What counts as a wide window: none, and each."""


@walks
def test_maxima_and_averages_are_those_of_plain_loops(wide):
    @settings(deadline=None, max_examples=200)
    @given(pooling_windows(), seeds)
    def check(drawn, seed):
        window, size, places = drawn
        rng = np.random.default_rng(seed)
        x = rng.integers(-2, 3, size=(2, 2, *size)).astype(np.float32)
        x[rng.random(x.shape) < 0.1] = np.nan
        y, argmax = np.full((2, 2, *places), 77, np.float32), np.full((2, 2, *places), 77)
        reference.max_forward(x, window, y, argmax)
        maximum, position, _ = plain_loops.pooling(x, window, places)
        np.testing.assert_array_equal(y, maximum)
        np.testing.assert_array_equal(argmax_positions(argmax, window, size), position)
        x = rng.normal(size=x.shape)
        averages = np.full(y.shape, np.nan)
        with overflow_allowed():  # beyond the image, 0 / 0
            reference.average_forward(x, window, averages)
        expected = plain_loops.pooling(x, window, places)[2]
        np.testing.assert_allclose(averages, expected, rtol=1e-12, atol=1e-12)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling_argmax, "WIDE", wide)
        check()


@walks
def test_gradients_are_those_of_linear_functions(wide):
    @settings(deadline=None, max_examples=100)
    @given(pooling_windows(), seeds)
    def check(drawn, seed):
        window, size, places = drawn
        rng = np.random.default_rng(seed)
        x, dy = rng.normal(size=(2, 2, *size)), rng.normal(size=(2, 2, *places))
        y, argmax = np.empty(dy.shape), np.empty(dy.shape, np.int64)
        reference.max_forward(x, window, y, argmax)
        dx = np.full_like(x, np.nan)
        reference.max_backward(dy, argmax, window, dx)
        is_taken = argmax > 0
        np.testing.assert_allclose(np.vdot(dx, x), np.vdot(dy[is_taken], y[is_taken]), rtol=1e-9)
        with overflow_allowed():
            reference.average_forward(x, window, y)
            reference.average_backward(dy, window, dx)
        seen = np.isfinite(y)
        np.testing.assert_allclose(np.vdot(dx, x), np.vdot(dy[seen], y[seen]), rtol=1e-9, atol=1e-9)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling_argmax, "WIDE", wide)
        check()


def test_the_sum_is_the_average_times_the_count(rng):
    x, window = rng.normal(size=(2, 3, 5, 5)), Window((3, 3), (1, 1), (1, 1), (1, 1))
    average, total = np.empty_like(x), np.empty_like(x)
    reference.average_forward(x, window, average)
    reference.sum_forward(x, window, total)
    np.testing.assert_allclose(total, 9 * average)


@walks
def test_arrays_that_are_not_contiguous(wide, rng, monkeypatch):
    monkeypatch.setattr(pooling_argmax, "WIDE", wide)
    window = Window((3, 3), (2, 2), (1, 1), (1, 1))
    x, dy = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(2, 3, 4, 4))
    argmax = np.empty(dy.shape, np.uint8)
    results = []
    for apart in (False, True):
        y, dx, average, average_dx = (
            np.full((2, 6, *array.shape[2:]), np.nan)[:, :3] if apart else np.full_like(array, 7)
            for array in (dy, x, dy, x)
        )
        reference.max_forward(x, window, y, argmax)
        reference.max_backward(dy, argmax, window, dx)
        reference.average_forward(x, window, average)
        reference.average_backward(dy, window, average_dx)
        results.append((y, dx, average, average_dx))
    for some, others in zip(*results, strict=True):
        np.testing.assert_array_equal(some, others)


# --- windows so wide that their taps cost more than the data --------------------------------------

LARGEST = 2**32 - 1
X = np.arange(12.0).reshape(1, 1, 3, 4)
EVERYWHERE = {
    "kernel": Window((LARGEST, LARGEST), (1, 1), (0, 0), (1, 1)),
    "kernel and pad": Window((5001, 5001), (5001, 5001), (4990, 4990), (1, 1)),
}


@pytest.mark.parametrize("case", EVERYWHERE)
def test_a_window_over_the_whole_image(case):
    window = EVERYWHERE[case]
    y = np.full((1, 1, 1, 1), np.nan)
    argmax = np.full(y.shape, 77, argmax_dtype(window, (3, 4)))
    pooling.max_forward(X, window, y, argmax)
    assert y == 11
    assert argmax_positions(argmax, window, (3, 4)) == 11
    dx = np.full_like(X, np.nan)
    pooling.max_backward(np.full_like(y, 5), argmax, window, dx)
    np.testing.assert_array_equal(dx.ravel(), [0] * 11 + [5])
    reference.sum_forward(X, window, y)
    assert y == 66


def test_divisors_of_windows_that_no_integer_counts():
    window = Window((LARGEST,) * 2, (LARGEST,) * 2, (LARGEST - 1,) * 2, (1, 1))
    y = np.full((1, 1, 2, 2), np.nan)
    pooling.average_forward(X, window, y)
    first = X[0, 0, 0, 0] / LARGEST**2  # the first window sees the first pixel alone
    rest = [X[0, 0, 0, 1:].sum() / LARGEST, X[0, 0, 1:, 0].sum() / LARGEST]
    np.testing.assert_allclose(y[0, 0, 0], [first, rest[0] / (4 + LARGEST - 2)], rtol=1e-9)


@pytest.mark.parametrize("kernel", [1, 3])
def test_a_stride_beyond_the_image(kernel):
    window = Window((kernel,) * 2, (LARGEST,) * 2, (0, 0), (1, 1))
    for places in ((1, 1), (2, 2)):
        y = np.full((1, 1, *places), np.nan)
        argmax = np.full(y.shape, 77, argmax_dtype(window, (3, 4)))
        pooling.max_forward(X, window, y, argmax)
        maximum, position, _ = plain_loops.pooling(X, window, places)
        np.testing.assert_array_equal(y, maximum)
        np.testing.assert_array_equal(argmax_positions(argmax, window, (3, 4)), position)


@pytest.mark.parametrize(
    ("window", "size"),
    [
        (Window((3, 3), (2, 2), (0, 0), (1, 1)), (112, 112)),
        (Window((7, 7), (1, 1), (0, 0), (1, 1)), (7, 7)),
        (Window((6, 6), (6, 6), (0, 0), (1, 1)), (3, 3)),
    ],
)
def test_windows_of_ordinary_nets_are_not_wide(window, size):
    assert not is_wide(window, size)
