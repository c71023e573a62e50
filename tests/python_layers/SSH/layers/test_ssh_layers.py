import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers._boxes import anchors_at
from tests.python_layers.rpn.test_proposal_layer import by_loops, overlap
from tests.python_layers.running import run_python

PARAM = "{'feat_stride': 16, 'scales': [1, 2], 'ratios': [1,]}"
INFO = [[60, 77, 1]]


def proposals(scores, changes, **more):
    return run_python(
        "SSH.layers.proposal_layer", "ProposalLayer", scores, changes, INFO, tops=2,
        param_str=PARAM, **more,
    )  # fmt: skip


def test_in_training_overlapping_boxes_are_dropped(rng):
    scores = rng.permutation(12 * 20).reshape(1, 12, 4, 5) / 360.0
    changes = rng.normal(size=(1, 24, 4, 5)) * 0.3
    run = run_python(
        "SSH.layers.proposal_layer", "ProposalLayer", scores, changes, INFO, tops=2,
        param_str="{'feat_stride': 16, 'scales': [1, 2]}",
    )  # fmt: skip
    kept = by_loops(scores, changes, (60, 77, 1), 16, (1, 2), 1000, 300, 0.3, 4)
    np.testing.assert_allclose(run.top[0].data[:, 1:], [box for _, box in kept])


def test_in_detection_all_boxes_stay_by_falling_score(rng):
    scores = rng.permutation(4 * 20).reshape(1, 4, 4, 5) / 97.0
    run = proposals(scores, np.zeros((1, 8, 4, 5)), phase="TEST")
    faces = scores[0, 2:].transpose(1, 2, 0).ravel()
    order = np.argsort(-faces)
    np.testing.assert_array_equal(run.top[1].data[:, 0], faces[order])
    boxes = anchors_at(4, 5, 16, (1, 2), (1,))[order]
    boxes[:, 2:] += 1  # as Faster R-CNN changes boxes
    np.testing.assert_allclose(run.top[0].data[:, 1:], boxes.clip(0, [76, 59, 76, 59]))


def test_where_nothing_stays_there_is_a_small_box():
    run = proposals(np.ones((1, 4, 1, 1)), np.full((1, 8, 1, 1), np.nan), phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, [[0, 0, 0, 16, 16]])
    np.testing.assert_array_equal(run.top[1].data, [[0]])


TRUTH = [[20, 20, 40, 42, 1], [3, 3, 60, 9, 1]]


def targets(*more, param="", info=((96, 112, 1),), truth=TRUTH):
    return run_python(
        "SSH.layers.anchor_target_layer", "AnchorTargetLayer", np.zeros((1, 4, 6, 7)), truth, info,
        np.zeros((1, 3, 2, 2)), *more, tops=4, param_str=f"{PARAM[:-1]}{param}}}",
    )  # fmt: skip


def labels_of(run):
    return run.top[0].data.reshape(2, 6, 7).transpose(1, 2, 0).ravel()


@pytest.mark.parametrize("force", [False, True])
def test_the_best_anchor_of_a_face_counts_as_any_other(force):
    labels = labels_of(targets(param=f", 'force_fg_for_each_gt': {force}"))
    anchors = anchors_at(6, 7, 16, (1, 2), (1,))
    inside = (anchors >= 0).all(axis=1) & (anchors[:, 2] < 112) & (anchors[:, 3] < 96)
    shares = np.array([[overlap(a, t) for t in TRUTH] for a in anchors])
    best = (shares == shares[inside].max(axis=0)).any(axis=1)
    expected = np.where(shares.max(axis=1) < 0.3, 0, -1)
    if force:
        expected[best] = 1
    expected[shares.max(axis=1) >= 0.5] = 1
    np.testing.assert_array_equal(labels, np.where(inside, expected, -1))
    assert (expected == 1).any() or not force


def test_the_hardest_anchors_are_chosen(rng):
    likely = rng.permutation(4 * 42).reshape(1, 4, 6, 7) / 200
    more = ", 'rpn_batchsize': 12, 'rpn_positive_overlap': 0.2, 'rpn_negative_overlap': 0.2"
    everything = labels_of(targets(param=more.replace("12", "4000")))
    labels = labels_of(targets(likely, param=more))
    faces = likely[0, 2:].transpose(1, 2, 0).ravel()
    for label, count, sign in ((1, 3, 1), (0, 9, -1)):
        its = np.flatnonzero(everything == label)
        assert len(its) > count
        hardest = its[np.argsort(sign * faces[its])[:count]]
        np.testing.assert_array_equal(np.flatnonzero(labels == label), np.sort(hardest))


def test_where_no_anchor_is_within_the_image_all_count():
    labels = labels_of(targets(info=((5, 5, 1),)))
    assert (labels == 0).sum() > 60


def test_what_does_not_suit(rng):
    with pytest.raises(LayerError, match=r"\(1, 4, H, W\)"):
        targets(np.zeros((1, 2, 6, 7)))
    with pytest.raises(LayerError, match="means nothing"):
        targets(param=", 'positive': 1")
