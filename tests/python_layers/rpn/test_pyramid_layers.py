"""Layers of FPN: those of Faster R-CNN over levels."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers._boxes import anchors_at
from blobnet.python_layers.fast_rcnn import config
from tests.python_layers.rpn.test_proposal_layer import overlap
from tests.python_layers.rpn.test_proposal_target_layer import expected_row
from tests.python_layers.running import run_python

TWO = "'feat_stride': 8,16\n'scales': [2]"
SIZES = (5, 6), (3, 4)  # rows and columns; one row and one column more than the image needs
INFO = np.array([[36.0, 44, 1.5]])


def maps(rng, channels):
    return [rng.permutation(channels * h * w).reshape(1, channels, h, w) / 997 for h, w in SIZES]


def proposals(changes, scores, param="", **more):
    return run_python(
        "rpn.proposal_layer", "ProposalLayer", INFO, *changes, *scores,
        param_str=f"{TWO}\n{param}", **more,
    )  # fmt: skip


def by_loops(changes, scores, threshold, limit, least):
    """The regions, one anchor after the other."""
    found = []
    for level, stride in enumerate((8, 16)):
        rows, columns = int(36 / stride), int(44 / stride)
        anchors = anchors_at(rows, columns, stride, (2,), base=stride).reshape(rows, columns, 3, 4)
        for y, x, a in np.ndindex(rows, columns, 3):
            x1, y1, x2, y2 = anchors[y, x, a]
            w, h = x2 - x1 + 1, y2 - y1 + 1
            dx, dy, dw, dh = changes[level][0, 4 * a : 4 * a + 4, y, x]
            cx, cy = x1 + w / 2 + dx * w, y1 + h / 2 + dy * h
            w, h = w * np.exp(dw), h * np.exp(dh)
            box = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
            box = [min(max(v, 0), (43, 35)[i % 2]) for i, v in enumerate(box)]
            if min(box[2] - box[0], box[3] - box[1]) + 1 >= least * 1.5:
                found.append((scores[level][0, 3 + a, y, x], box))
    kept = []
    for _, box in sorted(found, key=lambda item: -item[0]):
        if all(overlap(box, other) <= threshold for other in kept):
            kept.append(box)
    return kept[:limit]


def test_proposals_are_the_best_of_all_levels(rng):
    changes = [blob - 0.03 for blob in maps(rng, 12)]
    scores = maps(rng, 6)
    scores[1] += 1e-4  # no two are equal
    param = "'rpn_nms_thresh': 0.6\n'rpn_post_nms_top_n': 7\n'rpn_min_size': 8"
    run = proposals(changes, scores, param)
    kept = by_loops(changes, scores, 0.6, 7, 8)
    assert len(kept) == 7
    np.testing.assert_allclose(run.top[0].data[:, 1:], kept)
    np.testing.assert_array_equal(run.top[0].data[:, 0], 0)


def test_regions_come_again_until_there_are_enough(rng):
    changes, scores = [blob * 0 for blob in maps(rng, 12)], maps(rng, 6)
    scores[1] += 1e-4
    param = "'rpn_nms_thresh': 0.1\n'rpn_post_nms_top_n': 40\n'rpn_min_size': 1"
    found = proposals(changes, scores, param).top[0].data[:, 1:]
    kept = by_loops(changes, scores, 0.1, 40, 1)
    assert len(kept) < len(found) == 40
    np.testing.assert_allclose(found[: len(kept)], kept)
    assert set(map(tuple, found)) == set(map(tuple, found[: len(kept)]))


def test_where_nothing_stays_all_are_small_squares(rng):
    changes, scores = [np.full_like(blob, -20) for blob in maps(rng, 12)], maps(rng, 6)
    found = proposals(changes, scores, "'rpn_post_nms_top_n': 3").top[0].data
    np.testing.assert_array_equal(found, [[0, 0, 0, 16, 16]] * 3)


TRUTH = np.array([[3.0, 4, 20, 19, 2], [18, 10, 40, 30, 1]])


def anchor_targets(rng, param="", truth=TRUTH, **more):
    return run_python(
        "rpn.anchor_target_layer", "AnchorTargetLayer", *maps(rng, 6), truth, INFO,
        tops=4, param_str=f"{TWO}\n{param}", **more,
    )  # fmt: skip


def test_labels_are_those_of_plain_loops_level_by_level(rng):
    run = anchor_targets(rng, "'rpn_positive_overlap': 0.5\n'rpn_negative_overlap': 0.2")
    labels, changes, inside, outside = (blob.data for blob in run.top)
    count = sum(h * w for h, w in SIZES)
    assert [v.shape for v in (labels, changes, inside, outside)] == [
        (1, 3 * count), *[(1, 12, count)] * 3,
    ]  # fmt: skip
    anchors = [
        anchors_at(h, w, stride, (2,), base=stride).reshape(h, w, 3, 4)
        for (h, w), stride in zip(SIZES, (8, 16), strict=True)
    ]
    everything = np.concatenate([level.reshape(-1, 4) for level in anchors])
    best = [max(overlap(anchor, box) for anchor in everything) for box in TRUTH]
    at, place, kinds = 0, 0, []
    for level, (h, w) in zip(anchors, SIZES, strict=True):
        for a, y, x in np.ndindex(3, h, w):  # labels: one kind of anchor after the other
            shares = [overlap(level[y, x, a], box) for box in TRUTH]
            is_best = any(share == most for share, most in zip(shares, best, strict=True))
            expected = 1 if max(shares) >= 0.5 or is_best else 0 if max(shares) < 0.2 else -1
            assert labels[0, at + (a * h + y) * w + x] == expected
            kinds.append(expected)
            columns = slice(4 * a, 4 * a + 4), place + y * w + x
            np.testing.assert_array_equal(inside[0][columns], expected == 1)
            box = TRUTH[int(np.argmax(shares))]
            if expected == 1:
                _, its, _ = expected_row(level[y, x, a], box[None], 2, is_object=True)
                np.testing.assert_allclose(changes[0][columns], its[4:] * [0.1, 0.1, 0.2, 0.2])
        at, place = at + 3 * h * w, place + h * w
    assert set(kinds) == {-1, 0, 1}
    counted = sum(kind >= 0 for kind in kinds)
    np.testing.assert_allclose(np.unique(outside), [0, 1 / counted])


def test_so_many_labels_are_drawn_from_all_levels(rng):
    param = "'rpn_positive_overlap': 0.3\n'rpn_batchsize': 8"
    labels = anchor_targets(rng, param).top[0].data
    assert ((labels == 1).sum(), (labels == 0).sum()) == (4, 4)


def target_layer(regions, module="", param="", tops=8, **more):
    name = "ProposalMergeRcnnTargetLayer" if module else "ProposalTargetLayer"
    return run_python(
        f"rpn.proposal_target_layer{module}", name, regions, TRUTH * [10, 10, 10, 10, 1],
        np.zeros((1, 3, 2, 2)), tops=tops,
        param_str=f"'num_classes': 3\n'batch_size': -1\n{param}" if module else
        f"'num_classes': 3\n'batch_size': 16\n{param}", **more,
    )  # fmt: skip


@pytest.fixture
def regions(rng):
    near = TRUTH[rng.integers(2, size=14), :4] * 10 + rng.integers(-8, 9, size=(14, 4))
    small = rng.integers(0, 99, size=(6, 2)).repeat(2, axis=0).reshape(6, 4).astype(float)
    small = np.concatenate([small[:, :2], small[:, :2] + 60], axis=1)
    return np.concatenate([np.zeros((20, 1)), np.concatenate([near, small])], axis=1)


@pytest.mark.parametrize("module", ["", "_mrcnn"])
def test_each_level_has_the_regions_of_its_size(module, regions):
    run = target_layer(regions, module)
    levels, (labels, changes, inside, outside) = run.top[:4], (b.data for b in run.top[4:])
    assert labels.shape == (sum(blob.shape[0] for blob in levels),)
    rows = np.concatenate([blob.data for blob in levels])
    of_level = np.repeat(range(4), [blob.shape[0] for blob in levels])
    is_there = labels >= 0
    np.testing.assert_array_equal(rows[~is_there], 0)
    if not module:
        assert [blob.shape for blob in levels] == [(16, 5)] * 4
        assert (labels > 0).sum() == 4  # a quarter of 16
    truth = TRUTH * [10, 10, 10, 10, 1]
    for index in np.flatnonzero(is_there):
        box = rows[index, 1:]
        side = np.sqrt((box[2] - box[0]) * (box[3] - box[1]))
        assert of_level[index] == sum(side >= size for size in (112, 224, 448))
        shares = [overlap(box, other) for other in truth]
        label, its, weights = expected_row(box, truth, 3, max(shares) >= 0.5)
        assert labels[index] == label
        np.testing.assert_allclose(changes[index], its, atol=1e-12)
        np.testing.assert_array_equal(inside[index], weights)
    np.testing.assert_array_equal(outside, inside > 0)
    assert not inside[~is_there].any()


def test_dense_levels_have_all_regions(regions):
    levels = target_layer(regions, "_mrcnn").top[:4]
    counts = [int((blob.data[:, 3] > 0).sum()) for blob in levels]
    assert sum(counts) == 22  # those of the RPN and the two objects
    assert 0 in counts
    assert [blob.shape[0] for blob in levels] == [count or 4 for count in counts]


def as_rois(regions, suffix="", param="", tops=5):
    name = "As_rois_MergeRcnnLayer" if suffix else "As_roisLayer"
    return run_python(f"rpn.as_rois{suffix}", name, regions, tops=tops, param_str=param)


def test_regions_are_sorted_by_level():
    sides = (300, 20, 500, 30)
    rows = np.array([[0, 1, 2, 1 + side, 2 + side] for side in sides], float)
    zero = [0] * 5
    padded = as_rois(rows, param="'rpn_post_nms_top_n': 3")
    expected = [[rows[1], rows[3], zero], [zero] * 3, [rows[0], zero, zero], [rows[2], zero, zero]]
    for blob, level in zip(padded.top[1:], expected, strict=True):
        np.testing.assert_array_equal(blob.data, level)
    np.testing.assert_array_equal(padded.top[0].data, np.concatenate(expected))
    dense = as_rois(rows, "_mrcnn")
    expected = [[rows[1], rows[3]], [zero] * 4, [rows[0]], [rows[2]]]
    for blob, level in zip(dense.top[1:], expected, strict=True):
        np.testing.assert_array_equal(blob.data, level)
    np.testing.assert_array_equal(dense.top[0].data, np.concatenate(expected))


def test_more_regions_than_a_level_holds():
    with pytest.raises(LayerError, match="too many regions of a level"):
        as_rois([[0, 0, 0, 9, 9]] * 3, param="'rpn_post_nms_top_n': 2")


BAD = {
    "bottoms": (lambda rng: proposals(maps(rng, 12), maps(rng, 6)[:1]), "wrong number of bottoms"),
    "channels": (lambda rng: proposals(maps(rng, 8), maps(rng, 6)), r"\(1, 12, H, W\)"),
    "sizes": (lambda rng: proposals(maps(rng, 12), maps(rng, 6)[::-1]), "a level has two sizes"),
    "labels": (lambda rng: anchor_targets(rng, truth=TRUTH[:, :4]), "no list of boxes"),
    "tops": (lambda rng: target_layer(np.zeros((1, 5)), tops=4), "wrong number of tops"),
    "regions": (lambda rng: as_rois(np.zeros((2, 4))), "no list of boxes"),
    "size": (
        lambda rng: target_layer(np.zeros((1, 5)), param="'batch_size': 0"), "BATCH_SIZE",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_suit(name, rng):
    run, told = BAD[name]
    with pytest.raises(LayerError, match=f'Python layer "py", .*(.*\n)*.*{told}'):
        run(rng)


def test_fpn_has_settings_of_its_own(monkeypatch):
    fresh = config.Config()
    monkeypatch.setattr(config, "cfg", fresh)
    config.use_settings_of("FPN")
    assert (fresh.TRAIN.SCALES, fresh.TRAIN.IMAGE_STRIDE, fresh.TRAIN.BATCH_SIZE) == (
        (768,),
        64,
        256,
    )
    assert (fresh.TEST.RPN_POST_NMS_TOP_N, fresh.TEST.RPN_PRE_NMS_TOP_N) == (1000, 6000)
    with pytest.raises(config.DataError, match="no such repository"):
        config.use_settings_of("fpn2")
