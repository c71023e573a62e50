import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

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


@pytest.mark.parametrize("method", ["MAX", "AVE"])
@pytest.mark.parametrize(
    ("options", "kernel", "stride", "pad"),
    [
        ("kernel_size: 3 stride: 2 kernel_l: 2 stride_l: 2", (2, 3, 3), (2, 2, 2), (0, 0, 0)),
        ("kernel_h: 2 kernel_w: 3 kernel_l: 3 pad_l: 1", (3, 2, 3), (1, 1, 1), (1, 0, 0)),
        (
            "kernel_size: 2 kernel_l: 1 pad_h: 1 pad_w: 0 stride_h: 2 stride_w: 1",
            (1, 2, 2),
            (1, 2, 1),
            (0, 1, 0),
        ),
    ],
)
def test_of_p3d_windows_have_sizes_and_padding_of_each_axis(
    method, options, kernel, stride, pad, rng
):
    x = rng.normal(size=(1, 2, 4, 5, 7))
    run = run_layer(f'type: "Pooling3D" pooling3d_param {{ pool: {method} {options} }}', x)
    fill = -np.inf if method == "MAX" else 0
    wide = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in pad)], constant_values=fill)
    for place in np.ndindex(run.top[0].shape):
        begins = [at * step for at, step in zip(place[2:], stride, strict=True)]
        window = wide[place[:2]][
            tuple(slice(b, b + k) for b, k in zip(begins, kernel, strict=True))
        ]
        expected = window.max() if method == "MAX" else window.mean()
        np.testing.assert_allclose(run.top[0].data[place], expected)
    check_gradients(run)


def test_of_p3d_a_clip_is_one_window(rng):
    x = rng.normal(size=(1, 2, 3, 4, 5))
    run = run_layer('type: "Pooling3D" pooling3d_param { pool: AVE global_pooling: true }', x)
    np.testing.assert_allclose(run.top[0].data.ravel(), x.mean(axis=(2, 3, 4)).ravel())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("kernel_size: 2 kernel_l: 2 kernel_depth: 2", "is C3D's"),
        ("kernel_size: 2 pad_l: 0", "kernel_size and kernel_l are required"),
        ("kernel_h: 2 kernel_l: 2", "write kernel_size, or both"),
    ],
)
def test_of_p3d_bad_settings(options, message):
    with pytest.raises(LayerError, match=message):
        run_layer(f'type: "Pooling3D" pooling3d_param {{ {options} }}', np.ones((1, 1, 3, 3, 3)))
