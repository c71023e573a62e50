from __future__ import annotations

import numpy as np
import pytest

from blobnet.comparing.difference import difference


def test_the_largest_difference_is_found_with_its_place():
    expected = np.array([[1.0, -8.0, 3.0], [4.0, 5.0, 6.0]], np.float32)
    got = expected.copy()
    got[0, 2] += 0.5
    got[1, 1] -= 2
    found = difference(expected, got)
    assert (found.largest, found.relative, found.place) == (2, 0.25, (1, 1))
    assert (found.expected, found.got) == (5, 3)


def test_equal_arrays_do_not_differ():
    same = np.array([np.nan, np.inf, -np.inf, 0.0, 1e-40])
    found = difference(same, same.copy())
    assert (found.largest, found.relative) == (0, 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_a_number_on_one_side_only_is_infinitely_apart(value):
    for pair in ([1.0, 2.0], [1.0, value]), ([1.0, value], [1.0, 2.0]):
        found = difference(np.array(pair[0]), np.array(pair[1]))
        assert (found.largest, found.relative, found.place) == (np.inf, np.inf, (1,))


def test_nothing_is_expected_and_something_is_there():
    assert difference(np.zeros(2), np.array([0, 1e-9])).relative == np.inf


def test_empty_arrays_and_single_numbers():
    assert difference(np.zeros((0, 3)), np.zeros((0, 3))).largest == 0
    assert difference(np.array(2.0), np.array(3.0)).place == ()


def test_large_numbers_are_subtracted_in_double_precision():
    expected, got = np.float32([3e38]), np.float32([-3e38])
    assert difference(expected, got).largest == pytest.approx(6e38)


def test_two_shapes_have_no_likeness():
    found = difference(np.ones((2, 3)), np.ones(6))
    assert (found.largest, found.relative, found.place) == (np.inf, np.inf, ())


def test_what_is_rounding():
    assert difference(np.array([1.0, 100]), np.array([1.005, 100])).is_rounding
    assert not difference(np.array([1.0, 10]), np.array([1.005, 10])).is_rounding
    assert difference(np.zeros(2), np.array([0, 1e-8])).is_rounding
    assert not difference(np.ones(2), np.array([1, np.nan])).is_rounding
