import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import anchor_labels, loss_of, norm, slopes_of

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
SIDES = ((40, 30), (30, 64))
PARAM = "field_w: 40 field_h: 30 field_w: 30 field_h: 64 stride: 8"
EVERY = "bg_multiple: 1000"


def run_of(*bottoms, options, more=""):
    text = (
        f'type: "DetectionGroupLoss" detection_group_loss_param {{ {PARAM} {options} }} '
        f"{norm(MEAN, STD)} {more}"
    )
    return run_layer(text, *bottoms)


def drawn(rng, classes=4, images=2, size=(4, 5)):
    labels = anchor_labels(rng, 2 * images, size, SIDES, 8, 4)
    return (
        rng.normal(size=(2 * images, classes, *size)),
        rng.normal(size=(2 * images, 4, *size)),
        labels,
    )


def all_of(labels, threshold=0.5):
    return (labels[:, 0] > 0) | ((labels[:, 0] == 0) & (labels[:, 5] < threshold))


@pytest.mark.parametrize(
    ("options", "settings", "how"),
    [
        ("field_xyr: 2 field_whr: 4", {}, {}),
        ("field_xyr: 2", {}, {"bounds": None}),
        ('bbox_loss_type: "Euclidean_L2"', {}, {"bounds": None, "square": True}),
        ("bg_threshold: 0.25", {"threshold": 0.25}, {"bounds": None}),
        ("objectness: true", {}, {"bounds": None, "objectness": True}),
    ],
)
def test_both_losses_are_what_loops_give(options, settings, how, rng):
    classes = 2 if "objectness" in how else 4
    scores, deltas, labels = drawn(rng, classes)
    run = run_of(scores, deltas, labels, options=f"cls_num: {classes} lambda: 2 {EVERY} {options}")
    kept = all_of(labels, **settings)
    cls, box = loss_of(
        scores, deltas, labels, kept, np.ones(kept.shape), SIDES, 8, MEAN, STD, **how
    )
    np.testing.assert_allclose(run.top[0].data.ravel(), [cls + 2 * box, 2 * box], rtol=1e-9)


def hardest(scores, labels, multiple, least=5):
    """All objects, and of each image's two maps the background that is lost most."""
    kept = labels[:, 0] > 0
    for first in range(0, len(labels), 2):
        pairs = []
        for n, row, column in np.ndindex(2, *labels.shape[2:]):
            n += first
            if labels[n, 0, row, column] == 0 and labels[n, 5, row, column] < 0.5:
                p = np.exp(scores[n, :, row, column])
                pairs.append((1 - p[0] / p.sum(), (n, row, column)))
        number = max(int(kept[first : first + 2].sum()) * multiple, least)
        for _, at in sorted(pairs, reverse=True)[:number]:
            kept[at] = True
    return kept


@pytest.mark.parametrize("ranking", ["conf_loss", "conf_prob"])
@pytest.mark.parametrize("objects", [0.02, 0.3])
def test_the_hardest_of_the_background(ranking, objects, rng):
    """Once as many as objects, once `min_num_neg`."""
    scores, deltas, labels = drawn(rng, size=(9, 9))
    labels[:, 0] *= rng.uniform(size=labels[:, 0].shape) < objects
    run = run_of(
        scores, deltas, labels,
        options=f'cls_num: 4 bg_multiple: 1 min_num_neg: 9 neg_mining_type: "bootstrap" '
        f'neg_ranking_type: "{ranking}"',
    )  # fmt: skip
    kept = hardest(scores, labels, 1, 9)
    cls, box = loss_of(
        scores, deltas, labels, kept, np.ones(kept.shape), SIDES, 8, MEAN, STD, bounds=None
    )
    np.testing.assert_allclose(run.top[0].data.ravel(), [cls + box, box], rtol=1e-9)


def learned(run):
    """Where scores have a gradient."""
    run.forward()
    run.top[0].diff[...] = 1
    run.backward()
    return (run.bottom[0].diff != 0).any(axis=1)


