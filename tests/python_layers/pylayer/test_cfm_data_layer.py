import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.rpn.test_proposal_target_layer import expected_row
from tests.python_layers.running import run_python

SMALL = "{'num_classes': 6, 'scales': 40, 'max_size': 100}"


def data_layer(param=SMALL, phase="TEST"):
    return run_python(
        "pylayer.cfm_data_layer", "CFMDataLayer", tops=10, param_str=param, phase=phase
    )


@pytest.fixture
def item(rng):
    """Two objects and 30 proposals."""
    begin = rng.integers(0, 8, size=(30, 2))
    boxes = np.concatenate([begin, begin + rng.integers(4, 12, size=(30, 2))], axis=1)
    boxes = np.concatenate([[[2, 3, 11, 8], [5, 0, 7, 19]], boxes]).astype(float)
    assignment = np.append([0, 1], rng.integers(2, size=30))
    overlap = np.append([1, 1], rng.permutation(30) / 30)
    return {
        "image": np.tile(np.uint8([10, 20, 30]), (20, 30, 1)), "boxes": boxes,
        "masks": rng.random((32, 14, 14)), "mask_targets": rng.random((32, 21, 21)) < 0.5,
        "det_overlap": overlap[:, None], "seg_overlap": rng.random(32),
        "output_label": np.array([4, 5])[assignment], "gt_assignment": assignment[:, None],
        "gt_classes": np.array([[4], [5]]), "flipped": [[0]],
    }  # fmt: skip


def test_each_proposal_is_told_what_a_plain_loop_tells(item):
    run = data_layer()
    run.layer.set_roidb([item])
    run.layer.set_normalization(np.full((6, 4), 0.1), np.full((6, 4), [0.1, 0.1, 0.2, 0.2]))
    run.forward()
    data, rois, masks, labels, of_masks, changes, targets, inside, outside, weights = (
        blob.data for blob in run.top
    )
    assert data.shape == (1, 3, 40, 60)
    boxes, overlap = item["boxes"] * 2, item["det_overlap"][:, 0]
    its = [int(np.flatnonzero((boxes == roi).all(axis=1))[0]) for roi in rois[:, 1:]]
    high = set(np.flatnonzero(overlap >= 0.5))
    low = set(np.flatnonzero(overlap <= 0.1))
    assert set(its) & high == high  # 17 of the 19 that there might be
    assert 0 < len(set(its) & low) <= 13
    for row, index in enumerate(its):
        is_object = index in high
        assert is_object == (row < len(high))
        np.testing.assert_array_equal(masks[row, 0], item["masks"][index] >= np.float32(0.4))
        np.testing.assert_array_equal(targets[row, 0], item["mask_targets"][index])
        nearest = boxes[item["gt_assignment"][index, 0]]
        truth = np.append(nearest, item["output_label"][index])[None]
        label, expected, its_weights = expected_row(rois[row, 1:], truth, 6, is_object)
        shift = np.repeat([its_weights > 0], 1, axis=0)[0] * np.tile([1, 1, 0.5, 0.5], 6)
        np.testing.assert_allclose(changes[row], expected - shift, atol=1e-9)
        assert labels[row, 0] == label
        assert of_masks[row, 0] == (label if item["seg_overlap"][index] >= 0.5 else 0)
        np.testing.assert_array_equal(inside[row], its_weights)
        np.testing.assert_array_equal(weights[row], is_object)
    np.testing.assert_array_equal(outside, inside > 0)


def test_a_net_that_is_looked_at_gets_noise():
    run = data_layer()
    assert run.top[0].shape == (1, 3, 40, 54)
    assert [blob.shape[1:] for blob in run.top[1:]] == [
        (5,), (1, 14, 14), (1,), (1,), (24,), (1, 21, 21), (24,), (24,), (1, 21, 21),
    ]  # fmt: skip
    assert run.top[3].data[0, 0] == 1


BAD = {
    "boxes": np.zeros((32, 5)), "masks": np.zeros((31, 2, 2)), "mask_targets": np.zeros((32, 5, 5)),
    "det_overlap": None, "seg_overlap": [np.nan] * 32, "gt_assignment": [7] * 32,
    "output_label": ["x"], "image": 5,
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_list_of_something_else(name, item):
    run = data_layer()
    with pytest.raises(LayerError, match=rf'roidb\[0\].*"{name}"'):
        run.layer.set_roidb([{**item, name: BAD[name]}])


def test_what_is_missing_is_told(item):
    with pytest.raises(LayerError, match="there are no images"):
        data_layer(phase="TRAIN")
    run = data_layer()
    with pytest.raises(LayerError, match="means and deviations"):
        run.layer.set_normalization(np.zeros(4), np.ones(4))
    run.layer.set_roidb([{**item, "gt_classes": [4, 9]}])
    with pytest.raises(LayerError, match="num_classes is 6"):
        run.forward()
