"""RRPN's regions to learn from, against loops over what its rproposal_target_layer does."""

import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.rotation.test_anchor_target_layer import angle_between, change
from tests.python_layers.rotation.test_rproposal_layer import inside
from tests.python_layers.running import run_python

TRUTH = [[40.0, 30, 20, 40, 10, 1], [90, 60, 30, 30, 80, 3]]


def drawn(regions, truth=TRUTH, param="'num_classes': 4\n"):
    return run_python(
        "rotation.rproposal_target_layer", "ProposalTargetLayer", regions,
        np.reshape(truth, (-1, 6)), tops=5, param_str=param,
    )  # fmt: skip


@pytest.fixture
def regions(rng):
    near = np.array(TRUTH)[rng.integers(2, size=150), :5]
    near = near + rng.uniform(-1, 1, (150, 5)) * [12, 12, 5, 5, 40]
    return np.hstack([np.zeros((150, 1)), near])


def test_each_region_is_told_what_a_plain_loop_tells(regions):
    run = drawn(
        regions,
        param="'num_classes': 4\n'batch_size': 48\n'bg_thresh_lo': 0.05\n"
        "'rbbox_normalize_stds': [0.1, 0.2, 0.5, 1, 2]\n'rbbox_inside_weights': [1, 0, 2, 1, 3]",
    )
    rois, labels, changes, weights, outside = (blob.data for blob in run.top)
    assert [blob.shape for blob in run.top] == [(48, 6), (48,), *[(48, 20)] * 3]
    assert (labels[:12] > 0).all()  # a quarter of 48
    assert not labels[12:].any()
    y, x = np.mgrid[-20:130:0.5, -20:160:0.5]
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    covered = [inside(points, box[:5]) for box in TRUTH]
    turned_away = 0
    for row, roi in enumerate(rois):
        assert roi[0] == 0
        its = inside(points, roi[1:])
        shares = [(its & b).sum() / (its | b).sum() for b in covered]
        to = TRUTH[int(np.argmax(shares))]
        gap, expected = angle_between(roi[1:], to), np.zeros((2, 4, 5))
        if row < 12:
            assert max(shares) > 0.48
            assert gap <= 15
            assert labels[row] == to[5]
            expected[0, int(to[5])] = np.array(change(roi[1:], to)) / [0.1, 0.2, 0.5, 1, 2]
            expected[1, int(to[5])] = [1, 0, 2, 1, 3]
        else:
            assert 0.04 < max(shares) < 0.52 or gap > 15
            turned_away += max(shares) > 0.52
        np.testing.assert_allclose(changes[row], expected[0].ravel(), atol=1e-12)
        np.testing.assert_array_equal(weights[row], expected[1].ravel())
    np.testing.assert_array_equal(outside, weights > 0)
    assert turned_away


def test_changes_as_they_are_and_nothing_to_find(regions):
    param = "'num_classes': 4\n'bbox_normalize_targets_precomputed': False"
    run = drawn(regions[:0], TRUTH[:1], param)
    np.testing.assert_array_equal(run.top[0].data, [[0, *TRUTH[0][:5]]])
    assert not run.top[2].data.any()
    run = drawn(regions, [], "'num_classes': 4\n'batch_size': 16")
    assert run.top[0].shape == (16, 6)
    assert not any(blob.data.any() for blob in run.top[1:])


@pytest.mark.parametrize(
    ("rois", "truth", "param", "told"),
    [
        ([[1, 5, 5, 5, 5, 0]], TRUTH, "'num_classes': 4", "one image"),
        ([[0, 5, 5, 5, 5]], TRUTH, "'num_classes': 4", "no list of boxes"),
        ([[0, 5, 5, 5, 5, 0]], TRUTH, "'num_classes': 3", "no class"),
        ([[0, 5, 5, 5, 5, 0]], TRUTH, "'num_classes': 4\n'batch_size': -1", "BATCH_SIZE"),
    ],
)
def test_what_does_not_suit(rois, truth, param, told):
    with pytest.raises(LayerError, match=told):
        drawn(rois, truth, param)
