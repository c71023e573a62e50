"""Pooling by windows that reach much farther than the image, or step over it."""

import numpy as np
import pytest
from hypothesis import given, settings

from blobnet.ops import pooling, wide_pooling
from blobnet.ops.pooling import LOWEST
from blobnet.ops.window import Window, window_counts
from tests.ops import plain_loops
from tests.ops.windows import pooling_windows, seeds


@settings(deadline=None, max_examples=200)
@given(pooling_windows(), seeds)
def test_maxima_and_averages_are_those_of_plain_loops(drawn, seed):
    window, size, places = drawn
    rng = np.random.default_rng(seed)
    x = rng.integers(-2, 3, size=(2, 2, *size)).astype(np.float32)
    x[rng.random(x.shape) < 0.1] = np.nan
    y, winner = np.full((2, 2, *places), 77, np.float32), np.full((2, 2, *places), 77)
    wide_pooling.max_forward(x, window, LOWEST, y, winner)
    maximum, position, _ = plain_loops.pooling(x, window, places)
    np.testing.assert_array_equal(y, maximum)
    np.testing.assert_array_equal(winner - 1, position)
    x = rng.normal(size=x.shape)
    sums = np.full(y.shape, np.nan)
    counts = window_counts(window, size, places, np.dtype(float))
    wide_pooling.sum_forward(x, window, counts, sums)
    average = plain_loops.pooling(x, window, places)[2]
    np.testing.assert_allclose(sums, average, rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=100)
@given(pooling_windows(), seeds)
def test_gradients_are_those_of_linear_functions(drawn, seed):
    window, size, places = drawn
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(size=(2, 2, *size)), rng.normal(size=(2, 2, *places))
    y, winner = np.empty(dy.shape), np.empty(dy.shape, np.int64)
    wide_pooling.max_forward(x, window, LOWEST, y, winner)
    dx = np.full_like(x, np.nan)
    wide_pooling.max_backward(dy, winner, dx)
    np.testing.assert_allclose(np.vdot(dx, x), np.vdot(dy[winner > 0], y[winner > 0]), rtol=1e-9)
    ones = np.ones(places)
    wide_pooling.sum_forward(x, window, ones, y)
    wide_pooling.sum_backward(dy, window, ones, dx)
    np.testing.assert_allclose(np.vdot(dx, x), np.vdot(dy, y), rtol=1e-9, atol=1e-9)


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
    winner = np.full(y.shape, 77, pooling.winner_dtype(window, (3, 4)))
    pooling.max_forward(X, window, y, winner)
    assert y == 11
    assert pooling.winner_positions(winner, window, (3, 4)) == 11
    dx = np.full_like(X, np.nan)
    pooling.max_backward(np.full_like(y, 5), winner, window, dx)
    np.testing.assert_array_equal(dx.ravel(), [0] * 11 + [5])
    pooling.sum_forward(X, window, y)
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
        winner = np.full(y.shape, 77, pooling.winner_dtype(window, (3, 4)))
        pooling.max_forward(X, window, y, winner)
        maximum, position, _ = plain_loops.pooling(X, window, places)
        np.testing.assert_array_equal(y, maximum)
        np.testing.assert_array_equal(pooling.winner_positions(winner, window, (3, 4)), position)


@pytest.mark.parametrize(
    ("window", "size"),
    [
        (Window((3, 3), (2, 2), (0, 0), (1, 1)), (112, 112)),
        (Window((7, 7), (1, 1), (0, 0), (1, 1)), (7, 7)),
        (Window((6, 6), (6, 6), (0, 0), (1, 1)), (3, 3)),
    ],
)
def test_windows_of_ordinary_nets_are_not_wide(window, size):
    assert not wide_pooling.suits(window, size)
