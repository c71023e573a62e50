"""FrcnnAnchorTarget, against loops over what frcnn_anchor_target_layer.cpp does."""

import json
import math

import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.testing import run_layer

ANCHORS = [(-8, -4, 19, 11), (-4, -12, 11, 23)]
TRUTH = [[10, 12, 40, 33, 3], [50, 40, 69, 59, 1]]
SETTINGS = {
    "anchors": ",\n ".join(str(row)[1:-1] for row in ANCHORS),
    "feat_stride": "8",
    "rpn_positive_overlap": "0.5",
    "rpn_negative_overlap": "0.25",
    "rpn_bbox_inside_weights": "1, 2, 0.5, 3",
}


def targets(tmp_path, truth=TRUTH, image=(80, 96, 1), rows=9, columns=11, **stated):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**SETTINGS, **stated}).replace("\\n", "\n"))
    return run_layer(
        f'name: "a" type: "FrcnnAnchorTarget" window_data_param {{ config: "{path.as_posix()}" }}',
        np.zeros((1, 4, rows, columns)), np.reshape(truth, (-1, 5, 1, 1)), [image], num_top=4,
    )  # fmt: skip


def iou(a, b):
    sides = [min(a[2 + i], b[2 + i]) - max(a[i], b[i]) + 1 for i in (0, 1)]
    both = max(sides[0], 0) * max(sides[1], 0)
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (a, b)]
    return both / (sum(areas) - both)


def change(box, to):
    (w, h), (tw, th) = ([e[2 + i] - e[i] + 1 for i in (0, 1)] for e in (box, to))
    dx = (to[0] + tw / 2 - box[0] - w / 2) / w
    return [dx, (to[1] + th / 2 - box[1] - h / 2) / h, math.log(tw / w), math.log(th / h)]


def by_hand(truth, border=0.0, clobber=False):
    """Of each anchor (k, row, column): label and changes."""
    boxes = {
        (k, y, x): [side + 8 * (x, y)[i % 2] for i, side in enumerate(ANCHORS[k])]
        for k, y, x in np.ndindex(len(ANCHORS), 9, 11)
    }
    inside = {
        at: box
        for at, box in boxes.items()
        if min(box) >= -border and box[2] < 96 + border and box[3] < 80 + border
    }
    best = [max(iou(box, to) for box in inside.values()) for to in truth]
    labels, changes = np.full((2, 9, 11), -1), np.zeros((2, 4, 9, 11))
    for at, box in inside.items():
        shares = [iou(box, to) for to in truth]
        is_none = max(shares) < 0.25
        is_object = max(shares) >= 0.5 or any(s == b for s, b in zip(shares, best, strict=True))
        if is_object and not (clobber and is_none):
            labels[at] = 1
        elif is_none:
            labels[at] = 0
        k, y, x = at
        changes[k, :, y, x] = change(box, truth[shares.index(max(shares))])
    return labels, changes


@pytest.mark.parametrize(("clobber", "border"), [(False, 0), (True, 0), (False, 6)])
def test_labels_changes_and_weights(clobber, border, tmp_path):
    far = [*TRUTH, [80, 2, 85, 5, 2]]  # no anchor overlaps it by a quarter
    stated = {"rpn_clobber_positives": str(int(clobber)), "rpn_allowed_border": str(border)}
    run = targets(tmp_path, far, **stated)
    assert [blob.shape for blob in run.top] == [(1, 1, 18, 11), *[(1, 8, 9, 11)] * 3]
    labels = run.top[0].data.reshape(2, 9, 11)
    changes, inside, outside = (blob.data.reshape(2, 4, 9, 11) for blob in run.top[1:])
    expected, its_changes = by_hand(far, border, clobber)
    np.testing.assert_array_equal(labels, expected)
    assert {-1, 0, 1} == set(labels.ravel())
    np.testing.assert_allclose(changes, its_changes, atol=1e-12)
    for at in np.ndindex(labels.shape):
        k, y, x = at
        weights = [1, 2, 0.5, 3] if labels[at] == 1 else [0] * 4
        np.testing.assert_array_equal(inside[k, :, y, x], weights)
    share = 1 / (labels >= 0).sum()
    np.testing.assert_allclose(outside, np.where(labels >= 0, share, 0)[:, None].repeat(4, 1))


def test_some_are_drawn(tmp_path):
    whole, _ = by_hand(TRUTH)
    run = targets(tmp_path, rpn_batchsize="9", rpn_fg_fraction="0.25")
    labels = run.top[0].data.reshape(2, 9, 11)
    assert [(labels == label).sum() for label in (1, 0)] == [2, 7]
    assert (labels[labels >= 0] == whole[labels >= 0]).all()
    seen = {tuple(np.flatnonzero(labels >= 0))}
    for _ in range(5):
        run.forward()
        seen.add(tuple(np.flatnonzero(run.top[0].data.ravel() >= 0)))
    assert len(seen) > 1


def test_objects_may_have_a_share_of_the_weight(tmp_path):
    run = targets(tmp_path, rpn_positive_weight="0.75")
    labels, outside = run.top[0].data.ravel(), run.top[3].data.reshape(2, 4, 9, 11)[:, 0].ravel()
    assert outside[labels == 1].sum() == pytest.approx(0.75)
    assert outside[labels == 0].sum() == pytest.approx(0.25)
    assert not outside[labels < 0].any()


def test_without_a_box_all_are_none(tmp_path):
    run = targets(tmp_path, np.zeros((0, 5)))
    labels = run.top[0].data.ravel()
    assert set(labels) == {-1, 0}
    assert not any(blob.data.any() for blob in run.top[1:3])


@pytest.mark.parametrize(
    ("more", "error", "told"),
    [
        ({"truth": [[0, 0, 97, 9, 1]]}, LayerError, "not within the image"),
        ({"truth": [[-1, 0, 7, 9, 1]]}, LayerError, "not within the image"),
        ({"image": (8, 8, 1), "truth": []}, LayerError, "no anchor lies"),
        ({"image": (8, 8)}, LayerError, "too little of the image"),
        ({"rpn_positive_weight": "0"}, LayerError, "ilegal rpn_positive_weight"),
        ({"anchors": "1, 2, 3"}, DataError, "four corners"),
        ({"rpn_bbox_inside_weights": "1, 2"}, DataError, "4 numbers"),
        ({"feat_stride": "x"}, DataError, "numbers in a string"),
        ({"scales": "0"}, DataError, "1 pixel or more"),
        ({"n_classes": "1"}, DataError, "n_classes"),
    ],
)
def test_what_does_not_suit(more, error, told, tmp_path):
    with pytest.raises(error, match=f'FrcnnAnchorTarget layer "a": (.*\n)*.*{told}'):
        targets(tmp_path, **more)


def test_nothing_goes_back(tmp_path):
    with pytest.raises(LayerError, match="no gradient"):
        targets(tmp_path).backward([True, False, False])
