import numpy as np

from blobnet.ops.motion.taps import Taps, corner_taps, resize


def as_matrix(taps, length):
    matrix = np.zeros((len(taps.source), length))
    for place, (sources, weights) in enumerate(zip(*taps, strict=True)):
        np.add.at(matrix[place], sources, weights)
    return matrix


def test_a_transposed_table_is_the_transposed_matrix(rng):
    taps = Taps(rng.integers(6, size=(9, 3)), rng.integers(-2, 3, size=(9, 3)).astype(float))
    back = taps.transposed(6)
    np.testing.assert_array_equal(as_matrix(back, 9), as_matrix(taps, 6).T)


def test_corners_are_mapped_onto_each_other():
    np.testing.assert_allclose(
        as_matrix(corner_taps(3, 5), 3),
        [[1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1]],
    )
    np.testing.assert_array_equal(as_matrix(corner_taps(3, 1), 3), [[1, 0, 0]])


def test_both_axes_are_mixed(rng):
    x, tables = rng.normal(size=(2, 3, 4, 5)), (corner_taps(4, 7), corner_taps(5, 2))
    out = np.empty((2, 6, 7, 2))[:, ::2]  # not in one piece
    resize(x, tables, out)
    down, across = as_matrix(tables[0], 4), as_matrix(tables[1], 5)
    np.testing.assert_allclose(out, down @ x @ across.T, rtol=1e-12)


def test_what_has_no_weight_is_not_looked_at():
    x = np.array([[[[1.0, np.nan]]]])
    table = Taps(np.array([[0, 1]]), np.array([[1.0, 0.0]]))
    out = np.empty((1, 1, 1, 1))
    resize(x, (corner_taps(1, 1), table), out)
    assert out.item() == 1
