import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layers.detection.yolo._overlap_slopes import overlap_slopes
from blobnet.proto import Yolov3Parameter
from blobnet.testing import run_layer
from tests.conformance.cases.detection_yolo import yolo_labels
from tests.layers.detection.yolo.v3_oracle import Oracle, overlap, slopes, text


def listed(labels):
    rows = labels.reshape(len(labels), -1, 5)
    return [[row for row in image if row[1]] for image in rows]


def check(rng, mask=(2, 3), type_name="Yolov3", gaussian=False, crowded=False, **settings):
    values = len(mask) * ((9 if gaussian else 5) + 3)
    x = rng.normal(size=(4, values, 3, 4))
    labels = yolo_labels(300)(4, rng)
    if crowded:  # several boxes of one cell
        labels.reshape(4, 300, 5)[:, :3, 1:3] = rng.uniform(0.3, 0.32, (4, 3, 2))
        labels.reshape(4, 300, 5)[:, :3, 3:] = rng.uniform(0.4, 0.7, (4, 3, 2))
    expected = Oracle(x, listed(labels), list(mask), 3, gaussian, **settings)
    assert expected.overlaps
    run = run_layer(text(type_name, list(mask), 3, **settings), x, labels)
    np.testing.assert_allclose(run.top[0].data, expected.loss, rtol=1e-6)
    run.top[0].diff[...] = 3
    for _ in range(2):
        run.backward()
        gradient = expected.scaled.reshape(x.shape) * 3 / 4
        np.testing.assert_allclose(run.bottom[0].diff, gradient, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", Yolov3Parameter.IOU_LOSS.keys())
@pytest.mark.parametrize("logic", [False, True])
@pytest.mark.parametrize("crowded", [False, True])
def test_each_kind_of_overlap(rng, kind, logic, crowded):
    check(rng, iou_loss=kind, use_logic_gradient=logic, crowded=crowded)


@pytest.mark.parametrize(
    "settings",
    [
        {"use_focal_loss": True},
        {"label_smooth_eps": 0},
        {"iou_loss": "GIOU", "accumulate": False},
        {"iou_loss": "IOU", "max_delta": 0.25},
        {"iou_loss": "IOU", "max_delta": 3.4028234663852886e38},
        {"iou_thresh": 1},
        {"thresh": 0.125},
    ],
    ids=str,
)
@pytest.mark.parametrize("crowded", [False, True])
def test_each_setting(rng, settings, crowded):
    check(rng, crowded=crowded, **settings)


@pytest.mark.parametrize("mask", [(0, 1), (1, 2), (3, 2, 0)])
def test_each_part_of_the_anchors(rng, mask):
    check(rng, mask, iou_loss="CIOU", crowded=True)


@pytest.mark.parametrize("kind", ["IOU", "GIOU", "DIOU", "CIOU"])
def test_slopes_of_boxes_that_meet_and_that_do_not(rng, kind):
    for _ in range(50):
        a, b = rng.uniform(0.1, 0.6, (2, 4))
        found = overlap_slopes(a, b, Yolov3Parameter.IOU_LOSS.Value(kind))
        np.testing.assert_allclose(found, slopes(kind, a, b), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["IOU", "GIOU"])
def test_slopes_by_the_place_are_derivatives(rng, kind):
    for _ in range(20):
        a, b = rng.uniform(0.2, 0.4, (2, 4))
        found = overlap_slopes(a, b, Yolov3Parameter.IOU_LOSS.Value(kind))
        for axis, factor in enumerate([1, 1, 2, 2]):
            step = 1e-6 * (np.arange(4) == axis)
            slope = (overlap(kind, a + step, b) - overlap(kind, a - step, b)) / 2e-6
            np.testing.assert_allclose(found[axis], factor * slope, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("changed", "shapes", "message"),
    [
        ({}, ((2, 15, 3, 3), (2, 1500)), "values"),
        ({}, ((2, 16, 3, 3), (2, 150)), "300 rows"),
        ({"anchors_scale": 0}, ((2, 16, 3, 3), (2, 1500)), "at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(changed, shapes, message):
    with pytest.raises(LayerError, match=message):
        run_layer(text("Yolov3", [0, 1], 3, **changed), *map(np.zeros, shapes))


@pytest.mark.parametrize("mask", [[0, 4], []])
def test_masks_without_anchors_are_refused(mask):
    settings = text("Yolov3", mask, 3).replace("num: 0", "num: 2")
    with pytest.raises(LayerError, match="mask"):
        run_layer(settings, np.zeros((1, 16, 3, 3)), np.zeros((1, 1500)))


@pytest.mark.parametrize(
    ("row", "message"), [([3, 0.5, 0.5, 0.1, 0.1], "no class"), ([0, 1.5, 0.9, 1, 1], "outside")]
)
def test_labels_that_are_none_are_refused(row, message):
    labels = np.zeros((1, 300, 5))
    labels[0, 0] = row
    with pytest.raises(LayerError, match=message):
        run_layer(text("Yolov3", [0, 1], 3), np.zeros((1, 16, 3, 3)), labels.reshape(1, 1500))
