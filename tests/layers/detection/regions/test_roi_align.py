import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

PARAM = 'type: "ROIAlign" roi_pooling_param {{ {} }}'


def aligned(x, rois, bins, scale, pad, dy):
    """y and dx, sample by sample."""
    y, dx = np.zeros((len(rois), x.shape[1], bins[0] + 1, bins[1] + 1)), np.zeros_like(x)
    height, width = x.shape[2:]
    for r, c, p, q in np.ndindex(*y.shape):
        n, x1, y1, x2, y2 = rois[r]
        pad_w, pad_h = (x2 - x1 + 1) * pad, (y2 - y1 + 1) * pad
        left, right = (x1 - pad_w) * scale - 0.5, (x2 + pad_w) * scale - 0.5
        top, bottom = (y1 - pad_h) * scale - 0.5, (y2 + pad_h) * scale - 0.5
        if right <= left or bottom <= top:
            continue
        h, w = top + p * (bottom - top) / bins[0], left + q * (right - left) / bins[1]
        if not (-0.5 <= h <= height - 0.5 and -0.5 <= w <= width - 0.5):
            continue
        for i in range(height):
            for j in range(width):
                near_h = max(0, 1 - abs(min(max(h, 0), height - 1) - i))
                near_w = max(0, 1 - abs(min(max(w, 0), width - 1) - j))
                y[r, c, p, q] += near_h * near_w * x[int(n), c, i, j]
                dx[int(n), c, i, j] += near_h * near_w * dy[r, c, p, q]
    return y, dx


@pytest.mark.parametrize(
    ("bins", "scale", "pad", "size"),
    [((3, 4), 0.5, 0, (6, 7)), ((7, 7), 0.25, 0.25, (5, 4)), ((1, 2), 1, 0.5, (9, 8))],
)
def test_it_is_what_loops_give_forward_and_backward(bins, scale, pad, size, rng):
    x = rng.normal(size=(2, 3, *size))
    corners = np.sort(rng.uniform(-3, np.array(size[::-1]) / scale * 1.2, (2, 8, 2)), 0)
    rois = np.hstack([rng.integers(0, 2, (8, 1)), *corners])
    rois[0, 1:] = rois[0, [3, 4, 1, 2]]  # turned over
    rois[1, 1:] = 0, 0, size[1] / scale, size[0] / scale  # all of the image
    text = PARAM.format(
        f"pooled_h: {bins[0]} pooled_w: {bins[1]} spatial_scale: {scale} pad_ratio: {pad}"
    )
    run = run_layer(text, x, rois)
    dy = run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward()
    y, dx = aligned(x, rois, bins, scale, pad, dy)
    assert np.count_nonzero(y) > y.size / 5
    np.testing.assert_allclose(run.top[0].data, y, atol=1e-12)
    np.testing.assert_allclose(run.bottom[0].diff, dx, atol=1e-12)


def test_nothing_undefined_comes_from_beside_the_image():
    x = np.full((1, 1, 2, 2), np.inf)
    run = run_layer(PARAM.format("pooled_h: 1 pooled_w: 1"), x, [[0, 5, 5, 9, 9]])
    assert not run.top[0].data.any()


def test_an_image_that_is_not_in_the_batch_is_refused():
    with pytest.raises(blobnet.LayerError, match="index from 0 to 0"):
        run_layer(PARAM.format("pooled_h: 1 pooled_w: 1"), np.ones((1, 1, 2, 2)), [[1, 0, 0, 1, 1]])


@pytest.mark.parametrize("param", ["", "pooled_h: 2", "pooled_w: 2"])
def test_no_bins_are_refused(param):
    with pytest.raises(blobnet.LayerError, match="must be > 0"):
        run_layer(PARAM.format(param), np.ones((1, 1, 2, 2)), [[0, 0, 0, 1, 1]])


@pytest.mark.parametrize("name", ["pooled_size", "pooled_l", "temporal_scale"])
def test_a_setting_of_roi_pooling_is_refused(name):
    text = PARAM.format(f"pooled_h: 2 pooled_w: 2 {name}: 3")
    with pytest.raises(blobnet.LayerError, match=f"{name} is a setting of ROIPooling"):
        run_layer(text, np.ones((1, 1, 2, 2)), [[0, 0, 0, 1, 1]])


def test_an_image_without_pixels_is_refused():
    with pytest.raises(blobnet.LayerError, match="no pixel"):
        run_layer(PARAM.format("pooled_h: 2 pooled_w: 2"), np.ones((1, 1, 0, 2)), np.ones((1, 5)))
