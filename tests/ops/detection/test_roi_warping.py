"""The compiled samples of regions against the numpy version, whatever the threads.

What both should give is tested with the layers. Gradients are sums in another order.
"""

import numpy as np
import pytest

from blobnet.ops import parallel
from blobnet.ops.detection import roi_warping
from blobnet.ops.detection.roi_warping import Axis
from blobnet.ops.jit import available

pytestmark = pytest.mark.skipif(not available(), reason="nothing can be compiled here")


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


def axis(rng, regions, count, size, dtype):
    low = rng.integers(0, size, (regions, count))
    share = rng.uniform(size=low.shape).astype(dtype)
    return Axis(low, np.minimum(low + 1, size - 1), 1 - share, share)


@pytest.fixture(params=["float32", "float64"])
def drawn(request, rng):
    """x, dy, and what all functions take: images and samples on both axes."""
    x = rng.normal(size=(3, 19, 5, 7)).astype(request.param)
    dy = rng.normal(size=(9, 19, 4, 3)).astype(request.param)
    axes = (axis(rng, 9, count, size, x.dtype) for count, size in ((4, 5), (3, 7)))
    return x, dy, (rng.integers(0, 3, 9), *axes)


def compared(name, arguments, out, rtol):
    function, results = getattr(roi_warping, name), []
    for which, threads in ((function.__wrapped__, 1), (function, 1), (function, 3)):
        parallel.set_num_threads(threads)
        results.append(np.full_like(out, np.nan))
        which(*arguments, results[-1])
    np.testing.assert_allclose(results[1], results[0], rtol, atol=rtol)
    np.testing.assert_array_equal(results[2], results[1])


def test_samples(drawn):
    x, dy, where = drawn
    compared("samples", (x, *where), dy, 0)


def test_samples_backward(drawn):
    x, dy, where = drawn
    compared("samples_backward", (dy, *where), x, 1e-5)


def test_slopes(drawn, rng):
    x, dy, where = drawn
    far = [rng.uniform(size=(9, count)).astype(x.dtype) for count in (4, 3)]
    compared("slopes", (x, dy, *where, *far), np.zeros((9, 4), x.dtype), 1e-4)
