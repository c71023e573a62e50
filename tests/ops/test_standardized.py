"""BatchNorm, Scale and ReLU in one pass against one after the other: bit for bit."""

import numpy as np
import pytest

from blobnet.ops import batch_norm, broadcast, parallel, standardized
from blobnet.ops.jit import compiled
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.relu import relu, relu_backward

pytestmark = pytest.mark.skipif(compiled("standardized_kernel") is None, reason="no kernels here")

EPS = 1e-3


def one_by_one(x, dy, factor, shift, rectified):
    n, y, dx = np.empty_like(x), np.empty_like(x), dy.copy()
    mean, variance, inv_std = batch_norm.standardize(x, EPS, out=n)
    broadcast.scale(n, factor, 1, y, shift)
    if rectified:
        relu(y, 0, out=y)
        relu_backward(dx, y, 0, out=dx)
    d_factor, d_shift = broadcast.scale_backward(n, dx, factor, 1, out=dx)
    batch_norm.gradient(x, dx, mean, inv_std, out=dx)
    return y, mean, variance, inv_std, d_factor, d_shift, dx


def in_one(x, dy, factor, shift, rectified, in_place=False):
    y, dx, saved = np.empty_like(x), np.empty_like(x), None
    if in_place:
        y, dx, saved = x.copy(), dy.copy(), np.empty_like(x)
    of_x = y if in_place else x
    found = standardized.forward(of_x, factor, shift, EPS, y, saved, rectified=rectified)
    if saved is not None:
        np.testing.assert_array_equal(saved, x)
    mean, _, inv_std = found
    gradients = standardized.backward(
        x, y, dx if in_place else dy, factor, mean, inv_std, dx, rectified=rectified
    )
    return y, *found, *gradients, dx


def arrays(rng, shape, dtype="f4"):
    x, dy = rng.normal(size=(2, *shape)).astype(dtype) + 0.5
    factor, shift = rng.normal(size=(2, shape[1])).astype(dtype)
    return x, dy, factor, shift


@pytest.mark.parametrize("rectified", [True, False])
@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("shape", [(5, 7, 12, 6), (3, 4, 300), (40, 2, 17), (3, 1, 19, 11)])
def test_no_bit_differs(shape, dtype, in_place, rectified, rng):
    its = arrays(rng, shape, dtype)
    assert standardized.is_possible(*its[:2])
    for found, expected in zip(
        in_one(*its, rectified, in_place), one_by_one(*its, rectified), strict=True
    ):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@overflow_allowed()
def test_odd_numbers_go_the_same_way(bad, rng):
    for place in range(2):  # in x, in dy
        its = arrays(rng, (4, 3, 40))
        its[place][2, 1, 5] = bad
        for found, expected in zip(in_one(*its, True), one_by_one(*its, True), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_threads_do_not_matter(rng):
    its, per_threads = arrays(rng, (6, 11, 50, 9)), []
    for threads in (1, 2, 3):
        with parallel.threads_set_to(threads):
            per_threads.append(in_one(*its, True))
    for other in per_threads[1:]:
        for found, expected in zip(other, per_threads[0], strict=True):
            np.testing.assert_array_equal(found, expected)


def test_short_planes_are_left_to_others(rng):
    assert not standardized.is_possible(np.zeros((2, 3, 5), "f4"))
