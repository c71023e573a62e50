import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.detection.yolo.oracle import by_score, region_detections, rows, suppress

BIASES = [0.5, 0.75, 1.5, 1.25]


def text(options="num_classes: 3"):
    biases = "num_box: 2 biases: [0.5, 0.75, 1.5, 1.25] confidence_threshold: 0.25"
    return f"""type: "YoloDetectionOutput" yolo_detection_output_param {{
        {biases} nms_threshold: 0.25 {options} }}"""


@pytest.mark.parametrize("sides", [(5,), (3, 6)])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_best_boxes_stay(rng, sides, batch):
    maps = [2 * rng.normal(size=(batch, 16, side, side)) for side in sides]
    found = []
    for x in maps:
        found += region_detections(x.reshape(batch, 2, 8, *x.shape[2:]), BIASES, 0.25)
    kept = suppress(by_score(found), 0.25)
    assert 3 < len(kept) < len(found)
    run = run_layer(text(), *maps)
    np.testing.assert_allclose(run.top[0].data[0, 0], rows(kept))
    assert run.top[0].shape == (1, 1, len(kept), 7)


def test_without_boxes_there_is_a_row_of_nothing_for_each_image():
    run = run_layer(text(), np.full((2, 16, 3, 3), -9.0))
    expected = [[0, *[-1] * 6], [1, *[-1] * 6]]
    np.testing.assert_array_equal(run.top[0].data[0, 0], expected)


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ("", (1, 16, 3, 3), "num_classes"),
        ("num_classes: 3 coords: 5", (1, 16, 3, 3), "coords"),
        ("num_classes: 3", (1, 16, 3, 4), "as high as wide"),
        ("num_classes: 4", (1, 16, 3, 3), "anchors of 9 values"),
        ("num_classes: 0", (1, 16, 3, 3), "at least 1"),
        ("num_classes: 3 biases: -1 biases: 1", (1, 16, 3, 3), "positive"),
        ("num_classes: 3 biases: 1", (1, 16, 3, 3), "even"),
    ],
)
def test_what_makes_no_sense_is_refused(options, shape, message):
    with pytest.raises(LayerError, match=message):
        run_layer(text(options), np.zeros(shape))
