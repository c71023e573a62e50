from __future__ import annotations

import numpy as np
import pytest

from blobnet.comparing.detections import are_same_but_for_ties, in_order_of


@pytest.fixture
def boxes(rng):
    """Forty boxes of three classes, by falling score."""
    rows = np.zeros((1, 1, 40, 7), np.float32)
    rows[..., 1] = rng.integers(0, 3, 40)
    rows[..., 2] = np.sort(rng.random(40))[::-1]
    rows[..., 3:] = rng.random((40, 4))
    return rows


def test_another_order_is_the_same(boxes, rng):
    got = boxes[:, :, rng.permutation(40)]
    got[..., 2:] *= np.float32(1 + 1e-6)
    assert are_same_but_for_ties(boxes, got)


def test_a_box_of_the_same_score_may_be_there_in_place_of_another(boxes):
    got = boxes.copy()
    got[0, 0, 3, 1] += 1
    assert are_same_but_for_ties(boxes, got)
    got[0, 0, 3, 2] -= 0.01
    assert not are_same_but_for_ties(boxes, got)


@pytest.mark.parametrize("column", range(7))
def test_what_is_wrong_in_all_boxes_is_no_tie(boxes, column):
    got = boxes.copy()
    got[..., column] += 1
    assert not are_same_but_for_ties(boxes, got)


def test_more_boxes_other_shapes_and_numbers_that_are_none(boxes):
    assert not are_same_but_for_ties(boxes, boxes[:, :, :39])
    assert not are_same_but_for_ties(boxes[..., :5], boxes[..., :5])
    got = boxes.copy()
    got[0, 0, 0, 3] = np.nan
    assert not are_same_but_for_ties(boxes, got)


def test_corners_that_are_infinite_on_both_sides(boxes):
    boxes[0, 0, 7, 3:] = -np.inf, 0, np.inf, 1
    got = boxes[:, :, ::-1].copy()
    assert are_same_but_for_ties(boxes, got)


def test_no_boxes_at_all(boxes):
    assert are_same_but_for_ties(boxes[:, :, :0], boxes[:, :, :0])


def test_rows_of_equal_scores_are_put_in_one_order(boxes):
    boxes[0, 0, 5:9, 2] = boxes[0, 0, 5, 2]
    got = boxes[:, :, [*range(5), 8, 6, 5, 7, *range(9, 40)]].copy()
    np.testing.assert_array_equal(in_order_of(boxes, got), boxes)
    got[0, 0, 6, 4] += 0.01  # a row that is like none
    np.testing.assert_array_equal(in_order_of(boxes, got), got)


def test_rows_of_other_scores_keep_their_places(boxes):
    boxes[0, 0, :2, 2] = 0.9, 0.8
    got = boxes[:, :, [1, 0, *range(2, 40)]].copy()
    np.testing.assert_array_equal(in_order_of(boxes, got), got)


def test_a_row_stands_for_one_other_alone(boxes):
    boxes[0, 0, 5:8] = boxes[0, 0, 5]
    got = boxes.copy()
    got[0, 0, 7, 1] += 1
    boxes[0, 0, 6] = got[0, 0, 7]
    boxes[0, 0, 7, 3] += 0.5
    np.testing.assert_array_equal(in_order_of(boxes, got), got)


def test_what_is_no_list_of_boxes_stays(boxes):
    maps = boxes[..., :5]
    assert in_order_of(maps, maps[:, :, ::-1]) is not maps
    np.testing.assert_array_equal(in_order_of(maps, maps[:, :, ::-1]), maps[:, :, ::-1])
    few = boxes[:, :, :39]
    assert in_order_of(boxes, few) is few
    empty = boxes[:, :, :0]
    assert in_order_of(empty, empty).shape == empty.shape
