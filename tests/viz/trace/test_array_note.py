from __future__ import annotations

import numpy as np
import pytest

from blobnet.viz.trace.array_note import BINS, IMAGES, ArrayNote, number

NAN, INF = float("nan"), float("inf")


def test_few_values_are_kept_as_a_copy():
    array = np.arange(4.0)
    note = ArrayNote.of(array, few=4)
    array[:] = 7
    assert note.values.tolist() == [0, 1, 2, 3]


def test_many_values_are_told_by_what_they_are_like():
    note = ArrayNote.of(np.array([[-3.0, 0, 0], [1, 2, 6]]), few=5)
    assert note.values is None
    assert note.shape == (2, 3)
    assert (note.minimum, note.mean, note.maximum, note.mean_abs) == (-3, 1, 6, 2)
    assert note.zeros == pytest.approx(1 / 3)
    assert note.statistics == {
        "min": "-3",
        "mean": "1",
        "max": "6",
        "mean abs": "2",
        "zeros": "33.3 %",
    }


def test_values_that_are_no_numbers_are_counted_and_left_out():
    note = ArrayNote.of(np.array([1.0, NAN, 3.0, INF, -INF]), few=0)
    assert (note.minimum, note.mean, note.maximum, note.not_finite) == (1, 2, 3, 3)
    assert note.statistics["not finite"] == "3"
    assert ArrayNote.of(np.array([NAN])).not_finite == 1


@pytest.mark.parametrize("shape", [(0,), (0, 3), ()])
def test_arrays_without_values_and_single_numbers(shape):
    note = ArrayNote.of(np.zeros(shape, np.float32))
    assert note.shape == shape
    assert note.is_zero
    assert note.values.shape == shape


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([1.0, 2.0], [1.0, 2.0], True),
        ([1.0, NAN], [1.0, NAN], True),
        ([1.0, 2.0], [1.0, 2.5], False),
        ([1.0] * 9, [1.0] * 9, True),
        ([1.0] * 9, [2.0] * 9, False),
        ([1.0] * 9, [1.0] * 8, False),
        ([1.0], [1.0] * 9, False),
    ],
)
def test_whether_two_tell_the_same(one, other, same):
    assert ArrayNote.of(np.array(one), 4).equals(ArrayNote.of(np.array(other), 4)) is same


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.float32(0.05), "0.05"),
        (np.float32(1 / 3), "0.33333334"),
        (0.149780716132763, "0.14978072"),
        (np.float32(0), "0"),
        (-2.0, "-2"),
        (1.5e-7, "1.5e-07"),
        (np.float32(3e10), "3e+10"),
        (123456.0, "123456"),
        (NAN, "nan"),
        (-INF, "-inf"),
    ],
)
def test_a_number_has_the_digits_it_needs(value, words):
    assert number(value) == words


def test_many_values_keep_how_often_they_are_how_large():
    array = np.array([-4.0, -4, 0, NAN, 3.9, 4])
    counts = ArrayNote.of(array, few=0).counts
    assert counts.sum() == 5
    assert {int(place): int(counts[place]) for place in np.flatnonzero(counts)} == {
        0: 2,
        BINS // 2: 1,
        BINS - 1: 2,
    }
    assert ArrayNote.of(array).counts is None  # few: they are told one by one


@pytest.mark.parametrize("array", [np.zeros(50), np.array([-1e308, 1e308] * 30)])
def test_there_are_no_parts_between_two_ends_that_are_one_or_too_far_apart(array):
    assert ArrayNote.of(array).counts is None


def test_maps_keep_some_of_their_pixels(rng):
    array = rng.normal(size=(3, 7, 100, 61))
    note = ArrayNote.of(array)
    expected = array.reshape(21, 100, 61)[:IMAGES, ::2, ::2]
    np.testing.assert_array_equal(note.images, expected)
    array[:] = 0
    assert note.images.any()
    for shape in ((40, 50), (40, 50, 1), (2, 3, 1, 50)):
        assert ArrayNote.of(np.ones(shape)).images is None
