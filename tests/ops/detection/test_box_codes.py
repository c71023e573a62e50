"""Boxes as differences to priors, one by one with plain arithmetic, and back."""

import math

import numpy as np
import pytest

from blobnet.ops.detection.box_codes import CENTER_SIZE, CORNER, CORNER_SIZE, decode, encode

PRIOR, VARIANCE, DELTA = [0.1, 0.2, 0.5, 0.4], [0.1, 0.2, 0.3, 0.4], [0.5, -1.0, 2.0, 1.5]


def one(function, code, last, **options):
    arrays = [np.array([row]) for row in (PRIOR, VARIANCE, last)]
    return function(code, *arrays, **options)[0]


def by_hand(code, variance):
    """The box that DELTA means."""
    x1, y1, x2, y2 = PRIOR
    dx, dy, dw, dh = (v * d for v, d in zip(variance, DELTA, strict=True))
    w, h = x2 - x1, y2 - y1
    if code == CORNER:
        return [x1 + dx, y1 + dy, x2 + dw, y2 + dh]
    if code == CORNER_SIZE:
        return [x1 + dx * w, y1 + dy * h, x2 + dw * w, y2 + dh * h]
    cx, cy = (x1 + x2) / 2 + dx * w, (y1 + y2) / 2 + dy * h
    w, h = w * math.exp(dw), h * math.exp(dh)
    return [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]


@pytest.mark.parametrize("code", [CORNER, CENTER_SIZE, CORNER_SIZE])
@pytest.mark.parametrize("in_target", [False, True])
def test_decode(code, in_target):
    expected = by_hand(code, [1] * 4 if in_target else VARIANCE)
    np.testing.assert_allclose(one(decode, code, DELTA, in_target=in_target), expected)


@pytest.mark.parametrize("points", [0, 8, 5])
@pytest.mark.parametrize("code", [CORNER, CENTER_SIZE, CORNER_SIZE])
@pytest.mark.parametrize("in_target", [False, True])
def test_encode_is_the_way_back(code, in_target, points):
    if points and code != CENTER_SIZE:
        pytest.skip("points are those of CENTER_SIZE")
    rng = np.random.default_rng(0)
    priors = np.sort(rng.random((6, 4)))
    variances = rng.uniform(0.1, 0.3, (6, 4))
    boxes = np.concatenate((np.sort(rng.random((6, 4))), rng.uniform(0.1, 1, (6, points))), axis=1)
    codes = encode(code, priors, variances, boxes, in_target=in_target)
    assert codes.shape == boxes.shape
    again = decode(code, priors, variances, codes, in_target=in_target)
    np.testing.assert_allclose(again, boxes, rtol=1e-9, atol=1e-12)


def test_corners_of_polygons_are_relative_to_those_of_priors():
    found = one(decode, CENTER_SIZE, [0.0] * 4 + [1, 2, 3, 4, 5, 6, 7, 8])
    x1, y1, x2, y2 = PRIOR
    w, h = 0.1 * (x2 - x1), 0.2 * (y2 - y1)
    expected = [
        x1 + w, y1 + 2 * h, x2 + 3 * w, y1 + 4 * h, x2 + 5 * w, y2 + 6 * h, x1 + 7 * w, y2 + 8 * h
    ]  # fmt: skip
    np.testing.assert_allclose(found[4:], expected)


def test_rotated_boxes_are_relative_to_the_centre():
    found = one(decode, CENTER_SIZE, [0.0] * 4 + [1, 2, 3, 4, 5])
    w, h = 0.04, 0.04
    expected = [0.3 + w, 0.3 + 2 * h, 0.3 + 3 * w, 0.3 + 4 * h, 0.2 * math.exp(0.4 * 5)]
    np.testing.assert_allclose(found[4:], expected)


def test_several_predictions_for_the_same_priors():
    rng = np.random.default_rng(0)
    priors, variances = np.sort(rng.random((5, 4))), rng.random((5, 4))
    deltas = rng.normal(size=(2, 5, 4))
    found = decode(CENTER_SIZE, priors, variances, deltas)
    for each, its in zip(found, deltas, strict=True):
        np.testing.assert_array_equal(each, decode(CENTER_SIZE, priors, variances, its))
