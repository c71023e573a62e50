import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

CLIP = (2, 3, 5, 7, 6)
WINDOWS = {
    # kernel, stride and pad along (length, height, width), and the places
    "2 by 2 by 2": ((2, 2, 2), (2, 2, 2), (0, 0, 0), (3, 4, 3)),
    "frames by themselves": ((1, 2, 2), (1, 2, 2), (0, 0, 0), (5, 4, 3)),
    "overlapping": ((3, 3, 3), (1, 2, 2), (0, 0, 0), (3, 3, 3)),
    "no last window is dropped": ((2, 2, 2), (1, 2, 2), (0, 1, 1), (4, 5, 4)),
    "padded": ((2, 3, 3), (2, 2, 2), (0, 2, 2), (3, 5, 5)),
}


def pooling(pool, window, x, message="pooling3d_param"):
    (depth, size, _), (temporal, stride, _), (_, pad, _), _ = window
    options = (
        f"pool: {pool} kernel_size: {size} stride: {stride} pad: {pad} kernel_depth: {depth} "
        f"temporal_stride: {temporal}"
    )
    return run_layer(f'name: "pool1" type: "Pooling3D" {message} {{ {options} }}', x)


def windows(window, size):
    """Of each place, the slices that its window sees, and its length with the padding."""
    kernel, stride, pad, places = window
    for place in itertools.product(*map(range, places)):
        begins = [p * s - q for p, s, q in zip(place, stride, pad, strict=True)]
        ends = [min(b + k, n + q) for b, k, n, q in zip(begins, kernel, size, pad, strict=True)]
        counted = np.prod([e - b for b, e in zip(begins, ends, strict=True)])
        seen = tuple(
            slice(max(b, 0), min(e, n)) for b, e, n in zip(begins, ends, size, strict=True)
        )
        yield (..., *place), (..., *seen), counted


@pytest.mark.parametrize("message", ["pooling3d_param", "pooling_param"])
@pytest.mark.parametrize("name", WINDOWS)
def test_the_average_and_its_gradient(name, message, rng):
    x, window = rng.normal(size=CLIP), WINDOWS[name]
    run = pooling("AVE", window, x, message)
    expected = np.zeros((*CLIP[:2], *window[3]))
    dy, dx = rng.normal(size=expected.shape), np.zeros(CLIP)
    for place, seen, counted in windows(window, CLIP[2:]):
        expected[place] = x[seen].sum(axis=(2, 3, 4)) / counted
        dx[seen] += dy[place][..., None, None, None] / counted
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12, atol=1e-12)
    run.top[0].diff[...] = dy
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [n for n, window in WINDOWS.items() if not any(window[2])])
def test_all_values_that_are_the_maximum_get_its_gradient(name, rng):
    x, window = rng.integers(3, size=CLIP).astype(float), WINDOWS[name]
    run = pooling("MAX", window, x)
    expected = np.zeros((*CLIP[:2], *window[3]))
    dy, dx = rng.normal(size=expected.shape), np.zeros(CLIP)
    for place, seen, _ in windows(window, CLIP[2:]):
        expected[place] = x[seen].max(axis=(2, 3, 4))
        is_best = x[seen] == expected[place][..., None, None, None]
        dx[seen] += dy[place][..., None, None, None] * is_best
    np.testing.assert_array_equal(run.top[0].data, expected)
    run.top[0].diff[...] = dy
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx, rtol=1e-12, atol=1e-12)


def test_nan_is_never_a_maximum():
    x = np.full((1, 1, 2, 2, 2), np.nan)
    x[0, 0, 1, 1, 0] = -3
    window = (2, 2, 2), (1, 1, 1), (0, 0, 0), (1, 1, 1)
    assert pooling("MAX", window, x).top[0].data.item() == -3


@pytest.mark.parametrize(
    ("options", "shape", "words"),
    [
        ("kernel_size: 2 kernel_depth: 2 pad: 1", CLIP, "only for average"),
        ("kernel_size: 2 kernel_depth: 2 pool: STOCHASTIC", CLIP, "Unknown pooling method"),
        ("kernel_size: 2", CLIP, "must be nonzero"),
        ("kernel_size: 2 kernel_depth: 2 temporal_stride: 0", CLIP, "must be nonzero"),
        ("kernel_size: 2 kernel_depth: 6", CLIP, "does not fit"),
        ("kernel_size: 1 kernel_depth: 1 stride: 4", CLIP, "beside the clip"),
        ("kernel_size: 2 kernel_depth: 2", CLIP[1:], "must have 5 axes"),
    ],
)
def test_what_is_refused(options, shape, words):
    with pytest.raises(LayerError, match=words):
        run_layer(f'name: "p" type: "Pooling3D" pooling3d_param {{ {options} }}', np.zeros(shape))
