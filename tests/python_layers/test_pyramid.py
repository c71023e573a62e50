import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers._boxes import base_anchors
from blobnet.python_layers._pyramid import PyramidAnchors, by_level, split_rows


@pytest.mark.parametrize(
    ("side", "level"),
    [(0, 0), (10, 0), (111, 0), (112, 1), (223, 1), (224, 2), (448, 3), (5000, 3)],
)
def test_twice_the_side_is_one_level_up(side, level):
    found = by_level(np.array([[7.0, 9, 7 + side, 9 + side]]), 4)
    assert [list(its) for its in found] == [[0] if index == level else [] for index in range(4)]


def test_the_area_counts_and_not_the_shape():
    boxes = np.array([[0.0, 0, 448, 112], [0, 0, 112, 448], [50, 50, 20, 20], [np.nan, 0, 9, 9]])
    assert [list(its) for its in by_level(boxes, 5)] == [[2, 3], [], [0, 1], [], []]


def test_levels_have_as_many_rows_or_as_many_as_they_need():
    rows, places = (
        np.arange(6.0).reshape(3, 2),
        [np.array([2, 0]), np.array([], int), np.array([1])],
    )
    padded = split_rows(rows, places, 3, fill=-1)
    assert [level.tolist() for level in padded] == [
        [[4, 5], [0, 1], [-1, -1]], [[-1, -1]] * 3, [[2, 3], [-1, -1], [-1, -1]],
    ]  # fmt: skip
    dense = split_rows(rows, places, None)
    assert [level.tolist() for level in dense] == [[[4, 5], [0, 1]], [[0, 0]] * 4, [[2, 3]]]


def test_anchors_grow_with_the_stride():
    kinds = PyramidAnchors.of({"feat_stride": (16, 32), "scales": (8,)}, "It")
    np.testing.assert_array_equal(kinds.at(0, 1, 1), base_anchors((8,)))
    assert kinds.per_place == 3
    square = kinds.at(1, 1, 2)[[1, 4]]  # the ratio 1 of both places
    np.testing.assert_array_equal(square, [[-112, -112, 143, 143], [-80, -112, 175, 143]])


@pytest.mark.parametrize("settings", [{"feat_stride": (4, 0)}, {"ratios": -1}, {"scales": "x"}])
def test_settings_that_are_no_anchors(settings):
    with pytest.raises(LayerError, match=f'It: "{next(iter(settings))}" in param_str'):
        PyramidAnchors.of(settings, "It")
