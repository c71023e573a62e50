"""RRPN's proposals, against loops over what its generate_anchors and rbbox_transform do."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

SCALES = (0.5, 1.0)
COUNT = 3 * len(SCALES) * 6


def anchors():
    found = []
    for ratio in (0.2, 0.5, 1.0):
        width = round(math.sqrt(256 / ratio))
        height = round(width * ratio)
        for scale in SCALES:
            for angle in (-30, 0, 30, 60, 90, 120):
                found.append((7, 7, height * scale, width * scale, angle))
    return found


def changed(anchor, row, column, stride, delta):
    x, y, height, width, angle = anchor
    angle += delta[4] / math.pi * 180
    angle = angle + 180 if angle < -45 else angle
    angle = angle - 180 if angle > 135 else angle
    return (
        x + column * stride + delta[0] * width,
        y + row * stride + delta[1] * height,
        height * math.exp(delta[3]),
        width * math.exp(delta[2]),
        angle,
    )


def inside(points, box):
    """Which points (n, 2) a turned box covers."""
    x, y, height, width, angle = box
    turn = -angle / 180 * math.pi
    apart = points - [x, y]
    along = apart @ [math.cos(turn), math.sin(turn)]
    across = apart @ [-math.sin(turn), math.cos(turn)]
    return (abs(along) <= width / 2) & (abs(across) <= height / 2)


def overlap(first, second, points):
    """By counting the points of a fine grid that both cover."""
    one, other = inside(points, first), inside(points, second)
    return (one & other).sum() / max((one | other).sum(), 1)


def run(scores, deltas, more="", image=(64, 80, 1.5), **named):
    param = (
        "{'feat_stride': 16, 'scales': (0.5, 1.0), 'rpn_min_size': 4, 'rpn_nms_thresh': 0.5"
        + f"{more}}}"
    )
    return run_python(
        "rotation.rproposal_layer", "ProposalLayer", scores, deltas, [image],
        param_str=param, phase="TEST", **named,
    )  # fmt: skip


def test_the_best_that_do_not_overlap_much(rng):
    height, width = 2, 3
    scores = rng.permutation(2 * COUNT * height * width).reshape(1, -1, height, width) / 1e3
    deltas = rng.normal(scale=0.3, size=(1, 5 * COUNT, height, width))
    boxes = []
    for row, column, k in np.ndindex(height, width, COUNT):
        delta = deltas[0, 5 * k : 5 * k + 5, row, column]
        box = changed(anchors()[k], row, column, 16, delta)
        if min(box[2:4]) >= 4 * 1.5:
            boxes.append((scores[0, COUNT + k, row, column], box))
    assert len(boxes) > 60
    best = sorted(boxes, reverse=True)[:60]
    made = run(scores, deltas, ", 'rpn_pre_nms_top_n': 60, 'rpn_post_nms_top_n': 0", tops=2)
    points = np.stack(np.meshgrid(np.arange(-40, 100, 0.25), np.arange(-40, 90, 0.25)), 2)
    points, kept = points.reshape(-1, 2), []
    for score, box in best:
        shares = [overlap(box, other, points) for _, other in kept]
        assert all(abs(share - 0.5) > 0.004 for share in shares)  # what the grid can tell apart
        if all(share <= 0.5 for share in shares):
            kept.append((score, box))
    rows = made.top[0].data
    np.testing.assert_allclose(rows[:, 1:], [box for _, box in kept], rtol=1e-6)
    np.testing.assert_array_equal(rows[:, 0], 0)
    np.testing.assert_allclose(made.top[1].data[:, 0], [score for score, _ in kept])
    limits = ", 'rpn_pre_nms_top_n': 60, 'rpn_post_nms_top_n': 5"
    limited = run(scores, deltas, limits, tops=2)
    np.testing.assert_array_equal(limited.top[1].data, made.top[1].data[:5])
    # some numpy computes exp by how its array lies in memory: the last bit may differ
    np.testing.assert_allclose(limited.top[0].data, rows[:5], rtol=1e-14)


def test_all_boxes_may_be_too_small():
    made = run(np.zeros((1, 2 * COUNT, 1, 1)), np.full((1, 5 * COUNT, 1, 1), -9.0))
    assert made.top[0].shape == (0, 6)
    made.backward([True, True, True])
    assert not any(blob.diff.any() for blob in made.bottom)


def test_maps_that_do_not_fit():
    with pytest.raises(LayerError, match="only one image"):
        run(np.zeros((1, 2, 1, 1)), np.zeros((1, 5 * COUNT, 1, 1)))
    with pytest.raises(LayerError, match="only one image"):
        run(np.zeros((1, 2 * COUNT, 1, 1)), np.zeros((1, 4 * COUNT, 1, 1)))
