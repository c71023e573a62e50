"""YOLO v2's DetectionEvaluate, which is SSD's layer, and which detections find a box."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layers.detection.yolo._evaluation import matched
from blobnet.testing import run_layer


def evaluate(found, rows, num_classes=3, threshold=0.5):
    labels = np.zeros((1, 30, 5))
    if rows:
        labels[0, : len(rows)] = rows
    arrays = np.reshape(found, (1, 1, -1, 7)), labels.reshape(1, 150)
    count = f"num_classes: {num_classes}" if num_classes else ""
    param = f"detection_evaluate_param {{ {count} overlap_threshold: {threshold} }}"
    made = run_layer(f'type: "DetectionEvaluate" {param}', *arrays, dtype=np.float32)
    return made.top[0].data[0, 0].round(3).tolist()


def test_the_best_of_those_that_find_a_box_is_right():
    truth = [[1, 0.5, 0.5, 0.2, 0.2], [1, 0.9, 0.9, 0.4, 0.4]]
    found = [
        [0, 1, 0.25, 0.5, 0.5, 0.2, 0.2],
        [0, 1, 0.75, 0.51, 0.5, 0.2, 0.2],
        [0, 1, 0.5, 0.85, 0.85, 0.3, 0.3],  # enough of it, within the image
        [0, 2, 0.125, 0.5, 0.5, 0.2, 0.2],
        [0, 0, 0.5, 0.1, 0.1, 0.1, 0.1],
        [0, -1, 0, 0, 0, 0, 0],
    ]
    assert evaluate(found, truth) == [
        [-1, 0, 0, -1, -1],
        [-1, 1, 2, -1, -1],
        [-1, 2, 0, -1, -1],
        [0, 0, 0.5, 0, 1],
        [0, 1, 0.75, 1, 0],
        [0, 1, 0.5, 1, 0],
        [0, 1, 0.25, 0, 1],
        [0, 2, 0.125, 0, 1],
    ]


def test_without_boxes_detections_are_wrong_and_keep_their_order():
    found = [[0, 1, 0.25, 0.5, 0.5, 1, 1], [0, 1, 0.75, 0.5, 0.5, 1, 1]]
    assert evaluate(found, [], num_classes=1) == [
        [-1, 0, 0, -1, -1],
        [0, 1, 0.25, 0, 1],
        [0, 1, 0.75, 0, 1],
    ]


def test_nothing_found_is_nothing_wrong():
    assert evaluate([0, *[-1] * 6], [[0, 0.5, 0.5, 1, 1]], 1) == [[-1, 0, 1, -1, -1]]


@pytest.mark.parametrize(("classes", "threshold"), [(0, 0.5), (3, 0)])
def test_settings_that_make_no_sense_are_refused(classes, threshold):
    with pytest.raises(LayerError, match=r"num_classes|positive"):
        evaluate([0] * 7, [], classes, threshold)


def test_what_finds_a_box_that_nobody_need_find_is_neither():
    shared = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [np.nan, 0.1]])
    right, again = matched(shared, 0.5, np.array([True, False]))
    assert right.tolist() == [False, True, False, False]
    assert again.tolist() == [False, False, True, False]
