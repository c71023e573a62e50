import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops.im2col import col2im, im2col
from blobnet.ops.window import Window
from tests.ops import plain_loops
from tests.ops.windows import seeds, windows_and_sizes


def unfolded(x, window):
    """x (N, C, *size) by im2col as (N, C, *kernel, *places)."""
    columns = np.full((*x.shape[:2], *window.kernel, *window.output_size(x.shape[2:])), np.nan)
    for image, seen in zip(x, columns, strict=True):
        im2col(image, window, seen)
    return columns


def test_a_column_holds_what_the_window_sees():
    x = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    columns = unfolded(x, Window((2, 2), (1, 1), (1, 0), (1, 1)))
    assert columns.shape == (1, 1, 2, 2, 4, 2)
    np.testing.assert_array_equal(columns[0, 0, :, :, 0, 0], [[0, 0], [1, 2]])
    np.testing.assert_array_equal(columns[0, 0, :, :, 2, 1], [[5, 6], [8, 9]])
    np.testing.assert_array_equal(columns[0, 0, :, :, 3, 1], [[8, 9], [0, 0]])


@settings(deadline=None, max_examples=150)
@given(windows_and_sizes(), st.integers(0, 3), st.integers(1, 3), seeds)
def test_columns_are_those_of_plain_loops(window_and_size, num, channels, seed):
    window, size = window_and_size
    x = np.random.default_rng(seed).normal(size=(num, channels, *size))
    np.testing.assert_array_equal(unfolded(x, window), plain_loops.columns(x, window))


@settings(deadline=None, max_examples=150)
@given(windows_and_sizes(), st.integers(0, 3), st.integers(1, 3), seeds)
def test_images_are_those_of_plain_loops(window_and_size, num, channels, seed):
    window, size = window_and_size
    shape = (num, channels, *window.kernel, *window.output_size(size))
    columns = np.random.default_rng(seed).normal(size=shape)
    x = np.full((num, channels, *size), np.nan)
    for image, seen in zip(x, columns, strict=True):
        col2im(seen, window, image)
    expected = plain_loops.images(columns, window, size)
    np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-12)
