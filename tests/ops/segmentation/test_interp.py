import numpy as np
import pytest

from blobnet.ops.jit import available
from blobnet.ops.segmentation.interp import interpolate, interpolate_backward, mixing

SIZES = [
    ((5, 7), (9, 4)),
    ((1, 3), (2, 6)),
    ((4, 4), (1, 1)),
    ((6, 6), (6, 6)),
    ((40, 30), (79, 61)),
]
CROPS = [(0, 0), (1, 1)]


def slices(old, crop):
    return [slice(crop[0], size - crop[1]) for size in old]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("old", "new"), SIZES)
@pytest.mark.skipif(not available(), reason="nothing can be compiled here")
def test_the_kernel_computes_what_numpy_does(old, new, dtype, rng):
    x, dy = rng.normal(size=(2, 3, *old)).astype(dtype), rng.normal(size=(2, 3, *new)).astype(dtype)
    both = np.empty((2, *dy.shape), dtype)
    for function, out in zip((interpolate, interpolate.__wrapped__), both, strict=True):
        function(x, *slices(old, (0, 0)), out=out)
    np.testing.assert_array_equal(*both)
    both = np.empty((2, *x.shape), dtype)
    for function, out in zip(
        (interpolate_backward, interpolate_backward.__wrapped__), both, strict=True
    ):
        function(dy, *slices(old, (0, 0)), out=out)
    np.testing.assert_allclose(*both, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("crop", CROPS)
def test_backward_is_the_transpose_of_forward(crop, rng):
    x, y, dy, dx = (rng.normal(size=(1, 2, *size)) for size in ((6, 5), (9, 8), (9, 8), (6, 5)))
    interpolate(x, *slices((6, 5), crop), out=y)
    interpolate_backward(dy, *slices((6, 5), crop), out=dx)
    np.testing.assert_allclose((y * dy).sum(), (x * dx).sum())


@pytest.mark.parametrize("size", [2, 1000, 12345])
def test_the_ends_are_the_ends(size):
    its = mixing(3, 2003, size)
    assert (its.first[0], its.share[0]) == (3, 0)
    assert abs(its.first[-1] + its.share[-1] - 2002) < 1e-3
    assert its.second.max() <= 2002