@pytest.mark.parametrize("mining", ["random", "bootstrap", "mixture"])
def test_a_batch_has_so_many_of_both(mining, rng):
    scores, deltas, labels = drawn(rng, size=(9, 9))
    run = run_of(
        scores, deltas, labels,
        options=f'cls_num: 4 bg_multiple: 3 batch_size: 32 neg_mining_type: "{mining}"',
    )  # fmt: skip
    first, second = learned(run), learned(run)
    for kept in (first, second):
        is_object = kept & (labels[:, 0] > 0)
        assert is_object.reshape(2, -1).sum(axis=1).tolist() == [8, 8]
        assert kept.reshape(2, -1).sum(axis=1).tolist() == [32, 32]
    assert (first != second).any()


def test_half_of_a_mixture_are_the_hardest(rng):
    scores, deltas, labels = drawn(rng, size=(9, 9))
    labels[:, 0] = 0
    run = run_of(
        scores, deltas, labels, options='cls_num: 4 min_num_neg: 20 neg_mining_type: "mixture"'
    )
    sure = hardest(scores, labels, 1, 10)
    first, second = learned(run), learned(run)
    assert first[sure].all()
    assert second[sure].all()
    assert first.sum() == second.sum() == 40
    assert (first != second).any()


def test_weights_give_objects_a_share(rng):
    scores, deltas, labels = drawn(rng)
    run = run_of(
        scores, deltas, labels,
        options='cls_num: 4 bg_multiple: 3 min_num_neg: 9999 pos_neg_weighted: true',
    )  # fmt: skip
    kept, is_object = all_of(labels), labels[:, 0] > 0
    count = kept.sum()
    weights = np.where(
        is_object, count / 4 / is_object.sum(), count * 3 / 4 / (kept & ~is_object).sum()
    )
    cls, box = loss_of(scores, deltas, labels, kept, weights, SIDES, 8, MEAN, STD, bounds=None)
    np.testing.assert_allclose(run.top[0].data.ravel(), [cls + box, box], rtol=1e-9)


@pytest.mark.parametrize("kind", ["Smooth_L1", "Euclidean_L2"])
def test_the_gradient_is_the_slope_of_the_first_number(kind, rng):
    scores, deltas, labels = drawn(rng, images=1)
    run = run_of(
        scores, deltas, labels,
        options=f'cls_num: 4 {EVERY} lambda: 0.5 bbox_loss_type: "{kind}"',
    )  # fmt: skip
    expected = slopes_of(run)
    run.top[0].diff[...] = 3, 99
    run.backward()
    for blob, its in zip(run.bottom, expected, strict=False):
        np.testing.assert_allclose(blob.diff, 3 * its, rtol=1e-5, atol=1e-8)


def test_the_predictions_stay_as_they_are_beyond_the_bounds(rng):
    scores, deltas, labels = drawn(rng)
    run = run_of(
        scores, 50 * deltas, labels, options=f"cls_num: 4 {EVERY} field_xyr: 1 field_whr: 2"
    )
    np.testing.assert_array_equal(run.bottom[1].data, 50 * deltas)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ("cls_num: 1", "number of classes"),
        ("cls_num: 3 objectness: true", "2 with objectness"),
        ('cls_num: 2 neg_mining_type: "hard"', "neg_mining_type is unknown"),
        ('cls_num: 2 neg_ranking_type: "hard"', "neg_ranking_type is unknown"),
        ('cls_num: 2 bbox_loss_type: "L3"', "bbox_loss_type is unknown"),
        ("cls_num: 2 batch_size: 0", "batch_size must be > 0"),
    ],
)
def test_settings_that_make_no_sense(options, match):
    bottoms = (np.zeros((2, c, 2, 2)) for c in (2, 4, 6))
    with pytest.raises(blobnet.LayerError, match=match):
        run_of(*bottoms, options=options)


def test_labels_have_no_gradient(rng):
    run = run_of(*drawn(rng), options="cls_num: 4")
    with pytest.raises(blobnet.LayerError, match="cannot backpropagate to label inputs"):
        run.layer.backward(run.top, [True, True, True], run.bottom)
