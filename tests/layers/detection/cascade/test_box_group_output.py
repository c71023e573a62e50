import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import box_at, norm, suppressed

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
GROUPS = ((((40, 30), (30, 60)), 8), (((80, 64),), 16))
ANCHORS = " ".join(
    "box_group_param { "
    + " ".join(f"field_w: {w} field_h: {h}" for w, h in sides)
    + f" stride: {stride} }}"
    for sides, stride in GROUPS
)


def proposals(maps, *, fg_thr=0, iou_thr=0.5, before=0, behind=0, min_size=15):
    """Rows of image, corners and score, box by box."""
    found = []
    for n in range(len(maps[2])):
        boxes = []
        for prob, deltas, (anchors, stride) in zip(maps[::2], maps[1::2], GROUPS, strict=True):
            height, width = prob.shape[2:]
            for g, row, column in np.ndindex(len(anchors), height, width):
                at = n * len(anchors) + g
                score = 1 - prob[at, 0, row, column]
                cx, cy, w, h = box_at(
                    deltas[at, :, row, column], (row, column), anchors[g], stride, MEAN, STD, 2, 4
                )
                box = [cx - w / 2, cy - h / 2, cx + w / 2 - 1, cy + h / 2 - 1]
                box = [max(side, 0) for side in box[:2]] + [
                    min(box[2], width * stride), min(box[3], height * stride)
                ]  # fmt: skip
                sides = box[2] - box[0] + 1, box[3] - box[1] + 1
                if score >= fg_thr and min(sides) >= min_size:
                    boxes.append([*box, score])
        boxes.sort(key=lambda box: -box[4])
        kept = suppressed(boxes[: before or None], iou_thr, 1)
        found += [[n, *box] for box in kept[: behind or None]]
    return found


def drawn(rng, num=2):
    maps = []
    for (anchors, _), size in zip(GROUPS, ((6, 7), (3, 4)), strict=True):
        maps += [
            rng.uniform(size=(num * len(anchors), 2, *size)),
            rng.normal(size=(num * len(anchors), 4, *size)),
        ]
    return maps


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ("fg_thr: 0.75 iou_thr: 0.25", {"fg_thr": 0.75, "iou_thr": 0.25}),
        ("max_nms_num: 12 max_post_nms_num: 3", {"before": 12, "behind": 3}),
        ("min_size: 32", {"min_size": 32}),
    ],
)
def test_the_best_of_all_anchors(options, settings, rng):
    maps = drawn(rng)
    text = (
        f'type: "BoxGroupOutput" box_group_output_param {{ {ANCHORS} field_xyr: 2 field_whr: 4 '
        f"{options} }} {norm(MEAN, STD)}"
    )
    run = run_layer(text, *maps, num_top=2)
    expected = np.array(proposals(maps, **settings))
    assert len(expected) > 3
    np.testing.assert_allclose(run.top[1].data.reshape(-1, 6), expected, rtol=1e-12)
    np.testing.assert_allclose(run.top[0].data.reshape(-1, 5), expected[:, :5], rtol=1e-12)


def test_where_there_is_none_there_is_something_to_go_on_with(rng):
    text = f'type: "BoxGroupOutput" box_group_output_param {{ {ANCHORS} fg_thr: 2 }}'
    run = run_layer(text, *drawn(rng))
    assert run.top[0].data.reshape(-1).tolist() == [0, 1, 1, 10, 10]


@pytest.mark.parametrize(
    ("shapes", "match"),
    [
        (((4, 2, 6, 7), (4, 4, 6, 7)), "two bottoms for each"),
        (((3, 2, 6, 7), (3, 4, 6, 7), (2, 2, 3, 4), (2, 4, 3, 4)), "no map for each anchor"),
        (((4, 2, 6, 7), (4, 4, 6, 8), (2, 2, 3, 4), (2, 4, 3, 4)), "four deltas"),
        (((4, 2, 6, 7), (4, 4, 6, 7), (3, 2, 3, 4), (3, 4, 3, 4)), "same images and classes"),
    ],
)
def test_bottoms_that_do_not_fit(shapes, match):
    text = f'type: "BoxGroupOutput" box_group_output_param {{ {ANCHORS} }}'
    with pytest.raises(blobnet.LayerError, match=match):
        run_layer(text, *(np.zeros(shape) for shape in shapes))
