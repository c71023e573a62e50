"""YOLO v2's DetectionOutput, which is SSD's layer with one bottom."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.detection.yolo.oracle import region_detections, suppress

BIASES = [0.5, 0.75, 1.5, 1.25]


def output(x, options="num_classes: 3 side: 3"):
    text = f"num_box: 2 biases: [0.5, 0.75, 1.5, 1.25] nms_threshold: 0.25 {options}"
    run = run_layer(f'type: "DetectionOutput" detection_output_param {{ {text} }}', x)
    run.forward()
    return run.top[0].data[0, 0]


@pytest.mark.parametrize("threshold", [0.25, 0.01])
def test_boxes_stay_in_the_order_of_cells(rng, threshold):
    x = 2 * rng.normal(size=(1, 16, 3, 3))
    found = region_detections(x.reshape(1, 2, 8, 3, 3), BIASES, threshold)
    kept = suppress(found, 0.25, in_image=True)
    assert 1 < len(kept) < len(found)
    expected = [[0, label, score, *box] for score, label, box in kept]
    option = "" if threshold == 0.01 else f"confidence_threshold: {threshold}"
    np.testing.assert_allclose(output(x, f"num_classes: 3 side: 3 {option}"), expected)


def test_images_have_nothing_to_do_with_each_other(rng):
    """Each has the rows that it has alone, with its number."""
    x = 2 * rng.normal(size=(3, 16, 3, 3))
    x[1] = -9  # nothing to see
    alone = [output(x[n : n + 1]) for n in (0, 2)]
    for n, rows in zip((0, 2), alone, strict=True):
        rows[:, 0] = n
    np.testing.assert_array_equal(output(x), np.concatenate(alone))
    assert output(x[[1, 1]]).tolist() == [[n, *[-1] * 6] for n in range(2)]


def test_nothing_is_one_row():
    assert output(np.full((1, 16, 3, 3), -9.0)).tolist() == [[0, *[-1] * 6]]


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((1, 16, 9), "num_classes: 3 side: 3", "no maps of this side"),
        ((1, 16, 4, 4), "num_classes: 3 side: 3", "no maps of this side"),
        ((1, 16, 3, 3), "side: 3", "values"),  # of 20 classes
        ((1, 15, 3, 3), "num_classes: 3 side: 3", "values"),
        ((1, 16, 3, 3), "num_classes: 3 side: 3 coords: 3", "coords"),
        ((1, 16, 3, 3), "num_classes: 0 side: 3", "at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(shape, options, message):
    with pytest.raises(LayerError, match=message):
        output(np.zeros(shape), options)
