"""Shapes that files state, and how errors show them."""

from __future__ import annotations

import pytest

from blobnet import BlobError
from blobnet.shapes import MAX_COUNT, as_shape, is_possible, number_in_words, shape_in_words

HUGE = 10**5000  # Python does not print it


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (-7, "-7"),
        (2**63, str(2**63)),
        (2**64, "2^64 or more"),
        (-(2**70), "-2^70 or more"),
        (HUGE, "2^16609 or more"),
    ],
    ids=range(6),
)
def test_any_number_can_be_shown(number, words):
    assert number_in_words(number) == words


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0, -1), (1,) * 32])
def test_a_shape_is_shown_as_python_does(shape):
    assert shape_in_words(shape) == str(shape)


def test_very_many_axes_are_counted():
    assert shape_in_words((5,) * 10**6) == "(5, 5, 5, 5, and so on: 1000000 axes)"


@pytest.mark.parametrize(
    "shape",
    [(1,) * 33, (-1, 2), (2**62, 2**62), (0, 2**62, 2**62), (HUGE,), (HUGE,) * 10**5],
    ids=range(6),
)
def test_a_shape_that_no_memory_can_hold_is_refused_in_words(shape):
    assert not is_possible(shape)
    with pytest.raises(BlobError, match=r"cannot have this shape(.*\n)*.*got:"):
        as_shape((shape,))


@pytest.mark.parametrize("shape", [(), (0,), (0, 2**40), (MAX_COUNT,), (1,) * 32])
def test_a_shape_that_might_be_is_taken(shape):
    assert is_possible(shape)
    assert as_shape((shape,)) == shape
