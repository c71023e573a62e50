import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.softmax import softmax, softmax_backward


def one_row(row):
    """Softmax of a list of numbers, from its definition."""
    largest = max(row)
    exps = [math.exp(value - largest) for value in row]
    return [value / sum(exps) for value in exps]


def result(function, *arrays, axis):
    out = np.full_like(arrays[0], 77)
    function(*arrays, axis, out=out)
    return out


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=4),
    st.integers(0, 3),
    st.integers(0, 2**32 - 1),
)
def test_every_row_along_the_axis_is_the_softmax_of_that_row(shape, axis, seed):
    axis %= len(shape)
    x = np.random.default_rng(seed).normal(scale=5, size=shape)
    rows = np.moveaxis(x, axis, -1)
    expected = [one_row(row) for row in rows.reshape(-1, shape[axis])]
    y = np.moveaxis(result(softmax, x, axis=axis), axis, -1)
    np.testing.assert_allclose(y, np.reshape(expected, rows.shape), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [1e4, -1e4, 1e30, -1e30])
def test_large_scores_do_not_overflow(dtype, offset):
    x = np.array([[0, 0, 1]], dtype) + dtype(offset)
    expected = one_row(list(x[0].astype(float)))
    np.testing.assert_allclose(result(softmax, x, axis=1), [expected], rtol=1e-6)


@overflow_allowed()
def test_scores_that_are_further_apart_than_any_number():
    x = np.array([[3e38, -3e38]], np.float32)
    np.testing.assert_array_equal(result(softmax, x, axis=1), [[1, 0]])


@pytest.mark.parametrize("row", [[np.inf, 0], [np.nan, 0], [0, np.nan], [-np.inf, -np.inf]])
@overflow_allowed()
def test_a_row_without_a_meaning_is_nan_and_leaves_the_others_alone(row):
    y = result(softmax, np.array([row, [1.0, 1.0]]), axis=1)
    assert np.isnan(y[0]).all()
    np.testing.assert_array_equal(y[1], 0.5)


def test_minus_infinity_has_probability_zero():
    y = result(softmax, np.array([[-np.inf, 2.0, 2.0]]), axis=1)
    np.testing.assert_array_equal(y, [[0, 0.5, 0.5]])


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 3, 2), (2, 3, 0)])
def test_an_empty_array_stays_empty(shape):
    x = np.empty(shape)
    assert result(softmax, x, axis=1).shape == shape
    assert result(softmax_backward, x, x, axis=1).shape == shape


def test_both_may_write_over_their_input(rng):
    x, dy = rng.normal(size=(2, 3, 4, 2))
    y, dx = result(softmax, x, axis=1), result(softmax_backward, dy, x, axis=1)
    softmax_backward(dy, x, 1, out=dy)
    softmax(x, 1, out=x)
    np.testing.assert_array_equal(x, y)
    np.testing.assert_array_equal(dy, dx)


def test_backward_multiplies_by_the_jacobian(rng):
    y, dy = one_row([0.3, -1, 2]), rng.normal(size=3)
    jacobian = [[y[i] * ((i == j) - y[j]) for j in range(3)] for i in range(3)]
    dx = result(softmax_backward, dy[None], np.array([y]), axis=1)
    np.testing.assert_allclose(dx, [jacobian @ dy], rtol=1e-12)
