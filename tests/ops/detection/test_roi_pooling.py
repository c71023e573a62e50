"""The compiled pooling of regions against the numpy version: the same bits, whatever the threads.

What both should give is tested with the layers.
"""

import numpy as np
import pytest

from blobnet.ops import parallel
from blobnet.ops.detection import roi_pooling
from blobnet.ops.detection.roi_pooling import equal_bins
from blobnet.ops.jit import available
from blobnet.ops.overflow import overflow_allowed

pytestmark = pytest.mark.skipif(not available(), reason="nothing can be compiled here")


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


# channels, image, bins: less than a block of channels, some with a rest; two axes and three
CASES = [
    (1, (4, 5), (2, 3)),
    (16, (7, 6), (7, 7)),
    (19, (9, 11), (3, 1)),
    (40, (3, 4, 5), (2, 2, 2)),
]


def drawn(rng, image, bins, count=12):
    images = rng.integers(0, 3, count)
    edges = []
    for size, number in zip(image, bins, strict=True):
        ends = np.sort(rng.integers(-3, size + 3, (2, count)), 0)
        edges.append(equal_bins(*ends, number, size, np.float32))
    return images, np.concatenate(edges, 1)


def compared(name, arguments, outs):
    function = getattr(roi_pooling, name)
    results = []
    for which in (function.__wrapped__, function, function):
        made = [np.full_like(out, np.nan) for out in outs]
        with overflow_allowed():
            which(*arguments, *made)
        results.append(made)
        parallel.set_num_threads(3 if len(results) == 2 else 1)
    for others in results[1:]:
        for one, other in zip(results[0], others, strict=True):
            np.testing.assert_array_equal(other, one)
    return results[0]


@pytest.mark.parametrize("special", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("channels", "image", "bins"), CASES)
def test_maxima(channels, image, bins, dtype, special, rng):
    x = rng.integers(-4, 5, (3, channels, *image)).astype(dtype)
    if special:
        x = rng.choice([np.nan, np.inf, -np.inf, roi_pooling.LOWEST, 2], x.shape).astype(dtype)
    images, edges = drawn(rng, image, bins)
    y = np.zeros((len(images), channels, *bins), dtype)
    _, argmax = compared("maxima", (x, images, edges), [y, y])
    dy = rng.normal(size=y.shape).astype(dtype)
    compared("maxima_backward", (dy, argmax, images), [x])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("outputs", "group", "image"),
    [
        (1, 1, (8, 9)),
        (3, 2, (8, 9)),
        (2, 7, (8, 9)),
        (8, 2, (8, 9)),  # a vector; then more, with a rest
        (21, 3, (4, 2)),
        (37, 1, (5, 7)),
        (11, 2, (2, 3)),  # fewer pixels than lanes
    ],
)
def test_averages(outputs, group, image, dtype, rng):
    bins = (group, group)
    x = rng.normal(size=(3, outputs * group**2, *image)).astype(dtype)
    images, edges = drawn(rng, image, bins)
    y = np.zeros((len(images), outputs, *bins), dtype)
    compared("averages", (x, images, edges), [y])
    dy = rng.normal(size=y.shape).astype(dtype)
    compared("averages_backward", (dy, images, edges), [x])


def test_equal_bins_by_hand():
    first, last = np.array([1, -2, 5, 3]), np.array([4, 0, 3, 9])
    found = equal_bins(first, last, 2, 6, np.float32)
    # 4 pixels; 3, of which one is in the image; turned over: one; 7, of which 3 are in the image
    assert found.tolist() == [[1, 3, 3, 5], [0, 0, 0, 1], [5, 5, 6, 6], [3, 6, 6, 6]]
