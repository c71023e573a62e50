"""Sums of images and channels against exact ones."""

import math

import numpy as np
import pytest

from blobnet.ops import parallel
from blobnet.ops.conv import bias_gradient
from blobnet.ops.jit import compiled
from blobnet.ops.pooling import average_forward
from blobnet.ops.window import Window

pytestmark = pytest.mark.skipif(compiled("sum_kernel") is None, reason="numba is not at hand")

SIZES = [(1, 1), (1, 7), (2, 4), (3, 3), (4, 8), (5, 13), (32, 33)]  # around 8 and 32 values


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_mean_of_an_image_is_exact_for_whole_numbers(size, dtype):
    x = np.random.default_rng(0).integers(-50, 50, (3, 2, *size)).astype(dtype)
    y = np.empty((3, 2, 1, 1), dtype)
    average_forward(x, Window(kernel=size, stride=(1, 1), pad=(0, 0), dilation=(1, 1)), y)
    sums = np.array([math.fsum(image.flat) for image in x.reshape(6, -1)])
    np.testing.assert_array_equal(y.reshape(-1), (sums.astype(dtype) / dtype_of(size, dtype)))


def dtype_of(size, dtype):
    return np.dtype(dtype).type(math.prod(size))


@pytest.mark.parametrize("size", [*SIZES, ()])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_gradient_of_a_bias_is_exact_for_whole_numbers(size, dtype):
    dy = np.random.default_rng(0).integers(-9, 9, (4, 3, *size)).astype(dtype)
    dbias = np.arange(3, dtype=dtype)
    bias_gradient(dy, dbias)
    expected = [c + math.fsum(dy[:, c].flat) for c in range(3)]
    np.testing.assert_array_equal(dbias, expected)


def test_nan_stays_in_its_channel():
    dy, dbias = np.ones((2, 3, 40), np.float32), np.zeros(3, np.float32)
    dy[1, 1, 39] = np.nan
    bias_gradient(dy, dbias)
    assert np.isnan(dbias).tolist() == [False, True, False]


def test_the_number_of_threads_changes_no_bit():
    dy = np.random.default_rng(0).normal(size=(16, 12, 50, 50)).astype("f4")
    found = []
    for threads in (1, 2, 3):
        with parallel.threads_set_to(threads):
            dbias = np.zeros(12, np.float32)
            bias_gradient(dy, dbias)
            found.append(dbias.tobytes())
    assert len(set(found)) == 1
