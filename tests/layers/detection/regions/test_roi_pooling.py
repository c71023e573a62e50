from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

RECORDING = Path(__file__).parents[3] / "reference" / "opencv" / "roi_pooling.npz"
LOWEST = -np.finfo(np.float32).max
PARAM = 'type: "ROIPooling" roi_pooling_param {{ {} }}'


def c_round(x):
    """Halves away from zero."""
    return int(np.floor(abs(x) + 0.5) * np.sign(x))


def pooled(x, rois, bins, scale):
    """Number by number; and where each came from, -1 for nowhere. Any number of dimensions."""
    axes, f = x.ndim - 2, np.float32
    y = np.zeros((len(rois), x.shape[1], *bins), x.dtype)
    place = np.full(y.shape, -1)
    order = {2: (1, 0), 3: (0, 2, 1)}[axes]
    for r, (image, *corners) in enumerate(rois):
        ends = [c_round(f(corner) * f(scale)) for corner in corners]
        for index in np.ndindex(*bins):
            cut = []
            for axis, i in enumerate(index):
                first, last = ends[order[axis]], ends[axes + order[axis]]
                width = f(max(last - first + 1, 1)) / f(bins[axis])
                edges = int(np.floor(f(i) * width)), int(np.ceil(f(i + 1) * width))
                cut.append([min(max(edge + first, 0), x.shape[2 + axis]) for edge in edges])
            for c in range(x.shape[1]):
                best, found = 0, -1
                if all(end > start for start, end in cut):
                    best = LOWEST
                for pixel in np.ndindex(*x.shape[2:]):
                    inside = all(a <= p < b for p, (a, b) in zip(pixel, cut, strict=True))
                    if inside and x[int(image), c][pixel] > best:
                        best = x[int(image), c][pixel]
                        found = np.ravel_multi_index(pixel, x.shape[2:])
                y[(r, c, *index)], place[(r, c, *index)] = best, found
    return y, place


def gradient(dy, place, x, rois):
    dx = np.zeros_like(x)
    for at in np.ndindex(*dy.shape):
        if place[at] >= 0:
            dx[int(rois[at[0]][0]), at[1]].reshape(-1)[place[at]] += dy[at]
    return dx


def drawn(rng, count, images, size):
    corners = rng.uniform(-3, np.array(size) * 1.2, (2, count, len(size)))
    return np.hstack([rng.integers(0, images, (count, 1)), *corners]).astype(np.float32)


@pytest.mark.parametrize(
    ("shape", "bins", "scale", "text"),
    [
        ((2, 3, 6, 7), (3, 2), 0.5, "pooled_h: 3 pooled_w: 2 spatial_scale: 0.5"),
        ((1, 17, 5, 4), (7, 7), 1, "pooled_h: 7 pooled_w: 7"),
        ((2, 2, 9, 8), (4, 4), 0.0625, "pooled_size: 4 spatial_scale: 0.0625"),
        ((2, 3, 3, 4, 5), (2, 3, 1), 1, "pooled_size: 2 pooled_size: 3 pooled_size: 1"),
    ],
)
def test_it_is_what_loops_give_forward_and_backward(shape, bins, scale, text, rng):
    x = np.round(rng.normal(size=shape), 1).astype(np.float32)  # some are equal
    order = (1, 0) if len(bins) == 2 else (0, 2, 1)
    rois = drawn(rng, 9, shape[0], [shape[2 + axis] / scale for axis in order])
    run = run_layer(PARAM.format(text), x, rois, dtype=np.float32)
    y, place = pooled(x, rois, bins, scale)
    np.testing.assert_array_equal(run.top[0].data, y)
    dy = run.top[0].diff[...] = rng.integers(-9, 9, y.shape)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, gradient(dy, place, x, rois))


@pytest.mark.parametrize("size", [(7, 7), (5, 9)])
def test_spans_of_time_are_regions_of_seven_rows_and_columns(size, rng):
    """So R-C3D's code has it: the frames of its nets are no larger."""
    x = np.round(rng.normal(size=(2, 3, 6, *size)), 1).astype(np.float32)
    spans = rng.uniform(-9, 60, (9, 2)).astype(np.float32)
    images = rng.integers(0, 2, (9, 1))
    text = "pooled_l: 2 pooled_h: 4 pooled_w: 3 temporal_scale: 0.125 spatial_scale: 0.0625"
    run = run_layer(PARAM.format(text), x, np.hstack([images, spans]), dtype=np.float32)
    ends = np.zeros((9, 2, 3), np.float32)
    ends[:, :, 0], ends[:, 1, 1:] = spans, 48  # 6 of the map
    rois = np.hstack([images, ends.reshape(9, 6)])
    y, place = pooled(x, rois, (2, 4, 3), 0.125)
    np.testing.assert_array_equal(run.top[0].data, y)
    dy = run.top[0].diff[...] = rng.integers(-9, 9, y.shape)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, gradient(dy, place, x, rois))


