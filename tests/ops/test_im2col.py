import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops.im2col import col2im, im2col
from blobnet.ops.window import Window
from tests.ops import plain_loops
from tests.ops.windows import seeds, windows_and_sizes


def unfolded(x, window):
    """x (N, C, *size) by im2col as (N, C, *kernel, *places), through the axes it works on."""
    places = window.output_size(x.shape[2:])
    columns = np.full((x.shape[1], *window.kernel, len(x), *places), np.nan)
    im2col(x.swapaxes(0, 1), window, columns)
    return np.moveaxis(columns, 1 + len(places), 0)


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
    x = np.full((channels, num, *size), np.nan)
    col2im(np.moveaxis(columns, 0, 1 + len(size)), window, x)
    expected = plain_loops.images(columns, window, size)
    np.testing.assert_allclose(x.swapaxes(0, 1), expected, rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(windows_and_sizes(), st.integers(1, 3), seeds)
def test_images_may_stand_on_the_last_axis(window_and_size, num, seed):
    window, size = window_and_size
    dims = len(size)
    x = np.random.default_rng(seed).normal(size=(2, *size, num))
    columns = np.full((2, *window.kernel, *window.output_size(size), num), np.nan)
    im2col(x, window, columns, first=1)
    expected = plain_loops.columns(np.moveaxis(x, -1, 0), window)
    np.testing.assert_array_equal(np.moveaxis(columns, -1, 0), expected)

    back, back_expected = np.full_like(x, np.nan), np.empty((2, num, *size))
    col2im(columns, window, back, first=1)
    col2im(np.moveaxis(columns, -1, 1 + dims), window, back_expected)
    np.testing.assert_array_equal(np.moveaxis(back, -1, 1), back_expected)


@settings(deadline=None, max_examples=60)
@given(windows_and_sizes().filter(lambda drawn: drawn[1]), st.integers(0, 5), seeds)
def test_columns_may_begin_at_any_row(window_and_size, row, seed):
    window, size = window_and_size
    places = window.output_size(size)
    row %= places[0]
    x = np.random.default_rng(seed).normal(size=(2, 1, *size))
    columns = np.full((2, *window.kernel, 1, places[0] - row, *places[1:]), np.nan)
    im2col(x, window, columns, row=row)
    behind = (slice(None),) * (1 + len(size))
    whole = np.moveaxis(plain_loops.columns(x.swapaxes(0, 1), window), 0, 1 + len(size))
    np.testing.assert_array_equal(columns, whole[(*behind, slice(None), slice(row, None))])
