"""DetectionLoss of MS-CNN; that of YOLO has its tests in yolo/test_detection_loss.py."""

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import anchor_labels, loss_of, norm, slopes_of

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
SIDES = ((40, 30),)
PARAM = "field_w: 40 field_h: 30 downsample_rate: 8 field_xyr: 2 field_whr: 4"
ALL = 'sample_mode: "all"'


def run_of(x, labels, options, more=""):
    text = (
        f'type: "DetectionLoss" detection_loss_param {{ {PARAM} {options} }} '
        f"{norm(MEAN, STD)} {more}"
    )
    return run_layer(text, x, labels)


def drawn(rng, classes=4, num=2, size=(4, 5)):
    labels = anchor_labels(rng, num, size, SIDES, 8, 4)
    return rng.normal(size=(num, classes + 4, *size)), labels


def chosen(x, labels, *, mode="all", multiple=4, classes=4, objectness=False, threshold=0.5):
    """Which anchors are learned from, by Caffe's steps; (N, H, W)."""
    raw, overlap = labels[:, 0], labels[:, 5]
    kept = raw > 0
    good = (raw == 0) & (overlap < threshold)
    if mode == "all":
        return kept | good
    for n in range(len(x)):
        for c in range(1, classes):
            label = np.minimum(raw[n], 1) if objectness else raw[n]
            number = max(4, int((label == c).sum() * multiple))
            pairs = [(x[n, c][at], np.ravel_multi_index(at, good[n].shape), at)
                     for at in zip(*np.nonzero(good[n]), strict=True)]  # fmt: skip
            for _, _, at in sorted(pairs, reverse=True)[:number]:
                kept[n][at] = True
    return kept


@pytest.mark.parametrize(
    ("options", "settings", "how"),
    [
        (ALL, {}, {}),
        (f"{ALL} bb_smooth: false bg_threshold: 0.25", {"threshold": 0.25}, {"square": True}),
        ('sample_mode: "bootstrap" bg_multiple: 1', {"mode": "bootstrap", "multiple": 1}, {}),
        (f"{ALL} objectness: true", {"objectness": True, "classes": 2}, {"objectness": True}),
    ],
)
def test_both_losses_are_what_loops_give(options, settings, how, rng):
    classes = settings.get("classes", 4)
    x, labels = drawn(rng, classes)
    run = run_of(x, labels, f"cls_num: {classes} lambda: 2 {options}")
    kept = chosen(x, labels, **settings)
    cls, box = loss_of(
        x[:, :classes], x[:, classes:], labels, kept, np.ones(kept.shape), SIDES, 8, MEAN, STD,
        **how,
    )  # fmt: skip
    assert box > 0.1
    np.testing.assert_allclose(run.top[0].data.ravel(), [cls + 2 * box, 2 * box], rtol=1e-9)


@pytest.mark.parametrize("iou", ["true", "false"])
@pytest.mark.parametrize("both", ["true", "false"])
def test_weights_of_anchors(iou, both, rng):
    x, labels = drawn(rng)
    run = run_of(
        x, labels, f"cls_num: 4 {ALL} bg_multiple: 3 iou_weighted: {iou} pos_neg_weighted: {both}"
    )
    kept, is_object = chosen(x, labels), labels[:, 0] > 0
    weights = np.where(is_object & (iou == "true"), labels[:, 5], 1.0)
    if both == "true":
        count = kept.sum()
        weights[is_object] *= count / 4 / weights[is_object].sum()
        weights[~is_object] *= count * 3 / 4 / weights[~is_object & kept].sum()
    cls, box = loss_of(x[:, :4], x[:, 4:], labels, kept, weights, SIDES, 8, MEAN, STD)
    np.testing.assert_allclose(run.top[0].data.ravel(), [cls + box, box], rtol=1e-9)


@pytest.mark.parametrize("options", ["", "bb_smooth: false pos_neg_weighted: true"])
def test_the_gradient_is_the_slope_of_the_first_number(options, rng):
    x, labels = drawn(rng)
    x[:, 4:] *= 0.1  # within the bounds
    run = run_of(x, labels, f"cls_num: 4 {ALL} lambda: 0.5 {options}")
    (expected,) = slopes_of(run)
    run.top[0].diff[...] = 3, 99
    run.backward()
    assert np.count_nonzero(expected[:, 4:]) > 20
    np.testing.assert_allclose(run.bottom[0].diff, 3 * expected, rtol=1e-5, atol=1e-8)


def test_boxes_beyond_the_bounds_learn_all_the_same():
    labels = np.zeros((1, 6, 1, 1))
    labels[0, :, 0, 0] = 1, 4, 4, 40, 30, 0.9
    x = np.zeros((1, 6, 1, 1))
    x[0, 2:] = 50
    run = run_of(x, labels, "cls_num: 2")
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff[0, 2:].ravel().tolist() == [0.25] * 4


@pytest.mark.parametrize("mode", ["random", "mixture"])
def test_background_is_drawn_anew_each_time(mode, rng):
    """All objects, and some of the background, by where there is a gradient."""
    x, labels = drawn(rng, size=(20, 20))
    labels[:, 0] *= rng.uniform(size=labels[:, 0].shape) < 0.05
    run = run_of(x, labels, f'cls_num: 4 bg_multiple: 1 sample_mode: "{mode}"')
    found = []
    for _ in range(2):
        run.forward()
        run.top[0].diff[...] = 1
        run.backward()
        found.append((run.bottom[0].diff[:, :4] != 0).any(axis=1))
    is_object, is_ground = labels[:, 0] > 0, (labels[:, 0] == 0) & (labels[:, 5] < 0.5)
    for kept in found:
        assert kept[is_object].all()
        assert not kept[~is_object & ~is_ground].any()
        assert 0 < kept[is_ground].sum() <= 4 * is_object.sum()
    assert (found[0] != found[1]).any()


def test_without_anything_to_learn_there_is_no_loss():
    labels = np.zeros((1, 6, 2, 2))
    labels[0, 5] = 1
    run = run_of(np.ones((1, 6, 2, 2)), labels, "cls_num: 2")
    assert run.top[0].data.ravel().tolist() == [0, 0]
    run.top[0].diff[...] = 1
    run.backward()
    assert not run.bottom[0].diff.any()


def test_an_ignored_label_teaches_nothing(rng):
    x, labels = drawn(rng)
    text = "loss_param { ignore_label: 3 }"
    run = run_of(x, labels, f"cls_num: 4 {ALL}", text)
    kept = chosen(x, labels) & (labels[:, 0] != 3)
    cls, box = loss_of(x[:, :4], x[:, 4:], labels, kept, np.ones(kept.shape), SIDES, 8, MEAN, STD)
    np.testing.assert_allclose(run.top[0].data.ravel(), [cls + box, box], rtol=1e-9)


def test_labels_have_no_gradient():
    run = run_of(np.zeros((1, 6, 2, 2)), np.zeros((1, 6, 2, 2)), "cls_num: 2")
    with pytest.raises(blobnet.LayerError, match="cannot backpropagate to label inputs"):
        run.layer.backward(run.top, [True, True], run.bottom)


@pytest.mark.parametrize(
    ("options", "match"),
    [("cls_num: 3", "channels that they should"), ("cls_num: 2 coord_num: 3", "4 coordinates")],
)
def test_settings_that_do_not_fit(options, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_of(np.zeros((1, 6, 2, 2)), np.zeros((1, 6, 2, 2)), options)
