import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

PARAM = 'type: "ROIWarping" roi_warping_param {{ {} }}'


def c_round(x):
    return np.sign(x) * np.floor(abs(x) + 0.5)


def corner(at, size):
    """The pixels on both sides, the share of the second, and where it is; None outside."""
    if at < -0.5 or at > size - 0.5:
        return None
    low = int(max(at, 0))
    if low >= size - 1:
        return size - 1, size - 1, 0.0, size - 1
    return low, low + 1, max(at, 0) - low, max(at, 0)


def warped(x, rois, pooled, scale, dy):
    """y, dx, drois: sample by sample, and pixel by pixel as MNC does it."""
    y = np.zeros((len(rois), x.shape[1], *pooled))
    dx, drois = np.zeros_like(x), np.zeros((len(rois), 5))
    height, width = x.shape[2:]
    for r, c, ph, pw in np.ndindex(*y.shape):
        n = int(rois[r][0])
        x1, y1, x2, y2 = (c_round(side * scale) for side in rois[r][1:])
        rows = corner(y1 + ph * max(y2 - y1, 0) / pooled[0], height)
        columns = corner(x1 + pw * max(x2 - x1, 0) / pooled[1], width)
        if rows is None or columns is None:
            continue
        (h0, h1, lh, at_h), (w0, w1, lw, at_w) = rows, columns
        v = [[x[n, c, h, w] for w in (w0, w1)] for h in (h0, h1)]
        y[r, c, ph, pw] = (1 - lh) * ((1 - lw) * v[0][0] + lw * v[0][1]) + lh * (
            (1 - lw) * v[1][0] + lw * v[1][1]
        )
        larger = max(x2 - x1 + 1, 1), max(y2 - y1 + 1, 1)
        for h, share_h in [(h0, 1 - lh), (h1, lh)]:
            for w, share_w in [(w0, 1 - lw), (w1, lw)]:
                seen = x1 <= w <= x2 and y1 <= h <= y2
                for p, at, first, side, count in (
                    (ph, h, y1, larger[1], pooled[0]),
                    (pw, w, x1, larger[0], pooled[1]),
                ):
                    bin_size = side / count
                    begin = np.floor((at - first - 1) / bin_size - 1)
                    seen &= begin <= p < np.ceil((at - first + 1) / bin_size)
                if seen:
                    dx[n, c, h, w] += share_h * share_w * dy[r, c, ph, pw]
        if int(at_h) + 1 <= height - 1 and int(at_w) + 1 <= width - 1:
            slope_x = (1 - lh) * (v[0][1] - v[0][0]) + lh * (v[1][1] - v[1][0])
            slope_y = (1 - lw) * (v[1][0] - v[0][0]) + lw * (v[1][1] - v[0][1])
            far_x, far_y = (at_w - x1) / larger[0], (at_h - y1) / larger[1]
            its = np.array(
                [slope_x * (1 - far_x), slope_y * (1 - far_y), slope_x * far_x, slope_y * far_y]
            )
            drois[r, 1:] += scale * dy[r, c, ph, pw] * its
    return y, dx, drois


@pytest.mark.parametrize(
    ("pooled", "scale", "size"),
    [((3, 4), 0.5, (9, 8)), ((14, 14), 0.25, (7, 9)), ((2, 2), 1, (4, 5))],
)
def test_it_is_what_loops_give_forward_and_backward(pooled, scale, size, rng):
    x = rng.normal(size=(2, 2, *size))
    corners = rng.uniform(-3, np.array(size[::-1]) / scale * 1.1, (2, 7, 2))
    rois = np.hstack([rng.integers(0, 2, (7, 1)), *np.sort(corners, 0)])
    rois[0, 1:] = rois[0, [3, 4, 1, 2]]  # turned over
    text = PARAM.format(f"pooled_h: {pooled[0]} pooled_w: {pooled[1]} spatial_scale: {scale}")
    run = run_layer(text, x, rois)
    dy = run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward()
    y, dx, drois = warped(x, rois, pooled, scale, dy)
    np.testing.assert_allclose(run.top[0].data, y, atol=1e-12)
    np.testing.assert_allclose(run.bottom[0].diff, dx, atol=1e-12)
    np.testing.assert_allclose(run.bottom[1].diff, drois, atol=1e-12)


def test_the_gradient_of_features_misses_what_mnc_misses():
    """The last of four samples of columns 0 to 10 is at 7.5; MNC looks for it at 3 * 11 / 4."""
    x = np.arange(12.0).reshape(1, 1, 1, 12)
    run = run_layer(PARAM.format("pooled_h: 1 pooled_w: 4"), x, [[0, 0, 0, 10, 0]])
    assert run.top[0].data.reshape(-1).tolist() == [0, 2.5, 5, 7.5]
    run.top[0].diff[...] = [0, 0, 0, 1]
    run.backward()
    assert np.flatnonzero(run.bottom[0].diff).tolist() == [8]
    assert run.bottom[0].diff[0, 0, 0, 8] == 0.5


def test_what_is_no_number_gives_0(rng):
    x = rng.normal(size=(1, 1, 4, 4))
    x[0, 0, 0, 0] = np.nan
    run = run_layer(PARAM.format("pooled_h: 2 pooled_w: 2"), x, [[0, 0, 0, 2, 2]])
    assert run.top[0].data[0, 0, 0, 0] == 0
    assert run.top[0].data[0, 0, 1, 1] == x[0, 0, 1, 1]
    run.top[0].diff[...] = 1
    run.backward([True, False])
    assert run.bottom[0].diff[0, 0, 0, 0] == 0


@pytest.mark.parametrize(
    ("text", "x", "rois", "message"),
    [
        ("pooled_h: 2", (1, 1, 3, 3), [[0, 0, 0, 1, 1]], "pooled_w must be > 0"),
        ("pooled_h: 2 pooled_w: 2", (1, 1, 3), [[0, 0, 0, 1, 1]], "4 axes"),
        ("pooled_h: 2 pooled_w: 2", (1, 1, 0, 3), [[0, 0, 0, 1, 1]], "no pixel"),
        ("pooled_h: 2 pooled_w: 2", (1, 1, 3, 3), [[0, 0, 1, 1]], "a row each"),
        ("pooled_h: 2 pooled_w: 2", (1, 1, 3, 3), [[2, 0, 0, 1, 1]], "not in the batch"),
    ],
)
def test_bad_input_is_refused(text, x, rois, message):
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(PARAM.format(text), np.zeros(x), rois)
