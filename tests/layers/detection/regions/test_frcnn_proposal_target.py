"""FrcnnProposalTarget, against loops over what frcnn_proposal_target_layer.cpp does."""

import json

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.detection.regions.test_frcnn_anchor_target import change, iou

TRUTH = [[10, 10, 59, 59, 2], [100, 20, 139, 99, 4], [10, 10, 59, 59, 3]]
"""The last is where the first is: the last of equals counts."""


def drawn(tmp_path, regions, truth=TRUTH, **stated):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"n_classes": "5", **stated}))
    return run_layer(
        f'name: "p" type: "FrcnnProposalTarget" '
        f'window_data_param {{ config: "{path.as_posix()}" }}',
        regions, np.reshape(truth, (-1, 5)), num_top=5,
    )  # fmt: skip


@pytest.fixture
def regions(rng):
    near = np.array(TRUTH)[rng.integers(3, size=200), :4] + rng.integers(-20, 21, size=(200, 4))
    begin = rng.integers(0, 150, size=(60, 2))
    far = np.hstack([begin, begin + rng.integers(5, 80, size=(60, 2))])
    return np.hstack([np.zeros((260, 1)), np.concatenate([near, far])])


def test_each_region_is_told_what_a_plain_loop_tells(regions, tmp_path):
    run = drawn(
        tmp_path, regions, batch_size="50", fg_fraction="0.3", fg_thresh="0.6", bg_thresh_hi="0.4",
        bg_thresh_lo="0.05", bbox_inside_weights="1, 0, 2, 1", bbox_normalize_means="0.5, 0, 0, 0",
        bbox_normalize_stds="0.1, 0.1, 0.25, 0.2",
    )  # fmt: skip
    assert [blob.shape for blob in run.top] == [
        (50, 5, 1, 1), (50, 1, 1, 1), *[(50, 20, 1, 1)] * 3,
    ]  # fmt: skip
    rois, labels, changes, inside, outside = (blob.data[:, :, 0, 0] for blob in run.top)
    assert (labels > 0).sum() == 15
    boxes = {tuple(row) for row in np.concatenate([regions[:, 1:], np.array(TRUTH)[:, :4]])}
    for row, roi in enumerate(rois):
        assert roi[0] == 0
        assert tuple(roi[1:]) in boxes
        shares = [iou(roi[1:], box) for box in TRUTH]
        its = TRUTH[2 - shares[::-1].index(max(shares))]
        expected = np.zeros((2, 5, 4))
        if row < 15:
            assert max(shares) >= 0.6
            assert labels[row, 0] == its[4] != 2
            raw = np.array(change(roi[1:], its)) - [0.5, 0, 0, 0]
            expected[:, its[4]] = raw / [0.1, 0.1, 0.25, 0.2], [1, 0, 2, 1]
        else:
            assert 0.05 <= max(shares) < 0.4
            assert labels[row, 0] == 0
        np.testing.assert_allclose(changes[row], expected[0].ravel(), rtol=1e-6)
        np.testing.assert_array_equal(inside[row], expected[1].ravel())
    np.testing.assert_array_equal(outside, inside > 0)


def test_the_share_of_objects_is_rounded_down(regions, tmp_path):
    run = drawn(tmp_path, regions, batch_size="11", fg_fraction="0.25")
    assert (run.top[1].data > 0).sum() == 2


def test_changes_as_they_are(regions, tmp_path):
    run = drawn(tmp_path, regions[:0], TRUTH[1:2], bbox_normalize_targets="0")
    assert run.top[0].shape == (1, 5, 1, 1)
    assert not run.top[2].data.any()  # the box itself
    assert run.top[3].data.sum() == 4


def test_without_a_box_nothing_is_an_object(regions, tmp_path):
    run = drawn(tmp_path, regions, [], batch_size="16", bg_thresh_lo="0")
    assert run.top[0].shape == (16, 5, 1, 1)
    assert not any(blob.data.any() for blob in run.top[1:])
    assert drawn(tmp_path, regions, [], bg_thresh_lo="0.1").top[0].shape == (0, 5, 1, 1)


@pytest.mark.parametrize(
    ("rois", "truth", "stated", "told"),
    [
        ([[1, 0, 0, 5, 5]], TRUTH, {}, "single item batches"),
        ([[0, 0, 5, 5]], TRUTH, {}, "does not have regions"),
        ([[0, 0, 0, 5, 5]], [[0, 0, 5, 5, 0]], {}, "from 1 to 4"),
        ([[0, 0, 0, 5, 5]], [[0, 0, 5, 5, 5]], {}, "from 1 to 4"),
        ([[0, 0, 0, 5, 5]], TRUTH, {"batch_size": "0"}, "batch_size must be > 0"),
    ],
)
def test_what_does_not_suit(rois, truth, stated, told, tmp_path):
    with pytest.raises(LayerError, match=told):
        drawn(tmp_path, rois, truth, **stated)
