import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer as run_any_layer
from tests.layers.detection.cascade.oracle import iou, norm

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
OBJECTS = np.array(
    [
        [0, 10, 10, 49, 39, 2, 0],
        [1, 20, 30, 59, 69, 1, 0],
        [1, 0, 0, 29, 19, 3, 1],  # to be ignored
    ],
    float,
)


def run_layer(text, *bottoms, num_top=6):
    return run_any_layer(text, *bottoms, num_top=num_top)


def text(options, norm_options=""):
    return (
        'type: "ProposalTarget" proposal_target_param { cls_num: 4 num_img_per_batch: 3 '
        f"{options} }} {norm(MEAN, STD, norm_options)}"
    )


def regions(rng, count=40):
    """Around objects, and elsewhere."""
    near = OBJECTS[rng.integers(3, size=count)]
    boxes = near[:, 1:5] + rng.uniform(-12, 12, (count, 4))
    boxes[: count // 4] = [70, 60, 95, 85]
    rows = np.column_stack([near[:, 0], boxes])
    rows[0, 0] = 2  # an image without an object
    return rows


def best(region, objects):
    """The object of the same image with the largest overlap, and how large that is."""
    shared = [iou(region[1:], its[1:5], 1) if its[0] == region[0] else -1 for its in objects]
    return (int(np.argmax(shared)), max(shared)) if max(shared) >= 0 else (-1, 0)


def rows(run):
    return [blob.data.reshape(blob.shape[0], -1) for blob in run.top]


def expected_rows(chosen, objects, *, classes, low=0, high=10):
    """What the tops should be, number by number."""
    found = []
    for region, index, overlap, is_object in chosen:
        targets, weights = np.zeros((classes, 4)), np.zeros((classes, 4))
        match = np.zeros(6)
        label = 0
        if is_object:
            _, x1, y1, x2, y2, label, *_ = objects[index]
            w, h = region[3] - region[1] + 1, region[4] - region[2] + 1
            gw, gh = x2 - x1 + 1, y2 - y1 + 1
            its = [
                (x1 + gw / 2 - region[1] - w / 2) / w,
                (y1 + gh / 2 - region[2] - h / 2) / h,
                np.log(gw / w),
                np.log(gh / h),
            ]
            at = int(label) if classes > 2 else 1
            targets[at] = [(d - m) / s for d, m, s in zip(its, MEAN, STD, strict=True)]
            weights[at] = low <= overlap <= high
            match[:] = label, x1, y1, x2, y2, overlap
        found.append((region, [label], targets.ravel(), weights.ravel(), weights.ravel(), match))
    return [np.array(column) for column in zip(*found, strict=True)]


def all_of(rois, objects, *, fg=0.5, low=0.1, high=0.5):
    """All regions of objects, then all of background, as they come."""
    its = [(roi, *best(roi, objects)) for roi in rois]
    first = [(*i, True) for i in its if i[2] >= fg and not objects[i[1]][6]]
    return first + [(*i, False) for i in its if i[2] < fg and low <= i[2] < high]


@pytest.mark.parametrize("columns", [7, 8])
@pytest.mark.parametrize("aware", [True, False])
def test_all_regions_are_what_loops_make_of_them(aware, columns, rng):
    rois = regions(rng)
    objects = np.pad(OBJECTS, ((0, 0), (0, columns - 7)))
    options = text("batch_size: -1", "" if aware else "cls_aware: false")
    run = run_layer(options, rois, objects)
    chosen = all_of([*rois, *objects[:, :5]], objects)
    assert {its[3] for its in chosen} == {True, False}
    expected = expected_rows(chosen, objects, classes=4 if aware else 2)
    for found, its in zip(rows(run), expected, strict=True):
        np.testing.assert_allclose(found, its, rtol=1e-12, atol=1e-12)


def test_what_cascade_rcnn_can_do_besides(rng):
    """Rows of image -1 fill up; true boxes are no regions; weights are for some overlaps."""
    rois = regions(rng)
    objects = np.pad(OBJECTS, ((0, 1), (0, 1)))
    objects[3] = -1
    run = run_layer(
        text("batch_size: -1 append_gtbox: false bbox_thr_lw: 0.625 bbox_thr_hg: 0.75"),
        rois, objects,
    )  # fmt: skip
    chosen = all_of(rois, objects[:3])
    expected = expected_rows(chosen, objects, classes=4, low=0.625, high=0.75)
    weights = expected[3].sum(axis=1)[: int(expected[1].astype(bool).sum())]
    assert 0 < np.count_nonzero(weights) < len(weights)
    for found, its in zip(rows(run), expected, strict=True):
        np.testing.assert_allclose(found, its, rtol=1e-12, atol=1e-12)


def test_a_batch_has_a_fraction_of_objects_and_regions_are_drawn_without_repeating(rng):
    rois = regions(rng, 200)
    run = run_layer(text("batch_size: 16 fg_fraction: 0.25"), rois, OBJECTS)
    found = [part.copy() for part in rows(run)]
    assert (found[1][:4] > 0).all()
    assert not found[1][4:].any()
    assert len(found[0]) == 16 == len(np.unique(found[0], axis=0))
    run.forward()
    assert (rows(run)[0][:4] != found[0][:4]).any()


def test_background_that_is_missing_comes_from_the_other_regions_or_is_drawn(rng):
    """None overlaps by 0.1 to 0.5. MS-CNN draws the rest, Cascade R-CNN has a smaller batch."""
    rois = np.array([[0, 10, 10, 49, 38], [2, 1, 1, 9, 9], [0, 70, 70, 90, 90]], float)
    options = text("batch_size: 12 fg_fraction: 0.5 img_width: 100 img_height: 90")
    regions_, labels, *_ = rows(run_layer(options, rois, OBJECTS))
    assert labels.ravel().tolist() == [2, 2, 1] + [0] * 9
    np.testing.assert_array_equal(regions_[3:5], rois[1:])
    for drawn in regions_[5:]:
        assert best(drawn, OBJECTS)[1] < 0.5
        assert min(drawn[3:] - drawn[1:3]) >= 31
        assert (drawn[1:] >= 0).all()
    objects = np.pad(OBJECTS, ((0, 0), (0, 1)))
    assert len(rows(run_layer(options, rois, objects))[0]) == 5
    refusing = text("batch_size: 12 fg_fraction: 0.5 pickup_discard: false")
    assert len(rows(run_layer(refusing, rois, objects))[0]) == 3


def test_cascade_rcnn_draws_one_region_where_there_is_none():
    nothing = -np.ones((1, 8))
    options = text("batch_size: -1 img_width: 60 img_height: 60")
    found = rows(run_layer(options, [[0, 0, 0, 9, 9]], nothing))
    assert found[0].shape == (1, 5)
    assert not found[1].any()


@pytest.mark.parametrize("weighted", ["true", "false"])
def test_sample_weights_give_objects_a_share(weighted, rng):
    rois = regions(rng)
    options = text(f"batch_size: -1 fg_fraction: 0.25 iou_weighted: {weighted}")
    *_, labels, _, _, _, matches, weights = rows(run_layer(options, rois, OBJECTS, num_top=7))
    is_object, weights = labels.ravel() > 0, weights.ravel()
    count = len(weights)
    np.testing.assert_allclose(weights[is_object].sum(), 0.25 * count)
    np.testing.assert_allclose(weights[~is_object], 0.75 * count / (~is_object).sum())
    by = matches[is_object, 5] if weighted == "true" else np.ones(is_object.sum())
    np.testing.assert_allclose(weights[is_object], by * 0.25 * count / by.sum())


def test_objects_everywhere_leave_no_background():
    everywhere = [[i, 0, 0, 63, 63, 1, 0] for i in range(3)]
    options = text("batch_size: 200 fg_thr: 0.25 bg_thr_hg: 0.25 img_width: 40 img_height: 40")
    with pytest.raises(blobnet.LayerError, match="objects are everywhere"):
        run_layer(options, [[0, 0, 0, 50, 50]], everywhere)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ("batch_size: 0", "batch_size must be > 0"),
        ("fg_thr: 0.25", "both|of an object and of background"),
        ("batch_size: 9 img_width: 32 img_height: 99", "no more can be drawn"),
    ],
)
def test_settings_that_make_no_sense(options, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_layer(text(options), [[0, 0, 0, 5, 5]], OBJECTS)


@pytest.mark.parametrize(
    ("rois", "objects", "match"),
    [
        ([[3, 0, 0, 5, 5]], OBJECTS, "number in bottom.0. is out of range"),
        ([[0, 0, 0, 5, 5]], [[3, 0, 0, 5, 5, 1, 0]], "number in bottom.1. is out of range"),
        ([[0, 0, 0, 5, 5]], [[0, 0, 0, 5, 5, 4, 0]], "label in bottom.1. is out of range"),
        ([[0, 0, 0, 5, 5]], [[0, 0, 0, 5, 5, 1]], "does not have objects"),
    ],
)
def test_rows_that_make_no_sense(rois, objects, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_layer(text(""), rois, objects)
