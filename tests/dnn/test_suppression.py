"""Which boxes stay, as OpenCV 4.14 has it: recorded, and beside it where it is installed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from blobnet import dnn
from tests.dnn.blob_cases import BOXES, boxes

RECORDED = Path(__file__).parents[1] / "reference" / "opencv" / "dnn_blobs.npz"


@pytest.fixture(scope="module")
def recorded():
    with np.load(RECORDED) as file:
        return dict(file)


@pytest.mark.parametrize("name", BOXES)
def test_the_boxes_that_stay_are_opencvs(name, recorded):
    bboxes, scores, classes = boxes()
    kept = dnn.NMSBoxes(bboxes, scores, *BOXES[name])
    assert list(kept) == recorded[f"nms_{name}"].tolist()
    kept = dnn.NMSBoxesBatched(bboxes.tolist(), scores.tolist(), classes, *BOXES[name])
    assert list(kept) == recorded[f"batched_{name}"].tolist()


@pytest.mark.parametrize("method", [1, 2])
def test_scores_that_shrink_are_opencvs(method, recorded):
    bboxes, scores, _ = boxes()
    updated, kept = dnn.softNMSBoxes(bboxes.astype(int), scores, 0.1, 0.3, method=method)
    assert kept.tolist() == recorded[f"soft_{method}"].tolist()
    np.testing.assert_allclose(updated, recorded[f"soft_scores_{method}"], rtol=1e-6)
    assert updated.dtype == np.float32
    few, best = dnn.softNMSBoxes(bboxes.astype(int), scores, 0.1, 0.3, 3, method=method)
    assert best.tolist() == kept[:3].tolist()
    np.testing.assert_array_equal(few, updated[:3])


def test_two_boxes_by_hand():
    pair = [[0, 0, 10, 10], [1, 1, 10, 10]]  # 81 of 119
    kept = dnn.NMSBoxes(pair, [0.5, 0.9], 0.1, 81 / 119 - 1e-6)
    assert kept.tolist() == [1]
    assert kept.dtype == np.int32
    assert dnn.NMSBoxes(pair, [0.5, 0.9], 0.1, 81 / 119 + 1e-6).tolist() == [1, 0]
    assert dnn.NMSBoxesBatched(pair, [0.5, 0.9], [0, 1], 0.1, 0.3).tolist() == [1, 0]
    scores, order = dnn.softNMSBoxes(pair, [0.5, 0.9], 0.1, 0.3)
    assert order.tolist() == [1, 0]
    assert scores[1] == pytest.approx(0.5 * math.exp(-((81 / 119) ** 2) / 0.5), rel=1e-6)


def test_turned_boxes_by_hand():
    square, turned = ((10, 10), (10, 10), 0), ((10, 10), (10, 10), 45)  # they have an octagon
    octagon = 200 * (math.sqrt(2) - 1)
    overlap = octagon / (200 - octagon)
    kept = dnn.NMSBoxesRotated([square, turned], [0.5, 0.9], 0.1, overlap - 1e-6)
    assert kept.tolist() == [1]
    kept = dnn.NMSBoxesRotated([square, turned], [0.5, 0.9], 0.1, overlap + 1e-6)
    assert kept.tolist() == [1, 0]
    within = ((12, 11), (2, 3), 20)
    assert dnn.NMSBoxesRotated([square, within], [0.5, 0.9], 0.1, 0.99).tolist() == [1]


def test_where_no_box_stays_there_is_an_empty_tuple():
    assert dnn.NMSBoxes([], [], 0.1, 0.3) == ()
    assert dnn.NMSBoxes([[0, 0, 1, 1]], [0.05], 0.1, 0.3) == ()
    assert dnn.NMSBoxesBatched([], [], [], 0.1, 0.3) == ()
    assert dnn.NMSBoxesRotated([], [], 0.1, 0.3) == ()
    assert dnn.softNMSBoxes([], [], 0.1, 0.3) == ((), ())


def test_a_score_that_is_no_number_goes():
    assert dnn.NMSBoxes([[0, 0, 1, 1]] * 2, [math.nan, 0.5], 0.1, 0.3).tolist() == [1]


def test_what_does_not_fit_is_refused():
    box = [[0, 0, 10, 10]]
    with pytest.raises(dnn.error, match="one score for each box"):
        dnn.NMSBoxes(box, [0.5, 0.9], 0.1, 0.3)
    with pytest.raises(dnn.error, match="threshold is negative"):
        dnn.NMSBoxes(box, [0.5], -0.1, 0.3)
    with pytest.raises(dnn.error, match="eta"):
        dnn.NMSBoxes(box, [0.5], 0.1, 0.3, 0)
    with pytest.raises(dnn.error, match="one class for each box"):
        dnn.NMSBoxesBatched(box, [0.5], [1, 2], 0.1, 0.3)
    with pytest.raises(dnn.error, match="unknown method"):
        dnn.softNMSBoxes(box, [0.5], 0.1, 0.3, method=3)
    with pytest.raises(dnn.error, match="NMSBoxesRotated: eta"):
        dnn.NMSBoxesRotated([((0, 0), (1, 1), 0)], [0.5], 0.1, 0.3, -1)
    for turned in ([(0, 0, 1, 1, 30)], [((0, 0), (1, 1))], [((0, 0), (1, "x"), 3)], 5):
        with pytest.raises(TypeError, match="minAreaRect"):
            dnn.NMSBoxesRotated(turned, [0.5], 0.1, 0.3)
    for wrong in ([[0, 0, 10]], [[0, 0, 10, "x"]], [[0, 0, 1, 1], [0]], 5.0):
        with pytest.raises(TypeError, match="bboxes"):
            dnn.NMSBoxes(wrong, [0.5], 0.1, 0.3)
    with pytest.raises(TypeError, match="whole numbers"):
        dnn.softNMSBoxes([[0, 0, 1.5, 2]], [0.5], 0.1, 0.3)


@pytest.mark.parametrize("seed", range(40))
def test_of_any_boxes_those_stay_that_opencv_keeps(seed):
    cv2 = pytest.importorskip("cv2")
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    bboxes = (rng.random((count, 4)) * [50, 50, 40, 40]).round(int(rng.integers(3)))
    scores = rng.random(count).astype(np.float32).round(int(rng.integers(1, 4)))
    classes = rng.integers(0, 3, count)
    arguments = (0.2, float(rng.random()), float(rng.choice([1, 0.8])), int(rng.choice([0, 5])))
    ours = dnn.NMSBoxes(bboxes, scores, *arguments)
    assert list(ours) == list(cv2.dnn.NMSBoxes(bboxes, scores, *arguments))
    ours = dnn.NMSBoxesBatched(bboxes, scores, classes, *arguments)
    assert list(ours) == list(cv2.dnn.NMSBoxesBatched(bboxes, scores, classes, *arguments))
    ours = dnn.softNMSBoxes(bboxes.astype(int), scores, *arguments[:2])
    theirs = cv2.dnn.softNMSBoxes(bboxes.astype(int), scores, *arguments[:2])
    assert list(ours[1]) == list(theirs[1])
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_of_any_turned_boxes_those_stay_that_opencv_keeps(seed):
    cv2 = pytest.importorskip("cv2")
    rng = np.random.default_rng(seed)
    rows = rng.random((int(rng.integers(1, 40)), 5)) * [40, 40, 30, 20, 360]
    bboxes = [((x, y), (w, h), angle) for x, y, w, h, angle in rows.tolist()]
    scores = rng.random(len(bboxes)).astype(np.float32)
    arguments = (0.2, float(rng.random()), float(rng.choice([1, 0.8])), int(rng.choice([0, 5])))
    ours = dnn.NMSBoxesRotated(bboxes, scores, *arguments)
    assert list(ours) == list(cv2.dnn.NMSBoxesRotated(bboxes, scores, *arguments))
