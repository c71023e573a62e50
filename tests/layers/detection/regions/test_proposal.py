from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

RECORDING = Path(__file__).parents[3] / "reference" / "opencv" / "proposal.npz"
F = np.float32
PARAM = 'type: "Proposal" proposal_param {{ {} }}'


def changed(box, delta, image):
    sides = [box[2] - box[0] + F(1), box[3] - box[1] + F(1)]
    found = [F(0)] * 4
    for axis in range(2):
        center = delta[axis] * sides[axis] + (box[axis] + F(0.5) * sides[axis])
        side = np.exp(delta[2 + axis]) * sides[axis]
        most = image[1 - axis] - F(1)
        found[axis] = max(F(0), min(center - F(0.5) * side, most))
        found[2 + axis] = max(F(0), min(center + F(0.5) * side, most))
    return found


def overlap(a, b, border):
    width = min(a[2], b[2]) - max(a[0], b[0]) + F(border)
    height = min(a[3], b[3]) - max(a[1], b[1]) + F(border)
    if width < 0 or height < 0:
        return F(0)
    areas = [(box[2] - box[0] + F(border)) * (box[3] - box[1] + F(border)) for box in (a, b)]
    return width * height / (areas[0] + areas[1] - width * height)


def best(boxes, most, limit, border, goes):
    """(score, box), sorted; those that stay where `goes` says which overlaps are too much."""
    boxes = sorted(boxes, key=lambda one: -one[0])[:most]
    kept = []
    for score, box in boxes:
        if len(kept) < limit and not any(goes(overlap(box, k, border)) for _, k in kept):
            kept.append((score, box))
    return kept


def anchors_of(ratios, scales, base):
    """As mini-caffe has them."""
    found = []
    for ratio in ratios:
        width = np.floor(np.sqrt(F(base * base) / F(ratio)) + F(0.5))
        height = np.floor(width * F(ratio) + F(0.5))
        for scale in scales:
            half = [F(0.5) * (side * F(scale) - F(1)) for side in (width, height)]
            center = F(0.5) * F(base - 1)
            found.append([center - half[0], center - half[1], center + half[0], center + half[1]])
    return found


def drawn(rng, num, anchors, size=(4, 5)):
    scores = rng.uniform(size=(num, 2 * anchors, *size)).astype(F)
    return scores, rng.normal(scale=0.4, size=(num, 4 * anchors, *size)).astype(F)


def assert_same(run, rows, scores=None):
    np.testing.assert_allclose(run.top[0].data, np.array(rows), rtol=1e-5, atol=1e-4)
    if scores is not None:
        np.testing.assert_array_equal(run.top[1].data, scores)


def test_anchors_of_ratios_and_scales_are_what_loops_give(rng):
    scores, deltas = drawn(rng, 1, 6)
    image, least = F([60, 75, 1.5]), F(12 * 1.5)
    anchors, boxes = anchors_of([0.5, 1, 2], [1, 2.5], 14), []
    for y, x, k in np.ndindex(4, 5, 6):
        moved = [F(side + 15 * (x if i % 2 == 0 else y)) for i, side in enumerate(anchors[k])]
        box = changed(moved, deltas[0, 4 * k : 4 * k + 4, y, x], image)
        is_large = box[2] - box[0] + 1 >= least and box[3] - box[1] + 1 >= least
        boxes.append((scores[0, 6 + k, y, x] * is_large, box))
    kept = best(boxes, 90, 20, 1, lambda o: o > F(0.6))
    run = run_layer(
        PARAM.format(
            "ratio: [0.5, 1, 2] scale: [1, 2.5] base_size: 14 feat_stride: 15 min_size: 12 "
            "pre_nms_topn: 90 post_nms_topn: 20 nms_thresh: 0.6"
        ),
        scores, deltas, [image], dtype=F, num_top=2,
    )  # fmt: skip
    assert 0 in [score for score, _ in boxes]
    assert_same(run, [[0, *box] for _, box in kept], [score for score, _ in kept])


@pytest.mark.parametrize(
    ("words", "ratios", "scales"),
    [
        ("", [0.5, 1, 2], [8, 16, 32]),
        ("anchor_ratio: 1", [1], [8, 16, 32]),
        ("anchor_scale: 1", [0.5, 1, 2], [32]),
    ],
)
def test_without_ratios_and_scales_it_is_synopsys(words, ratios, scales, rng):
    count = len(ratios) * len(scales)
    scores, deltas = drawn(rng, 1, count)
    image, least = F([60, 75, 1.5]), F(12 * 1.5)
    anchors, boxes = anchors_of(ratios, scales, 4), []
    for y, x, k in np.ndindex(4, 5, count):
        moved = [F(side + 15 * (x if i % 2 == 0 else y)) for i, side in enumerate(anchors[k])]
        box = changed(moved, deltas[0, 4 * k : 4 * k + 4, y, x], image)
        if box[2] - box[0] + 1 >= least and box[3] - box[1] + 1 >= least:
            boxes.append((scores[0, count + k, y, x], box))
    assert 20 < len(boxes) < 20 * count
    kept = best(boxes, 40, 10, 1, lambda o: o > F(0.6))
    run = run_layer(
        PARAM.format(
            f"{words} anchor_base_size: 4 feat_stride: 15 rpn_min_size: 12 pre_nms_topn: 40 "
            "max_rois: 10 rpn_nms_thresh: 0.6"
        ),
        scores, deltas, [image], dtype=F, num_top=2,
    )  # fmt: skip
    assert_same(run, [[0, *box] for _, box in kept], [score for score, _ in kept])


