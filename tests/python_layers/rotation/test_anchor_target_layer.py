"""RRPN's targets of anchors, against loops over what its anchor_target_layer does."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.rotation.test_rproposal_layer import COUNT, anchors, inside
from tests.python_layers.running import run_python

TRUTH = [[39.5, 23.3, 7.5, 35, 3, 1], [71, 56, 16, 17, 62, 2]]
"""A grid is 16 pixels wide: 6 columns, 5 rows of 80 by 96 pixels."""


def targets(truth=TRUTH, more="", image=(80, 96, 1), **named):
    param = f"{{'feat_stride': 16, 'scales': (0.5, 1.0), 'rpn_positive_overlap': 0.5{more}}}"
    return run_python(
        "rotation.anchor_target_layer", "AnchorTargetLayer", np.zeros((1, 2 * COUNT, 5, 6)),
        np.reshape(truth, (-1, 6)), [image], np.zeros((1, 3, 2, 2)), tops=4, param_str=param,
        **named,
    )  # fmt: skip


def grid():
    y, x = np.mgrid[-30:120:0.6, -30:130:0.6]
    return np.stack([x.ravel(), y.ravel()], axis=1)


def angle_between(a, b):
    gap = abs(a[4] - b[4])
    return abs(180 - gap) if gap > 150 else gap


def is_inside(box, height, width):
    """As the fork has it: the anchor's height along x, the image's height for its width."""
    x, y, h, w, angle = box
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    for a, b in ((h / 2, w / 2), (h / 2, -w / 2), (-h / 2, w / 2), (-h / 2, -w / 2)):
        px, py = x + a * c - b * s, y + a * s + b * c
        if not (-height / 4 < px < 1.25 * height and -width / 4 < py < 1.25 * width):
            return False
    return True


def change(box, to):
    turn = to[4] - box[4]
    turn += 180 * (to[4] <= -30 and box[4] >= 120) - 180 * (to[4] >= 120 and box[4] <= -30)
    return [
        (to[0] - box[0]) / box[3],
        (to[1] - box[1]) / box[2],
        math.log(to[3] / box[3]),
        math.log(to[2] / box[2]),
        math.radians(turn),
    ]


@pytest.mark.parametrize("clobber", [False, True])
def test_labels_changes_and_weights(clobber):
    run = targets(more=f", 'rpn_clobber_positives': {clobber}, 'rpn_batchsize': -1")
    assert [blob.shape for blob in run.top] == [
        (1, 1, COUNT * 5, 6), *[(1, 5 * COUNT, 5, 6)] * 3,
    ]  # fmt: skip
    labels = run.top[0].data.reshape(COUNT, 5, 6)
    changes, weights, outside = (blob.data.reshape(COUNT, 5, 5, 6) for blob in run.top[1:])
    points = grid()
    covered = [inside(points, box[:5]) for box in TRUTH]
    shares, boxes = {}, {}
    for (a, anchor), row, column in (
        (item, r, c) for item in enumerate(anchors()) for r in range(5) for c in range(6)
    ):
        box = (anchor[0] + 16 * column, anchor[1] + 16 * row, *anchor[2:])
        if is_inside(box, 80, 96):
            its = inside(points, box)
            boxes[a, row, column] = box
            shares[a, row, column] = [(its & b).sum() / (its | b).sum() for b in covered]
    best = np.max(list(shares.values()), axis=0)
    sure = 0
    for at, box in boxes.items():
        its = shares[at]
        nearest = int(np.argmax(its))
        most, gap = its[nearest], angle_between(box, TRUTH[nearest])
        if min(abs(most - 0.3), abs(most - 0.5)) < 0.03:  # a grid does not tell
            continue
        is_best = any(
            share == b and angle_between(box, t) <= 15
            for share, b, t in zip(its, best, TRUTH, strict=True)
        )
        label = 1 if is_best or most >= 0.5 else 0 if most < 0.3 else -1
        if clobber and (most < 0.3 or (most >= 0.5 and gap > 15)):
            label = 0
        assert labels[at] == label, (at, its)
        sure += label == 1
        place = (at[0], slice(None), *at[1:])
        if most > 0.05:
            np.testing.assert_allclose(changes[place], change(box, TRUTH[nearest]), atol=1e-12)
        np.testing.assert_array_equal(weights[place], [label == 1] * 5)
        np.testing.assert_allclose(
            outside[place], 1 / (labels >= 0).sum() if label >= 0 else 0, rtol=1e-12
        )
    assert sure >= 2
    out = np.ones(labels.shape, bool)
    for at in boxes:
        out[at] = False
    assert out.any()
    assert (labels[out] == -1).all()


def test_weights_of_objects_and_without_a_box():
    run = targets(more=", 'rpn_rbbox_inside_weights': [1, 2, 3, 4, 5]")
    weights = run.top[2].data.reshape(COUNT, 5, 5, 6)
    at = tuple(np.argwhere(run.top[0].data.reshape(COUNT, 5, 6) == 1)[0])
    np.testing.assert_array_equal(weights[at[0], :, at[1], at[2]], [1, 2, 3, 4, 5])
    run = targets([])
    assert set(run.top[0].data.ravel()) == {-1, 0}
    assert not run.top[1].data.any()


def test_what_does_not_suit():
    run = targets()
    with pytest.raises(LayerError, match="no list of boxes"):
        run.layer.forward([run.bottom[0], run.bottom[2], *run.bottom[2:]], run.top)
    with pytest.raises(LayerError, match="im_info"):
        targets(image=(80, 96))
