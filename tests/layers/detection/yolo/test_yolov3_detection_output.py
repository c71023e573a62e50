import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.detection.yolo.oracle import by_score, rows, sigmoid, suppress

BIASES = [10, 14, 23, 27, 37, 58, 81, 82]
MASK, SCALES = [2, 3, 0, 1], [32, 16]


def text(options="num_classes: 3", **changed):
    lists = {"biases": BIASES, "mask": MASK, "anchors_scale": SCALES} | changed
    stated = " ".join(f"{name}: {value}" for name, value in lists.items())
    return f"""type: "Yolov3DetectionOutput" yolov3_detection_output_param {{
        num_box: 2 confidence_threshold: 0.375 nms_threshold: 0.25 {stated} {options} }}"""


def detections(maps, group, gaussian):
    """(score, class, box) of each class that is sure enough, cell by cell."""
    x, y, w, h, o = (0, 2, 4, 6, 8) if gaussian else (0, 1, 2, 3, 4)
    num, anchors, _, height, width = maps.shape
    found = []
    for n in range(num):
        for j in range(height):
            for i in range(width):
                for k in range(anchors):
                    v = maps[n, k, :, j, i].tolist()
                    bias = BIASES[2 * MASK[2 * group + k] :][:2]
                    box = (
                        (i + sigmoid(v[x])) / width,
                        (j + sigmoid(v[y])) / height,
                        math.exp(v[w]) * bias[0] / (width * SCALES[group]),
                        math.exp(v[h]) * bias[1] / (height * SCALES[group]),
                    )
                    sure = sigmoid(v[o])
                    if gaussian:
                        sure *= 1 - sum(sigmoid(v[c]) for c in (1, 3, 5, 7)) / 4
                    for label, value in enumerate(v[o + 1 :]):
                        score = sigmoid(value) * sure
                        if score > 0.375:
                            found.append((score, label, box))
    return found


@pytest.mark.parametrize("gaussian", [False, True])
@pytest.mark.parametrize("batch", [1, 2])
def test_the_best_boxes_stay(rng, gaussian, batch):
    values = 12 if gaussian else 8
    maps = [2 * rng.normal(size=(batch, 2 * values, *hw)) for hw in ((3, 4), (6, 8))]
    found = []
    for group, x in enumerate(maps):
        found += detections(x.reshape(batch, 2, values, *x.shape[2:]), group, gaussian)
    kept = suppress(by_score(found), 0.25)
    assert 3 < len(kept) < len(found)
    run = run_layer(text(f"num_classes: 3 gaussian_box: {str(gaussian).lower()}"), *maps)
    np.testing.assert_allclose(run.top[0].data[0, 0], rows(kept))


def test_without_boxes_there_is_a_row_of_nothing_for_each_image():
    x = np.full((2, 16, 3, 3), -9.0)
    run = run_layer(text(), x, x)
    np.testing.assert_array_equal(run.top[0].data[0, 0, :, :2], [[0, -1], [1, -1]])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (text(""), "num_classes"),
        (text("num_classes: 0"), "at least 1"),
        (text("num_classes: 4"), "values"),
        (text("num_classes: 3 mask_group_num: 3"), "group of masks"),
        (text(mask=[0, 1, 2, 4]), "mask"),
        (text(mask=[0, 1]), "mask"),
        (text(anchors_scale=[32]), "anchors_scale"),
        (text(anchors_scale=[32, 0]), "anchors_scale"),
        (text(biases=[1, 2, 3]), "biases"),
    ],
)
def test_what_makes_no_sense_is_refused(settings, message):
    with pytest.raises(LayerError, match=message):
        run_layer(settings, *np.zeros((2, 1, 16, 3, 3)))
