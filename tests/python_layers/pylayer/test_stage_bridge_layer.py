import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers.pylayer._masks import mask_within
from tests.python_layers.pylayer.test_proposal_target_layer import INFO, SIZES, TRUTH
from tests.python_layers.rpn.test_proposal_layer import overlap
from tests.python_layers.rpn.test_proposal_target_layer import expected_row
from tests.python_layers.running import run_python

LIMITS = np.array([299, 199, 299, 199])


PARAM = "{'use_clip': 0, 'feat_stride': 16, 'num_classes': 5}"


def bridge(*bottom, tops=8, param=PARAM, **more):
    names = "pylayer.stage_bridge_layer", "StageBridgeLayer"
    return run_python(*names, *bottom, tops=tops, param_str=param, **more)


@pytest.fixture
def stage(rng):
    """Regions near boxes and at the edge, changes and scores."""
    near = TRUTH[rng.integers(2, size=12), :4] + rng.integers(-9, 10, size=(12, 4))
    regions = np.concatenate([near, [[250, 150, 299, 199], [200, 20, 240, 90]]])
    regions = np.concatenate([np.zeros((14, 1)), regions], axis=1)
    return regions, rng.normal(size=(14, 20)) * 0.1, rng.random((14, 5))


def moved(region, changes):
    x1, y1, x2, y2 = region
    w, h = x2 - x1 + 1, y2 - y1 + 1
    cx, cy = x1 + w / 2 + changes[0] * w, y1 + h / 2 + changes[1] * h
    w, h = w * np.exp(changes[2]), h * np.exp(changes[3])
    return np.array([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])


def test_in_detection_regions_move_as_their_likeliest_class_says(stage):
    regions, changes, scores = stage
    scores[0, 0] = 2  # no object is a class, too
    run = bridge(*stage, INFO, tops=1, param="", phase="TEST")
    for row, found in enumerate(run.top[0].data):
        kind = int(scores[row].argmax())
        box = moved(regions[row, 1:], changes[row, 4 * kind : 4 * kind + 4])
        np.testing.assert_allclose(found, [0, *box.clip(0, LIMITS)])


def train(stage, masks, **more):
    return bridge(*stage, TRUTH, masks, INFO, SIZES, **more)


@pytest.fixture
def masks(rng):
    return (rng.random((2, 41, 30)) < 0.7).astype(float)


def expected_order(stage):
    """Regions as they move, whether they stay whole, and in which order they come."""
    regions, changes, scores = stage
    boxes, whole = [], []
    for row, region in enumerate(regions[:, 1:]):
        kind = 1 + int(scores[row, 1:].argmax())
        boxes.append(moved(region, changes[row, 4 * kind : 4 * kind + 4]))
        whole.append((boxes[-1] == boxes[-1].clip(0, LIMITS)).all())
    boxes = [box.clip(0, LIMITS) for box in boxes] + list(TRUTH[:, :4])
    most = [max(overlap(box, other) for other in TRUTH) for box in boxes]
    first = [index for index, share in enumerate(most) if share >= 0.5]
    rest = [index for index, share in enumerate(most) if share < 0.5]
    return boxes, whole, first, rest


def test_objects_come_first_and_are_told_all(stage, masks):
    run = train(stage, masks)
    rois, labels, targets, weights, infos, changes, inside, outside = (b.data for b in run.top)
    boxes, _, first, rest = expected_order(stage)
    assert len(first) > 2 <= len(rest)
    np.testing.assert_allclose(rois[:, 1:], [boxes[index] for index in first + rest])
    for row, roi in enumerate(rois[:, 1:]):
        is_object = row < len(first)
        nearest = int(np.argmax([overlap(roi, box) for box in TRUTH]))
        label, its, its_weights = expected_row(roi, TRUTH, 5, is_object)
        assert labels[row] == label
        np.testing.assert_allclose(changes[row], its, atol=1e-12)
        np.testing.assert_array_equal(inside[row], its_weights)
        np.testing.assert_array_equal(weights[row], is_object)
        if is_object:
            region, box = np.rint(roi / 2), np.rint(TRUTH[nearest, :4] / 2)
            rows, columns = SIZES[nearest]
            mask = masks[nearest, :rows, :columns]
            shown = mask_within(region.astype(int), box.astype(int), mask, 21, 0.4)
            np.testing.assert_array_equal(targets[row, 0], shown)
            told = [nearest, rows, columns, label, *region, *box]
            np.testing.assert_array_equal(infos[row], told)
        else:
            np.testing.assert_array_equal(infos[row], -1)
    np.testing.assert_array_equal(outside, inside > 0)


@pytest.mark.parametrize("limit", [None, 0.25])
def test_gradients_are_those_of_the_formulas(stage, masks, rng, limit):
    param = "{'use_clip': 1, 'clip_base': 4, 'num_classes': 5}" if limit else "{'num_classes': 5}"
    run = train(stage, masks, param=param)
    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward([True, True, *[False] * 5])
    regions, changes, scores = stage
    _, whole, first, rest = expected_order(stage)
    of_regions, of_changes = np.zeros_like(regions), np.zeros_like(changes)
    for row, index in enumerate(first + rest):
        if index >= len(regions):
            continue
        kind = 1 + int(scores[index, 1:].argmax())
        dx, dy, dw, dh = changes[index, 4 * kind : 4 * kind + 4]
        _, x, y, w, h = run.top[0].diff[row]
        of_regions[index, 1:] = x, y, w * (dx + np.exp(dw)), h * (dy + np.exp(dh))
        a, b = regions[index, 2] - regions[index, 0], regions[index, 3] - regions[index, 1]
        if whole[index]:
            its = x * a, y * b, w * np.exp(dw) * a, h * np.exp(dh) * b
            of_changes[index, 4 * kind : 4 * kind + 4] = its
    assert 0 < sum(whole) < len(whole)
    if limit:
        of_changes = of_changes.clip(-limit, limit)
    np.testing.assert_allclose(run.bottom[0].diff, of_regions)
    np.testing.assert_allclose(run.bottom[1].diff, of_changes)


def test_blobs_that_do_not_fit_together(stage, masks):
    regions, changes, scores = stage
    with pytest.raises(LayerError, match="do not fit together"):
        train((regions, changes, scores[:, 1:]), masks)
    with pytest.raises(LayerError, match="do not fit together"):
        train((regions[1:], changes, scores), masks)
    with pytest.raises(LayerError, match="masks and boxes do not fit"):
        train(stage, masks[:1])
    with pytest.raises(LayerError, match="wrong number of bottoms"):
        bridge(*stage, INFO)
    with pytest.raises(LayerError, match="num_classes"):
        train(stage, masks, param="")


def test_detection_has_no_gradient(stage):
    run = bridge(*stage, INFO, tops=1, param="", phase="TEST")
    with pytest.raises(LayerError, match="phase TRAIN"):
        run.backward([True, False, False, False])
