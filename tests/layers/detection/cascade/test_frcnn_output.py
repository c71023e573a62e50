import json

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import norm, refined, suppressed

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
SIZE = [[60.0, 80.0]]


def detections(prob, deltas, rois, *, aware, conf_thr=0, iou_thr=0.5, most=0):
    """Rows of corners, class and score, box by box."""
    found = []
    for c in range(1, prob.shape[1]):
        boxes = []
        for p, its, roi in zip(prob, deltas, rois, strict=True):
            at = 4 * (c if aware else 1)
            box = refined(roi[1:5], its[at : at + 4], MEAN, STD)
            box = [max(box[0], 0), max(box[1], 0), min(box[2], 80), min(box[3], 60)]
            if p[c] >= conf_thr:
                boxes.append([*box, c, p[c]])
        boxes.sort(key=lambda box: -box[5])
        found += suppressed(boxes, iou_thr, 1)
    if most:
        least = sorted((row[5] for row in found), reverse=True)[:most]
        found = [row for row in found if row[5] in least]
    return found


def drawn(rng, classes=4, count=20, columns=5):
    prob = rng.dirichlet(np.ones(classes), count)
    first = rng.uniform(0, 40, (count, 2))
    rois = np.hstack([np.zeros((count, 1)), first, first + rng.uniform(5, 40, (count, 2))])
    return prob, np.pad(rois, ((0, 0), (0, columns - 5)))


@pytest.mark.parametrize(
    ("aware", "columns", "options", "settings"),
    [
        (True, 5, "", {}),
        (False, 6, "", {}),
        (True, 5, "conf_thr: 0.25 iou_thr: 0.25", {"conf_thr": 0.25, "iou_thr": 0.25}),
        (False, 5, "max_det_num: 7", {"most": 7}),
    ],
)
def test_the_best_boxes_of_each_class(aware, columns, options, settings, rng):
    prob, rois = drawn(rng, columns=columns)
    deltas = rng.normal(size=(len(rois), 16 if aware else 8))
    text = f'type: "FrcnnOutput" frcnn_output_param {{ {options} }} ' + norm(
        MEAN, STD, f"cls_aware: {str(aware).lower()}"
    )
    run = run_layer(text, prob, deltas, rois.reshape(*rois.shape, 1, 1), SIZE)
    rows = run.top[0].data.reshape(-1, 7)
    assert rows[0].tolist() == [0] + [-1] * 6
    assert not rows[:, 0].any()
    expected = detections(prob, deltas, rois, aware=aware, **settings)
    assert len(expected) > 3
    np.testing.assert_allclose(rows[1:, 1:], expected, rtol=1e-12)


def test_nothing_found_is_one_row():
    run = run_layer(
        'type: "FrcnnOutput" frcnn_output_param { conf_thr: 0.9 }',
        [[0.5, 0.5]], np.zeros((1, 8)), [[0, 0, 0, 9, 9]], SIZE,
    )  # fmt: skip
    assert run.top[0].data.reshape(-1, 7).tolist() == [[0, -1, -1, -1, -1, -1, -1]]


def test_what_is_found_is_written_for_coco(tmp_path):
    """The net has seen the image at twice its size."""
    (tmp_path / "map.prototxt").write_text('item { label: 1 name: "7" display_name: "cat" }')
    (tmp_path / "sizes.txt").write_text("12 30 40\n")
    folder = tmp_path.as_posix()
    text = f"""type: "FrcnnOutput" frcnn_output_param {{ save_output_param {{
        output_directory: "{folder}/out" output_name_prefix: "found" output_format: "COCO"
        label_map_file: "{folder}/map.prototxt" name_size_file: "{folder}/sizes.txt" }} }}"""
    run_layer(text, [[0.25, 0.75]], np.zeros((1, 8)), [[0, 20, 10, 40, 50]], SIZE)
    record = {"image_id": 12, "category_id": 7, "bbox": [10, 5, 10, 20], "score": 0.75}
    assert json.loads((tmp_path / "out" / "found.json").read_text()) == [record]


def test_a_region_of_another_image():
    with pytest.raises(blobnet.LayerError, match="none of the one image"):
        run_layer('type: "FrcnnOutput"', [[0.5, 0.5]], np.zeros((1, 8)), [[1, 0, 0, 9, 9]], SIZE)


def test_a_region_that_is_turned_over_is_taken_as_it_is():
    """It is refined from a width of -4: from 10 to 5."""
    run = run_layer('type: "FrcnnOutput"', [[0.5, 0.5]], np.zeros((1, 8)), [[0, 10, 0, 5, 9]], SIZE)
    assert run.top[0].data.reshape(-1, 7)[1].tolist() == [0, 10, 0, 5, 9, 1, 0.5]


def test_a_size_for_each_of_two_images():
    with pytest.raises(blobnet.LayerError, match="no size of one image"):
        run_layer('type: "FrcnnOutput"', [[1, 0]], np.zeros((1, 8)), np.zeros((1, 5)), SIZE * 2)
