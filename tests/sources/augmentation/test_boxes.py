import numpy as np
import pytest

from blobnet.proto import EmitConstraint
from blobnet.sources.augmentation import boxes as module

WINDOW = np.float32([0.25, 0.25, 0.75, 0.75])


def box(*sides):
    return np.float32([sides])


def test_a_box_is_projected_and_clipped():
    made, left = module.projected(WINDOW, box(0.0, 0.5, 0.5, 1.0))
    np.testing.assert_array_equal(made, [[0, 0.5, 0.5, 1]])
    assert left.tolist() == [True]


@pytest.mark.parametrize(
    "sides", [(0, 0, 0.25, 1), (0.75, 0, 1, 1), (0.5, 0.5, 0.5, 0.6), (0.6, 0.4, 0.5, 0.6)]
)
def test_nothing_is_left_of_a_box_beside_the_window_or_without_an_area(sides):
    assert module.projected(WINDOW, box(*sides))[1].tolist() == [False]


def test_shares_are_those_of_the_areas():
    one, other = box(0, 0, 0.5, 0.5), box(0.25, 0, 0.75, 0.5)
    np.testing.assert_allclose(module.jaccard_overlaps(one, other), [1 / 3], rtol=1e-6)
    np.testing.assert_allclose(module.coverages(one, box(0.25, 0, 0.5, 0.25)), [0.25], rtol=1e-6)
    assert module.jaccard_overlaps(one, box(0.6, 0.6, 1, 1)) == [0]
    assert module.coverages(box(0.5, 0.5, 0.5, 0.5), one) == [0]


def test_the_centre_decides_or_what_is_inside():
    boxes = np.float32([[0, 0.3, 0.5, 0.7], [0, 0.3, 0.4, 0.7]])
    constraint = EmitConstraint()
    assert module.emitted(WINDOW, boxes, constraint).tolist() == [True, False]
    constraint.emit_type, constraint.emit_overlap = EmitConstraint.MIN_OVERLAP, 0.4
    assert module.emitted(WINDOW, boxes, constraint).tolist() == [True, False]


def test_a_mirror_keeps_left_before_right():
    np.testing.assert_allclose(module.mirrored(box(0.1, 0.2, 0.4, 0.9)), box(0.6, 0.2, 0.9, 0.9))


def test_pixels_are_whole_and_never_none():
    assert module.pixels(np.float32([0.1, 0.2, 0.59, 1.3]), 10, 20) == (slice(2, 10), slice(2, 11))
    assert module.pixels(np.float32([1, 1, 1, 1]), 10, 20) == (slice(9, 10), slice(19, 20))
