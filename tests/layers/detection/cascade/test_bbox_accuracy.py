import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import iou, norm, refined

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]


def case(rng, count=12):
    first = rng.uniform(0, 40, (count, 2))
    sides = rng.uniform(5, 30, (count, 2))
    rois = np.hstack([np.zeros((count, 1)), first, first + sides])
    matches = np.zeros((count, 6))
    matches[:, 0] = np.arange(count) % 4
    matches[:, 1:5] = rois[:, 1:] + rng.uniform(-4, 4, (count, 4))
    matches[:, 5] = rng.uniform(0.5, 0.9, count)
    matches[1, 5] = 0.98  # an object's own box
    return rois, matches


@pytest.mark.parametrize("aware", ["true", "false"])
def test_it_is_the_mean_overlap_before_and_after(aware, rng):
    rois, matches = case(rng)
    deltas = rng.normal(size=(len(rois), 16 if aware == "true" else 8))
    text = f'type: "BboxAccuracy" {norm(MEAN, STD, f"cls_aware: {aware}")}'
    run = run_layer(text, deltas, rois, matches, num_top=2)
    after, before = [], []
    for its, roi, (label, *truth, overlap) in zip(deltas, rois, matches, strict=True):
        if label > 0 and overlap <= 0.975:
            at = 4 * (int(label) if aware == "true" else 1)
            after.append(iou(refined(roi[1:], its[at : at + 4], MEAN, STD), truth, 1))
            before.append(iou(roi[1:], truth, 1))
    assert len(after) == 8
    np.testing.assert_allclose(run.top[0].data.item(), np.mean(after), rtol=1e-12)
    np.testing.assert_allclose(run.top[1].data.item(), np.mean(before), rtol=1e-12)


def test_without_objects_there_is_no_number():
    run = run_layer(
        'type: "BboxAccuracy"', np.zeros((2, 8)), np.zeros((2, 5)), np.zeros((2, 6)), num_top=2
    )
    assert [blob.data.item() for blob in run.top] == [-1, -1]


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(blobnet.LayerError, match=r"a label in bottom\[2\] is out of range"):
        run_layer(
            'type: "BboxAccuracy"', np.zeros((1, 8)), np.zeros((1, 5)), [[2, 0, 0, 5, 5, 0.5]]
        )


@pytest.mark.parametrize("shape", [(1, 6), (1, 12)])
def test_deltas_that_are_not_those_of_classes(shape):
    text = 'type: "BboxAccuracy" bbox_reg_param { cls_aware: false }'
    with pytest.raises(blobnet.LayerError, match="not those of classes"):
        run_layer(text, np.zeros(shape), np.zeros((1, 5)), np.zeros((1, 6)))
