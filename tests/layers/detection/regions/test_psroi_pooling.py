from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

RECORDING = Path(__file__).parents[3] / "reference" / "opencv" / "psroi_pooling.npz"
PARAM = 'type: "PSROIPooling" psroi_pooling_param {{ {} }}'
F = np.float32


def c_round(x):
    return np.sign(x) * np.floor(abs(x) + 0.5)


def bins_of(roi, scale, group, size):
    """For each bin down and across: its first rows and columns, and those behind its last."""
    found = []
    for axis, pixels in ((1, size[0]), (0, size[1])):
        first = F(c_round(roi[1 + axis])) * F(scale)
        last = F(c_round(roi[3 + axis]) + 1) * F(scale)
        width = max(last - first, F(0.1)) / F(group)
        ends = [
            (int(np.floor(F(i) * width + first)), int(np.ceil(F(i + 1) * width + first)))
            for i in range(group)
        ]
        found.append([tuple(min(max(end, 0), pixels) for end in pair) for pair in ends])
    return found


def pooled(x, rois, scale, outputs, group, dy):
    y = np.zeros((len(rois), outputs, group, group), F)
    dx = np.zeros_like(x)
    for r, roi in enumerate(rois):
        down, across = bins_of(roi, scale, group, x.shape[2:])
        for o, i, j in np.ndindex(outputs, group, group):
            (h0, h1), (w0, w1) = down[i], across[j]
            channel = (o * group + i) * group + j
            total = F(0)
            for h in range(h0, h1):
                for w in range(w0, w1):
                    total += x[int(roi[0]), channel, h, w]
            if h1 > h0 and w1 > w0:
                area = F((h1 - h0) * (w1 - w0))
                y[r, o, i, j] = total / area
                dx[int(roi[0]), channel, h0:h1, w0:w1] += dy[r, o, i, j] / area
    return y, dx


@pytest.mark.parametrize(
    ("outputs", "group", "size", "scale"),
    [(2, 3, (9, 12), 0.0625), (1, 1, (4, 5), 1), (3, 2, (7, 6), 0.5)],
)
def test_it_is_what_loops_give_forward_and_backward(outputs, group, size, scale, rng):
    x = rng.normal(size=(2, outputs * group**2, *size)).astype(F)
    sides = np.array(size[::-1]) / scale
    corners = rng.uniform(-5, sides * 1.1, (2, 8, 2))
    rois = np.hstack([rng.integers(0, 2, (8, 1)), *corners]).astype(F)
    text = f"spatial_scale: {scale} output_dim: {outputs} group_size: {group}"
    run = run_layer(PARAM.format(text), x, rois, dtype=F)
    dy = run.top[0].diff[...] = rng.normal(size=run.top[0].shape).astype(F)
    run.backward()
    y, dx = pooled(x, rois, scale, outputs, group, dy)
    np.testing.assert_array_equal(run.top[0].data, y)
    np.testing.assert_array_equal(run.bottom[0].diff, dx)


def test_it_is_what_opencv_gives():
    with np.load(RECORDING) as recording:
        bottoms = [recording[f"bottom_{i}"] for i in range(2)]
        run = run_layer(str(recording["layer"]), *bottoms, dtype=F)
        np.testing.assert_array_equal(run.top[0].data, recording["top_0"])


def test_each_bin_has_a_channel_of_its_own():
    x = np.arange(8.0).reshape(1, 8, 1, 1) * np.ones((4, 4))
    run = run_layer(
        PARAM.format("spatial_scale: 1 output_dim: 2 group_size: 2"), x, [[0, 0, 0, 3, 3]]
    )
    assert run.top[0].data.tolist() == [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]]


@pytest.mark.parametrize(
    ("text", "x", "message"),
    [
        ("output_dim: 2 group_size: 2", (1, 8, 3, 3), "spatial_scale must be > 0"),
        ("spatial_scale: 1 group_size: 2", (1, 8, 3, 3), "output_dim must be > 0"),
        ("spatial_scale: 1 output_dim: 2", (1, 8, 3, 3), "group_size must be > 0"),
        ("spatial_scale: 1 output_dim: 2 group_size: 2", (1, 7, 3, 3), "8 channels"),
        ("spatial_scale: 1 output_dim: 2 group_size: 2", (1, 8, 3), "4 axes"),
    ],
)
def test_bad_input_is_refused(text, x, message):
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(PARAM.format(text), np.zeros(x), [[0, 0, 0, 1, 1]])
