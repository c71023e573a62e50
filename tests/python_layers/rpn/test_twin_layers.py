"""R-C3D's layers: windows of time instead of boxes."""

import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

SCALES = (1, 2.5, 4)
ANCHORS = "'feat_stride': 8\n'scales': !!python/tuple [1, 2.5, 4]\n"
TRUTH = np.array([[10.0, 33, 3], [50, 69, 1]])


def anchor(place, scale):
    """Eight frames around 3.5, so many times as long."""
    center, length = 3.5 + 8 * place, 8 * scale
    return center - (length - 1) / 2, center + (length - 1) / 2


def overlap(a, b):
    common = min(a[1], b[1]) - max(a[0], b[0]) + 1
    if common <= 0:
        return 0
    return common / (a[1] - a[0] + 1 + b[1] - b[0] + 1 - common)


def changes_to(window, other):
    length, its = window[1] - window[0] + 1, other[1] - other[0] + 1
    shift = other[0] + its / 2 - window[0] - length / 2
    return shift / length, np.log(its / length)


def proposals(scores, changes, param=ANCHORS, **more):
    return run_python(
        "rpn.proposal_layer", "ProposalLayer", scores, changes, tops=2, param_str=param, **more
    )


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_proposals_are_those_of_plain_loops(phase, rng):
    scores = rng.permutation(6 * 12).reshape(1, 6, 12, 1, 1) / 72.0
    changes = rng.normal(size=(1, 6, 12, 1, 1)) * 0.4
    run = proposals(
        scores, changes, ANCHORS + "'rpn_pre_nms_top_n': 20\n'rpn_post_nms_top_n': 9\n"
        "'rpn_nms_thresh': 0.3\n'rpn_min_size': 12", phase=phase,
    )  # fmt: skip
    found = []
    for place in range(12):
        for a, scale in enumerate(SCALES):
            first, last = anchor(place, scale)
            dx, dl = changes[0, 2 * a : 2 * a + 2, place, 0, 0]
            length = last - first + 1
            center, its = first + length / 2 + dx * length, length * np.exp(dl)
            window = [min(max(end, 0), 95) for end in (center - its / 2, center + its / 2)]
            if window[1] - window[0] + 1 >= 12:
                found.append((scores[0, 3 + a, place, 0, 0], window))
    found.sort(key=lambda item: -item[0])
    kept = []
    for score, window in found[:20]:
        if all(overlap(window, other) <= 0.3 for _, other in kept):
            kept.append((score, window))
    assert 3 < len(kept[:9]) < len(found) < 36
    np.testing.assert_array_equal(run.top[0].data[:, 0], 0)
    np.testing.assert_allclose(run.top[0].data[:, 1:], [window for _, window in kept[:9]])
    np.testing.assert_allclose(run.top[1].data[:, 0], [score for score, _ in kept[:9]])


def test_where_nothing_stays_there_is_the_whole_clip():
    run = proposals(np.ones((1, 6, 5, 1, 1)), np.full((1, 6, 5, 1, 1), -20.0))
    np.testing.assert_array_equal(run.top[0].data, [[0, 0, 39]])


def test_the_shortest_window_is_eight_frames_unless_said_otherwise():
    scores, changes = np.ones((1, 2, 1, 1, 1)), np.zeros((1, 2, 1, 1, 1))
    changes[0, 1] = np.log(0.8)
    param = "'feat_stride': 20\n'scales': 1\n"
    np.testing.assert_array_equal(proposals(scores, changes, param).top[0].data, [[0, 0, 19]])
    shorter = proposals(scores, changes, param + "'rpn_min_size': 4").top[0].data
    np.testing.assert_allclose(shorter, [[0, 0.8, 7.2]])


def targets(truth=TRUTH, param=ANCHORS, frames=96):
    return run_python(
        "rpn.anchor_target_layer", "AnchorTargetLayer", np.zeros((1, 6, 12, 1, 1)), truth,
        np.zeros((1, 3, frames, 2, 2)), tops=4, param_str=param,
    )  # fmt: skip