def test_it_is_what_opencv_gives():
    """Which ignores `min_size`."""
    with np.load(RECORDING) as recording:
        bottoms = [recording[f"bottom_{i}"] for i in range(3)]
        run = run_layer(str(recording["layer"]), *bottoms, dtype=F)
        assert_same(run, recording["top_0"])


def test_four_numbers_of_an_image_are_those_of_caffe_windows():
    """Scales in pixels, sides rounded at the end, heights and widths scaled by themselves."""
    scores = np.full((2, 2, 1, 1), 0.5)
    text = PARAM.format("ratio: 0.5 scale: 20 base_size: 16 min_size: 10")
    run = run_layer(text, scores, np.zeros((2, 4, 1, 1)), [[99, 99, 1, 2.8]], num_top=2)
    # 28.28 by 14.14: 28 and 14 pixels around 7.5, from -6 and 1; the last corner moves by 1
    expected = [[0, 0, 1, 22, 15], [1, 0, 1, 22, 15]]
    np.testing.assert_array_equal(run.top[0].data, expected)
    assert run.top[1].data.tolist() == [0, 0]  # 23 wide, and 28 would be enough
    run = run_layer(text, scores, np.zeros((2, 4, 1, 1)), [[99, 99, 1, 2.2]], num_top=2)
    assert run.top[1].data.tolist() == [0.5, 0.5]


def test_listed_anchors_are_what_loops_give(rng):
    anchors = F([[-6, -7, 9, 10], [0, -3, 20, 4]])
    scores, deltas = drawn(rng, 2, 2)
    images, rows = F([[50, 60, 1], [40, 45, 1.5]]), []
    for n in range(2):
        boxes = []
        for k, y, x in np.ndindex(2, 4, 5):
            moved = anchors[k] + F([12 * x, 10 * y, 12 * x, 10 * y]) - F(1)
            delta = deltas[n, 4 * k : 4 * k + 4, y, x]
            boxes.append((scores[n, 2 + k, y, x], changed(moved, delta, images[n])))
        boxes = sorted(boxes, key=lambda one: -one[0])[:30]
        least = 9 * images[n, 2], 7 * images[n, 2]
        boxes = [b for b in boxes if b[1][2] - b[1][0] > least[0] and b[1][3] - b[1][1] > least[1]]
        rows += [[n, *box] for _, box in best(boxes, 30, 8, 0, lambda o: o >= F(0.4))]
    listed = " ".join(
        f"anchor {{ left: {a} top: {b} right: {c} bottom: {d} }}" for a, b, c, d in anchors
    )
    run = run_layer(
        PARAM.format(
            f"{listed} stride_h: 10 stride_w: 12 nms_iou_th: 0.4 min_width: 9 min_height: 7 "
            "nms_input_num: 30 nms_output_num: 8"
        ),
        scores, deltas, images, dtype=F,
    )  # fmt: skip
    assert_same(run, rows)


LISTED = "anchor { right: 5 bottom: 5 } stride_h: 4 stride_w: 4 nms_iou_th: 0.5"


def test_without_any_listed_box_there_is_one_pixel():
    run = run_layer(
        PARAM.format(LISTED + " min_width: 99"),
        *(np.zeros((1, 2, 2, 2)), np.zeros((1, 4, 2, 2)), [[9, 9, 1]]),
    )
    assert run.top[0].data.tolist() == [[0, 0, 0, 1, 1]]


GENERATED = "ratio: 1 scale: 1"


@pytest.mark.parametrize(
    ("text", "channels", "image", "message"),
    [
        ("", (2, 4), [[9, 9, 1]], "2 channels for each of 9 anchors"),
        ("anchor_base_size: 0", (18, 36), [[9, 9, 1]], "there are no anchors"),
        (GENERATED + " anchor { }", (2, 4), [[9, 9, 1]], "`ratio` and `scale`, or from a list"),
        ("ratio: 1", (2, 4), [[9, 9, 1]], "there are no anchors"),
        ("ratio: 0 scale: 1", (2, 4), [[9, 9, 1]], "there are no anchors"),
        (GENERATED, (4, 4), [[9, 9, 1]], "2 channels for each of 1 anchors"),
        (GENERATED, (2, 8), [[9, 9, 1]], "4 channels for each of 1 anchors"),
        (GENERATED, (2, 4), [[9, 9]], "3 numbers"),
        ("anchor { } stride_h: 1 stride_w: 1", (2, 4), [[9, 9]], "3 numbers"),
        ("anchor { } stride_h: 1", (2, 4), [[9, 9, 1]], "stride_h and stride_w above 0"),
        (LISTED.replace("0.5", "1.5"), (2, 4), [[9, 9, 1]], "nms_iou_th from 0 to 1"),
    ],
)
def test_bad_input_is_refused(text, channels, image, message):
    maps = [np.zeros((1, count, 2, 3)) for count in channels]
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(PARAM.format(text), *maps, image)


def test_a_batch_needs_the_numbers_of_caffe_windows():
    with pytest.raises(blobnet.LayerError, match="single scale"):
        run_layer(
            PARAM.format(GENERATED), np.zeros((2, 2, 1, 1)), np.zeros((2, 4, 1, 1)), [9, 9, 1]
        )


def test_there_is_no_gradient():
    run = run_layer(
        PARAM.format(GENERATED), np.zeros((1, 2, 1, 1)), np.zeros((1, 4, 1, 1)), [[9, 9, 1]]
    )
    with pytest.raises(blobnet.LayerError, match="no gradient"):
        run.backward([True, False, False])
