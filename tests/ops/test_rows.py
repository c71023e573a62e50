import numpy as np
import pytest

from blobnet.ops.rows import add_rows, take_rows

INDICES = [[0, 1, 2], [2, 2, 0, 2, 1, 0], [1], [2, 0], [0, 0, 0, 0], []]
ROW_SHAPES = [(), (3,), (2, 2), (0,)]


@pytest.mark.parametrize("indices", INDICES)
@pytest.mark.parametrize("row_shape", ROW_SHAPES)
def test_rows_are_taken(indices, row_shape, rng):
    x = rng.normal(size=(3, *row_shape))
    out = np.full((len(indices), *row_shape), np.nan)
    take_rows(x, np.array(indices, np.intp), out)
    for row, index in zip(out, indices, strict=True):
        np.testing.assert_array_equal(row, x[index])


@pytest.mark.parametrize("indices", INDICES)
@pytest.mark.parametrize("row_shape", ROW_SHAPES)
def test_rows_are_added_to_what_is_there(indices, row_shape, rng):
    rows = rng.normal(size=(len(indices), *row_shape))
    out = rng.normal(size=(3, *row_shape))
    expected = out.copy()
    for row, index in zip(rows, indices, strict=True):
        expected[index] += row
    add_rows(rows, np.array(indices, np.intp), out)
    np.testing.assert_allclose(out, expected, rtol=1e-12)


def test_no_rows_of_no_items():
    out = np.empty((0, 3))
    take_rows(np.empty((0, 3)), np.empty(0, np.intp), out)
    add_rows(np.empty((0, 3)), np.empty(0, np.intp), out)
