from itertools import pairwise

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import box_at, iou, norm, suppressed

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
MAPS = (((40, 30), 8), ((80, 64), 16))
ANCHORS = " ".join(
    f"field_w: {w} field_h: {h} downsample_rate: {stride}" for (w, h), stride in MAPS
)


def proposals(maps, *, fg_thr=0, iou_thr=0.5, before=0, behind=0, min_size=15):
    """Rows of image, corners and score, box by box."""
    found = []
    for n in range(len(maps[0])):
        boxes = []
        for x, (sides, stride) in zip(maps, MAPS, strict=True):
            height, width = x.shape[2:]
            for row, column in np.ndindex(height, width):
                *scores, dx, dy, dw, dh = x[n, :, row, column]
                score = max(scores[1:]) - scores[0]
                cx, cy, w, h = box_at(
                    (dx, dy, dw, dh), (row, column), sides, stride, MEAN, STD, 2, 4
                )
                left, top = max(cx - w / 2, 0), max(cy - h / 2, 0)
                w, h = min(w, width * stride - left), min(h, height * stride - top)
                if score >= fg_thr and w >= min_size and h >= min_size:
                    boxes.append([left, top, left + w, top + h, score])
        boxes.sort(key=lambda box: -box[4])
        kept = suppressed(boxes[: before or None], iou_thr, 0)
        found += [[n, *box] for box in kept[: behind or None]]
    return found


def drawn(rng, classes=4, num=2):
    return [rng.normal(size=(num, classes + 4, 6, 7)), rng.normal(size=(num, classes + 4, 3, 4))]


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ("fg_thr: 1 iou_thr: 0.375", {"fg_thr": 1, "iou_thr": 0.375}),
        ("max_nms_num: 12 max_post_nms_num: 3", {"before": 12, "behind": 3}),
        ("min_size: 32", {"min_size": 32}),
    ],
)
def test_the_best_of_all_maps(options, settings, rng):
    maps = drawn(rng)
    text = (
        f'type: "BoxOutput" box_output_param {{ {ANCHORS} field_xyr: 2 field_whr: 4 {options} }}'
        f"{norm(MEAN, STD)}"
    )
    run = run_layer(text, *maps, num_top=2)
    expected = np.array(proposals(maps, **settings))
    assert len(expected) > 3
    np.testing.assert_allclose(run.top[1].data.reshape(-1, 6), expected, rtol=1e-12)
    np.testing.assert_allclose(run.top[0].data.reshape(-1, 5), expected[:, :5], rtol=1e-12)


def test_where_there_is_none_there_is_something_to_go_on_with(rng):
    text = f'type: "BoxOutput" box_output_param {{ {ANCHORS} fg_thr: 99 }}'
    run = run_layer(text, *drawn(rng), num_top=2)
    assert run.top[0].data.tolist() == [[[[0]], [[1]], [[1]], [[10]], [[10]]]]
    assert run.top[1].shape == (1, 6, 1, 1)
    assert not run.top[1].data.any()


def test_of_equal_scores_the_last_is_better():
    x = np.zeros((1, 6, 1, 8))
    x[0, 1] = 1
    field = "field_w: 20 field_h: 20 downsample_rate: 9"
    run = run_layer(f'type: "BoxOutput" box_output_param {{ {field} min_size: 5 }}', x)
    boxes = run.top[0].data.reshape(-1, 5)[:, 1:]
    assert len(boxes) > 2
    assert (np.diff(boxes[:, 0]) < 0).all()
    assert max(iou(a, b) for a, b in pairwise(boxes)) <= 0.5


@pytest.mark.parametrize("mode", ["IOFU", "IOMU"])
def test_other_ways_of_suppression_leave_less(mode, rng):
    maps = drawn(rng)
    text = f'type: "BoxOutput" box_output_param {{ {ANCHORS} nms_type: "%s" }}'
    counts = [len(run_layer(text % name, *maps).top[0].data) for name in ("IOU", mode)]
    assert counts[1] < counts[0]


@pytest.mark.parametrize(
    ("param", "match"),
    [
        ("field_w: 20 field_h: 20", "for each bottom"),
        ("field_w: 0 field_h: 20 downsample_rate: 8", "no anchors"),
        ('field_w: 9 field_h: 9 downsample_rate: 8 nms_type: "ALL"', "nms_type is unknown"),
        ("field_w: 9 field_h: 9 downsample_rate: 8 field_xyr: 0", "no bounds"),
    ],
)
def test_settings_that_make_no_sense(param, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_layer(f'type: "BoxOutput" box_output_param {{ {param} }}', np.zeros((1, 6, 2, 2)))


def test_maps_without_classes():
    text = 'type: "BoxOutput" box_output_param { field_w: 9 field_h: 9 downsample_rate: 8 }'
    with pytest.raises(blobnet.LayerError, match="maps do not fit"):
        run_layer(text, np.zeros((1, 5, 2, 2)))