def test_labels_and_changes_are_those_of_plain_loops():
    run = targets(param=ANCHORS + "'rpn_positive_overlap': 0.6\n'rpn_twin_inside_weights': [1, 2]")
    assert [blob.shape for blob in run.top] == [(1, 1, 36, 1, 1), *[(1, 6, 12, 1, 1)] * 3]
    labels = run.top[0].data.reshape(3, 12)
    changes, inside, outside = (blob.data.reshape(3, 2, 12) for blob in run.top[1:])
    windows = {(a, p): anchor(p, s) for a, s in enumerate(SCALES) for p in range(12)}
    within = {at: w for at, w in windows.items() if w[0] >= 0 and w[1] < 96}
    assert len(within) < 36
    best = [max(overlap(w, t) for w in within.values()) for t in TRUTH]
    counts = (labels >= 0).sum()
    for (a, p), window in windows.items():
        shares = [overlap(window, t) for t in TRUTH]
        label = 0 if max(shares) < 0.3 else -1
        if max(shares) >= 0.6 or any(s == b for s, b in zip(shares, best, strict=True)):
            label = 1
        label = label if (a, p) in within else -1
        assert labels[a, p] == label
        if (a, p) in within:
            to = TRUTH[int(np.argmax(shares))]
            np.testing.assert_allclose(changes[a, :, p], changes_to(window, to), atol=1e-12)
        np.testing.assert_array_equal(inside[a, :, p], [1, 2] if label == 1 else [0, 0])
        np.testing.assert_allclose(outside[a, :, p], 1 / counts if label >= 0 else 0)
    assert {-1, 0, 1} == set(labels.ravel())


def test_a_longer_clip_has_room_for_more_anchors():
    inside = [(targets(frames=frames).top[0].data >= 0).sum() for frames in (48, 96)]
    assert inside[0] < inside[1]


def drawn(param="'num_classes': 4\n", count=400, **more):
    rng = np.random.default_rng(5)
    near = TRUTH[rng.integers(2, size=count), :2] + rng.integers(-14, 14, (count, 2))
    regions = np.hstack([np.zeros((count, 1)), near])
    return run_python(
        "rpn.proposal_target_layer", "ProposalTargetLayer", regions, TRUTH,
        tops=5, param_str=param, **more,
    )  # fmt: skip


def test_each_window_is_told_what_a_plain_loop_tells():
    run = drawn("'num_classes': 4\n'batch_size': 40\n'twin_normalize_stds': [0.5, 0.25]")
    windows, labels, changes, inside, outside = (blob.data[..., 0, 0] for blob in run.top)
    assert windows.shape == (40, 3)
    assert changes.shape == (40, 8)
    assert (labels > 0).sum() == 10  # a quarter
    for row, window in enumerate(windows[:, 1:]):
        shares = [overlap(window, t) for t in TRUTH]
        its, expected = TRUTH[int(np.argmax(shares))], np.zeros((2, 4, 2))
        assert max(shares) >= 0.5 if row < 10 else 0.1 <= max(shares) < 0.5
        assert labels[row, 0] == (its[2] if row < 10 else 0)
        if row < 10:
            expected[0, int(its[2])] = np.array(changes_to(window, its)) / [0.5, 0.25]
            expected[1, int(its[2])] = 1
        np.testing.assert_allclose(changes[row], expected[0].ravel(), atol=1e-12)
        np.testing.assert_array_equal(inside[row], expected[1].ravel())
    np.testing.assert_array_equal(outside, inside > 0)


def test_weights_and_means_of_windows():
    same = "'num_classes': 4\n'batch_size': 8\n"
    plain = drawn(same + "'twin_normalize_targets_precomputed': False")
    run = drawn(same + "'twin_inside_weights': [2, 0]\n'twin_normalize_means': [1, 3]")
    at = 2 * int(run.top[1].data[0, 0, 0, 0])
    raw, its = (r.top[2].data[0, at : at + 2, 0, 0] for r in (plain, run))
    np.testing.assert_allclose(its, (raw - [1, 3]) / [0.1, 0.2])
    np.testing.assert_array_equal(run.top[3].data[0, at : at + 2, 0, 0], [2, 0])
    np.testing.assert_array_equal(run.top[4].data[0, at : at + 2, 0, 0], [1, 0])


@pytest.mark.parametrize(
    ("scores", "changes", "told"),
    [
        ((2, 6, 5, 1, 1), (2, 6, 5, 1, 1), "one clip"),
        ((1, 6, 5, 2, 1), (1, 6, 5, 2, 1), "one clip"),
        ((1, 6, 5, 1, 1), (1, 6, 4, 1, 1), "another size"),
        ((1, 8, 5, 1, 1), (1, 6, 5, 1, 1), r"\(1, 6, L, 1, 1\)"),
    ],
)
def test_blobs_that_do_not_suit(scores, changes, told):
    with pytest.raises(LayerError, match=f'"py", TwinProposalLayer: .*(.*\n)*.*{told}'):
        proposals(np.ones(scores), np.ones(changes))


def test_targets_of_no_clip():
    with pytest.raises(LayerError, match="no clip"):
        run_python(
            "rpn.anchor_target_layer", "AnchorTargetLayer", np.zeros((1, 6, 12, 1, 1)), TRUTH,
            np.zeros((1, 3, 2, 2)), tops=4, param_str=ANCHORS,
        )  # fmt: skip
