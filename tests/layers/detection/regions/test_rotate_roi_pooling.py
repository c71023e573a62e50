"""Pixel by pixel, as rotate_roi_pooling_layer.cu of RRPN."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def pooled(x, rois, info, options, **more):
    text = f"rotate_pooling_param {{ {options} }}"
    return run_layer(f'name: "r" type: "RotateROIPooling" {text}', x, rois, info, **more)


def corner(roi, scale, bins, row, column):
    """Where a corner of the bins is."""
    _, x, y, height, width, angle = roi
    cos, sin = math.cos(angle / 180 * math.pi), math.sin(angle / 180 * math.pi)
    right = (column - bins[1] / 2) * width * scale / bins[1]
    down = (row - bins[0] / 2) * height * scale / bins[0]
    return np.array([x * scale + cos * right + sin * down, y * scale - sin * right + cos * down])


def largest(x, roi, scale, bins, i, j, size):
    """The value of a bin, and where it stands."""
    first = corner(roi, scale, bins, i, j)
    sides = [corner(roi, scale, bins, i + 1, j) - first, corner(roi, scale, bins, i, j + 1) - first]
    most, place = 0, -1
    for row in range(size[0]):
        for column in range(size[1]):
            apart = np.array([column, row]) - first
            if all(0 <= apart @ side < side @ side for side in sides) and x[row, column] > most:
                most, place = x[row, column], row * x.shape[1] + column
    return most, place


@pytest.mark.parametrize("info", [(40, 48, 1), (28, 60, 1)])
def test_the_largest_value_of_each_bin(info, rng):
    x = rng.normal(size=(2, 3, 10, 12))
    rois = np.column_stack(
        [
            rng.integers(2, size=12),
            rng.uniform(0, 48, (12, 2)),
            rng.uniform(5, 40, (12, 2)),
            rng.uniform(-45, 135, 12),
        ]
    )
    run = pooled(x, rois, [info], "pooled_h: 2 pooled_w: 3 spatial_scale: 0.25")
    run.top[0].diff[...] = dy = rng.normal(size=run.top[0].shape)
    run.bottom[0].diff[...] = np.nan
    run.backward([True, False, False])
    dx = np.zeros_like(x)
    size = min(int(info[0] * 0.25), 10), min(int(info[1] * 0.25), 12)
    found = 0
    for r, c, i, j in np.ndindex(run.top[0].shape):
        image = int(rois[r, 0])
        most, place = largest(x[image, c], rois[r], 0.25, (2, 3), i, j, size)
        assert run.top[0].data[r, c, i, j] == most
        if place >= 0:
            found += 1
            dx[image, c].flat[place] += dy[r, c, i, j]
    assert found > 80
    np.testing.assert_allclose(run.bottom[0].diff, dx, rtol=1e-12, atol=1e-12)


def test_an_upright_region_has_the_pixels_of_its_rectangle():
    x = np.arange(1.0, 26).reshape(1, 1, 5, 5)
    run = pooled(x, [[0, 2, 2, 4, 4, 0]], [[5, 5, 1]], "pooled_h: 2 pooled_w: 2")
    np.testing.assert_array_equal(run.top[0].data[0, 0], [[7, 9], [17, 19]])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_counts_nowhere(bad):
    run = pooled(np.ones((1, 1, 3, 3)), [[0, bad, 1, 2, 2, 0]], [[3, 3]], "pooled_h: 1 pooled_w: 1")
    assert run.top[0].data == 0
    run = pooled(np.full((1, 1, 3, 3), np.nan), [[0, 1, 1, 2, 2, 0]], [[3, 3]],
                 "pooled_h: 1 pooled_w: 1")  # fmt: skip
    assert run.top[0].data == 0


@pytest.mark.parametrize(
    ("options", "rois", "info", "words"),
    [
        ("pooled_h: 2", [[0] * 6], [[5, 5]], "pooled_w must be > 0"),
        ("pooled_h: 1 pooled_w: 1", [[0] * 5], [[5, 5]], "a row each"),
        ("pooled_h: 1 pooled_w: 1", [[0] * 6], [[5]], "too little of the image"),
        ("pooled_h: 1 pooled_w: 1", [[1, 0, 0, 1, 1, 0]], [[5, 5]], "not in the batch"),
    ],
)
def test_what_does_not_suit(options, rois, info, words):
    with pytest.raises(LayerError, match=words):
        pooled(np.zeros((1, 1, 5, 5)), rois, info, options)


def test_a_gradient_that_is_asked_for_regions_is_none():
    """Layers that make them learn nothing: so it is in the fork, whose nets do not say so."""
    run = pooled(np.ones((1, 1, 3, 3)), [[0, 1, 1, 2, 2, 0]], [[3, 3]], "pooled_h: 1 pooled_w: 1")
    run.top[0].diff[...] = 2
    for blob in run.bottom:
        blob.diff[...] = 7
    run.backward([True, True, True])
    assert run.bottom[0].diff.sum() == 2
    assert (run.bottom[1].diff == 7).all()
