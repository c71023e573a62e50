"""Formulas, and several vectors at once, against the same arithmetic in numpy."""

import numpy as np
import pytest

from blobnet.ops.jit import compiled
from blobnet.ops.simd.isa import LANES

pytestmark = pytest.mark.skipif(
    compiled("conv.winograd_kernel") is None, reason="numba is not at hand"
)

VECTORS = 3


def squares_and_more(a, b, c):
    """What a formula can do; numbers and arrays can do it as well."""
    return a * a + b, (c - a) * 0.25


def leaky_products(a, b, slope):
    return ((a * b).leaky(slope),)


@pytest.fixture(params=["f4", "f8"])
def x(request):
    return np.random.default_rng(4).standard_normal(100).astype(request.param)


@pytest.fixture
def y(x):
    return np.full(100, np.nan, x.dtype)


def vectors(x, places):
    return np.stack([x[place : place + LANES] for place in places])


def apply(function, results, x, y, step):
    """y[0 : ] = the results one behind the other, of vectors `step` apart."""
    import numba

    from blobnet.ops.simd.formulas import formula, load_rows, store_rows

    on_lanes = formula(results=results)(function)

    @numba.njit
    def kernel(x, y, step, count):
        store_rows(on_lanes(load_rows(x, 1, step, VECTORS)), y, 0, LANES, count)

    kernel(x, y, step, LANES)
    return y[: results * LANES].reshape(results, LANES)


@pytest.mark.parametrize("step", [0, 5, 30])
def test_a_formula_is_what_numpy_makes_of_it(x, y, step):
    seen = apply(squares_and_more, 2, x, y, step)
    expected = np.stack(squares_and_more(*vectors(x, [1, 1 + step, 1 + 2 * step])))
    np.testing.assert_allclose(seen, expected, rtol=1e-6)
    assert np.isnan(y[2 * LANES :]).all()


def test_leaky_values(x, y):
    x[1:4] = 0, np.nan, np.inf
    (seen,) = apply(leaky_products, 1, x, y, 30)
    a, b, slope = vectors(x, [1, 31, 61])
    np.testing.assert_allclose(seen, np.where(a * b > 0, a * b, a * b * slope), rtol=1e-6)
    assert np.isnan(seen[1])
    assert (seen < 0).any()


@pytest.mark.parametrize("count", [0, 1, 5, LANES, LANES + 2])
def test_only_some_lanes_are_put(x, y, count):
    import numba

    from blobnet.ops.simd.formulas import load_rows, store_rows, store_rows_at

    table = np.array([40, -1, 70])

    @numba.njit
    def kernel(x, y, table, count):
        values = load_rows(x, 0, LANES, VECTORS)
        store_rows(values, y, 0, 10, count)
        store_rows_at(values, y, 1, table, count)

    kernel(x, y, table, count)
    expected, some = np.full_like(y, np.nan), min(count, LANES)
    for k in range(VECTORS):
        values = x[k * LANES : k * LANES + some]
        expected[k * 10 : k * 10 + some] = values
        if table[k] >= 0:
            expected[1 + table[k] : 1 + table[k] + some] = values
    np.testing.assert_array_equal(y, expected)


def test_vectors_read_by_a_table(x, y):
    import numba

    from blobnet.ops.simd.formulas import load_rows_at, store_rows

    table = np.array([[9, 9, 9], [7, 0, 3]])

    @numba.njit
    def kernel(x, y, table, first):
        store_rows(load_rows_at(x, 2, table, first, 10, VECTORS), y, 0, LANES, LANES)

    kernel(x, y, table, 3)
    np.testing.assert_array_equal(y[: 3 * LANES].reshape(3, LANES), vectors(x, [72, 2, 32]))