def test_it_is_what_opencv_gives():
    with np.load(RECORDING) as recording:
        bottoms = [recording[f"bottom_{i}"] for i in range(2)]
        run = run_layer(str(recording["layer"]), *bottoms, dtype=np.float32)
        np.testing.assert_array_equal(run.top[0].data, recording["top_0"])


def test_halves_are_rounded_away_from_zero():
    """Not to even numbers, as Python rounds: 2.5 is 3, -0.5 is -1."""
    x = np.arange(8.0).reshape(1, 1, 1, 8)
    param = PARAM.format("pooled_h: 1 pooled_w: 1")
    rois = [[0, 0.5, 0, 2.5, 0], [0, -0.5, 0, 0.49, 0], [0, 1.5, 0, 1.5, 0]]
    run = run_layer(param, x, rois)
    assert run.top[0].data.reshape(-1).tolist() == [3, 0, 2]


def test_what_is_no_maximum():
    x = np.full((1, 4, 2, 2), np.nan)
    x[0, 1], x[0, 2] = -np.inf, -3.5e38
    x[0, 3, 0, 1] = 2
    run = run_layer(PARAM.format("pooled_h: 1 pooled_w: 1"), x, [[0, 0, 0, 1, 1], [0, 5, 5, 6, 6]])
    assert run.top[0].data.reshape(2, 4).tolist() == [[LOWEST, LOWEST, LOWEST, 2], [0, 0, 0, 0]]
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff.sum() == 1


def test_no_regions_are_no_error():
    run = run_layer(PARAM.format("pooled_size: 2"), np.ones((1, 2, 3, 3)), np.zeros((0, 5)))
    assert run.top[0].shape == (0, 2, 2, 2)
    run.backward()
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize(
    ("text", "x", "rois", "message"),
    [
        ("", (1, 1, 3, 3), [[0, 0, 0, 1, 1]], "pooled_w must be > 0"),
        ("pooled_h: 2", (1, 1, 3, 3), [[0, 0, 0, 1, 1]], "must be > 0"),
        ("pooled_h: 2 pooled_size: 2", (1, 1, 3, 3), [[0, 0, 0, 1, 1]], "not both"),
        ("pooled_size: [2, 2, 2]", (1, 1, 3, 3), [[0, 0, 0, 1, 1]], "once per spatial"),
        ("pooled_size: 2", (1, 1, 3, 3), [[0, 0, 1, 1]], "a row each"),
        ("pooled_size: 2", (1, 1, 3), [[0, 0, 0, 1, 1]], "4 axes"),
        ("pooled_size: 2 temporal_scale: 1", (1, 1, 3, 3), [[0, 0, 0, 1, 1]], "pooled_l"),
        ("pooled_l: 1 pooled_size: 2", (1, 1, 3, 3, 3), [[0, 0, 1]], "no pooled_size"),
        ("pooled_l: 1 pooled_h: 2 pooled_w: 2", (1, 1, 3, 3), [[0, 0, 1]], "for clips"),
        ("pooled_l: 1 pooled_h: 2", (1, 1, 3, 3, 3), [[0, 0, 1]], "must be > 0"),
        (
            "pooled_l: 1 pooled_h: 2 pooled_w: 2",
            (1, 1, 3, 3, 3),
            [[0, 0, 0, 1, 1]],
            "the first and the last frame",
        ),
        ("pooled_size: 2", (1, 1, 3, 3), [[1, 0, 0, 1, 1]], "not in the batch"),
        ("pooled_size: 2", (1, 1, 3, 3), [[-1, 0, 0, 1, 1]], "not in the batch"),
        ("pooled_size: 2", (1, 1, 3, 3), [[np.nan, 0, 0, 1, 1]], "not in the batch"),
    ],
)
def test_bad_input_is_refused(text, x, rois, message):
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(PARAM.format(text), np.zeros(x), rois)


def test_a_padded_region_is_one_that_is_larger_before_it_is_rounded(rng):
    """5 pixels wide and 9 high: a quarter is 1.25 and 2.25 on each side."""
    x = rng.normal(size=(1, 2, 8, 8))
    options = "pooled_h: 2 pooled_w: 3 spatial_scale: 0.5"
    padded = run_layer(PARAM.format(f"{options} pad_ratio: 0.25"), x, [[0, 4, 3, 8, 11]])
    larger = run_layer(PARAM.format(options), x, [[0, 2.75, 0.75, 9.25, 13.25]])
    smaller = run_layer(PARAM.format(options), x, [[0, 4, 3, 8, 11]])
    np.testing.assert_array_equal(padded.top[0].data, larger.top[0].data)
    assert (padded.top[0].data != smaller.top[0].data).any()
