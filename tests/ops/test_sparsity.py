"""Group lasso, masks and thresholds against plain loops."""

import math

import numpy as np
import pytest

from blobnet.ops import sparsity


def plain_pull(weights, rows, columns):
    """w / |block|, one weight at a time."""
    matrix = weights.reshape(weights.shape[0], -1)
    pull = np.zeros_like(matrix)
    for (i, j), w in np.ndenumerate(matrix):
        total = 0.0
        for y in range(rows):
            for x in range(columns):
                total += matrix[i // rows * rows + y, j // columns * columns + x] ** 2
        pull[i, j] = w / math.sqrt(total) if total else 0
    return pull.reshape(weights.shape)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (6, 1), (1, 12), (2, 3), (3, 4), (6, 12)])
def test_blocks_are_pulled_by_their_norms(rows, columns, rng):
    weights = rng.normal(size=(6, 3, 2, 2))
    weights[:3] = 0  # some blocks are 0 and are left alone
    got = sparsity.group_lasso_pull(weights, rows, columns)
    np.testing.assert_allclose(got, plain_pull(weights, rows, columns), rtol=1e-12)


def test_the_pull_is_the_gradient_of_the_sum_of_norms(rng):
    weights = rng.normal(size=(4, 6))

    def norms(values):
        return sum(np.linalg.norm(values[i : i + 2, j : j + 3]) for i in (0, 2) for j in (0, 3))

    for at in np.ndindex(weights.shape):
        step = np.zeros_like(weights)
        step[at] = 1e-6
        slope = (norms(weights + step) - norms(weights - step)) / 2e-6
        assert sparsity.group_lasso_pull(weights, 2, 3)[at] == pytest.approx(slope, abs=1e-8)


def test_a_vector_is_a_column_and_a_number_a_matrix_of_one():
    np.testing.assert_array_equal(sparsity.group_lasso_pull(np.array([2.0, -3.0]), 1, 1), [1, -1])
    np.testing.assert_array_equal(sparsity.group_lasso_pull(np.array(-2.0), 1, 1), -1)


def test_small_weights_become_0():
    weights = np.array([0.1, -0.1, 0.11, -0.2, 0, np.nan, np.inf])
    sparsity.zero_small(weights, 0.1)
    np.testing.assert_array_equal(weights, [0, 0, 0.11, -0.2, 0, np.nan, np.inf])


def test_the_threshold_falls_with_the_change(rng):
    weights, change = rng.normal(size=200), rng.normal(size=200) * 0.1
    change[::5] = 0
    expected = [
        0.0 if abs(w) <= 1 / (abs(d) / 0.2 + 1 / (4 * 0.2)) else w
        for w, d in zip(weights.tolist(), change.tolist(), strict=True)
    ]
    sparsity.zero_small_that_rest(weights, change, 0.2, 4)
    np.testing.assert_array_equal(weights, expected)
    assert 0 < np.count_nonzero(weights) < 200


@pytest.mark.parametrize("groups", [1, 2])
def test_rows_and_columns_of_0_are_cut(groups, rng):
    weights = rng.normal(size=(4, 3, 2)).astype("f4")
    weights[1] = 0
    weights[:, 0, 1] = 0
    weights[2:, 2, 0] = 0  # a column of 0 in the second of two groups only
    weights[3, 0, 0] = 0  # a 0 in a row and a column that go on
    expected = np.ones_like(weights)
    band = 4 // groups
    for o, c, k in np.ndindex(weights.shape):
        first = o // band * band
        row_is_0 = not weights[o].any()
        column_is_0 = not weights[first : first + band, c, k].any()
        expected[o, c, k] = not (row_is_0 or column_is_0)
    got = sparsity.connected_in_groups(weights, groups)
    np.testing.assert_array_equal(got, expected)
    assert got.dtype == weights.dtype
    assert got[3, 0, 0] == 1


def test_each_0_is_cut_for_itself():
    weights = np.array([[0.0, 2], [-1, 0]])
    np.testing.assert_array_equal(sparsity.connected(weights), [[0, 1], [1, 0]])
