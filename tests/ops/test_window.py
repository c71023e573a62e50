import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops.window import Window, overlap
from tests.ops.windows import windows_and_sizes


@settings(deadline=None, max_examples=200)
@given(st.integers(-9, 9), st.integers(1, 4), st.integers(0, 6), st.integers(0, 6))
def test_the_overlap_is_what_lies_inside(first, step, places, length):
    inside, seen = overlap(first, step, places, length)
    expected = [p for p in range(places) if 0 <= first + p * step < length]
    assert list(range(places)[inside]) == expected
    assert list(range(length)[seen]) == [first + p * step for p in expected]


def test_the_extent_counts_the_holes_between_the_taps():
    window = Window((3, 1), (1, 1), (0, 0), (2, 5))
    assert window.extent == (5, 1)


@pytest.mark.parametrize(
    ("window", "is_point"),
    [
        (Window((1, 1), (1, 1), (0, 0), (1, 1)), True),
        (Window((1, 1), (1, 1), (0, 0), (3, 2)), True),
        (Window((), (), (), ()), True),
        (Window((1, 2), (1, 1), (0, 0), (1, 1)), False),
        (Window((1, 1), (2, 1), (0, 0), (1, 1)), False),
        (Window((1, 1), (1, 1), (0, 1), (1, 1)), False),
    ],
)
def test_a_point_is_one_value_that_goes_everywhere(window, is_point):
    assert window.is_point == is_point


@settings(deadline=None, max_examples=50)
@given(windows_and_sizes())
def test_the_input_size_is_the_smallest_with_that_output_size(window_and_size):
    window, size = window_and_size
    places = window.output_size(size)
    smallest = window.input_size(places)
    assert window.output_size(smallest) == places
    assert all(small <= length for small, length in zip(smallest, size, strict=True))
