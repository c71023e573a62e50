"""What OpenCV computes of darknet's layers."""

from pathlib import Path

import numpy as np
import pytest

from blobnet.layers.detection.yolo._detections import of_regions
from blobnet.testing import run_layer

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def recorded():
    with np.load(ROOT / "reference" / "opencv" / "yolo.npz") as arrays:
        return dict(arrays)


def test_reorg(recorded):
    run = run_layer('type: "Reorg" reorg_param { stride: 2 }', recorded["reorg_x"])
    np.testing.assert_array_equal(run.top[0].data, recorded["reorg_y"])


def test_boxes_and_scores_of_the_second_version(recorded):
    maps = recorded["region_x"].reshape(1, 2, 8, 5, 5)
    found = of_regions(maps, np.float32([[0.5, 0.75], [1.5, 1.25]]), 0)
    boxes, scores = recorded["region_y"][:, :4], recorded["region_y"][:, 5:]
    np.testing.assert_allclose(found.boxes.T, boxes, rtol=1e-5)
    np.testing.assert_allclose(found.scores, scores.max(axis=1), rtol=1e-5)
    np.testing.assert_array_equal(found.labels, scores.argmax(axis=1))


def test_boxes_and_scores_of_the_third_version(recorded):
    text = """type: "Yolov3DetectionOutput" yolov3_detection_output_param {
        num_classes: 3 num_box: 3 mask: [1, 2, 0] mask_group_num: 1 anchors_scale: 1
        biases: [10, 14, 23, 27, 37, 58] confidence_threshold: 0.2 nms_threshold: 2 }"""
    run = run_layer(text, recorded["yolo_x"], dtype=np.float32)
    values = recorded["yolo_y"]
    anchor, label = np.nonzero(values[:, 5:] > 0.2)
    scores, boxes = values[anchor, 5 + label], values[anchor, :4]
    low, high = boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2
    rows = np.column_stack([np.zeros_like(label), label + 1, scores, low, high])
    expected = rows[np.argsort(-scores, kind="stable")]
    np.testing.assert_allclose(run.top[0].data[0, 0], expected, rtol=1e-5, atol=1e-5)
