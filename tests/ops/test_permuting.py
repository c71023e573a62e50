"""Axes in another order, by numpy's transpose."""

from itertools import permutations

import numpy as np
import pytest

from blobnet.ops.permuting import inverse, permuted, repeated

SHAPES = [(3,), (2, 5), (3, 4, 5), (2, 1, 3, 4), (1, 1, 7, 1), (2, 3, 2, 4, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_every_order(shape, dtype):
    x = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
    for order in permutations(range(len(shape))):
        y = np.full([shape[axis] for axis in order], np.nan, dtype)
        permuted(x, order, out=y)
        np.testing.assert_array_equal(y, x.transpose(order))
        back = np.full_like(x, np.nan)
        permuted(y, inverse(order), out=back)
        np.testing.assert_array_equal(back, x)


def test_more_axes_than_the_kernel_takes_and_none():
    x = np.arange(2**8, dtype="f4").reshape((2,) * 8)
    y = np.empty_like(x)
    permuted(x, range(7, -1, -1), out=y)
    np.testing.assert_array_equal(y, x.T)
    permuted(np.float32(3).reshape(()), (), out=y[(0,) * 8 + (...,)])
    assert y[(0,) * 8] == 3
    permuted(np.zeros((2, 0, 3), "f4"), (2, 1, 0), out=np.zeros((3, 0, 2), "f4"))


def test_large_ones_are_shared(shared_work):
    x = np.random.default_rng(0).normal(size=(3, 84, 38, 38)).astype("f4")
    y = np.empty((3, 38, 38, 84), "f4")
    permuted(x, (0, 2, 3, 1), out=y)
    np.testing.assert_array_equal(y, x.transpose(0, 2, 3, 1))


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 5), (1, 2, 2, 3, 2), (2, 3, 0, 2)])
@pytest.mark.parametrize("times", [1, 3])
def test_values_are_repeated(shape, times):
    x = np.random.default_rng(0).normal(size=shape).astype("f4")
    expected = x
    for axis in range(2, x.ndim):
        expected = expected.repeat(times, axis)
    y = np.full_like(expected, np.nan)
    repeated(x, times, 2, out=y)
    np.testing.assert_array_equal(y, expected)
