"""Traced functions, and the operators of lanes, against the same arithmetic in numpy."""

import operator
from typing import NamedTuple

import numpy as np
import pytest

from blobnet.ops.jit import compiled
from blobnet.ops.simd.isa import LANES

trace = compiled("simd.trace")
pytestmark = pytest.mark.skipif(trace is None, reason="numba is not at hand")

VECTORS = 3


def squares_and_more(a, b, c):
    """What a formula can do; numbers and arrays can do it as well."""
    return a * a + b, (c - a) * 0.25


def leaky_products(a, b, slope):
    from blobnet.ops.simd.vector import leaky

    return (leaky(a * b, slope),)


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

    @trace.traced
    def run(x, y, step):
        found = function(*(x.load(step * k + 1) for k in range(VECTORS)))
        for k, value in enumerate(found):
            y.store(value, k * LANES)

    @numba.njit
    def kernel(x, y, step):
        run(x, y, step)

    kernel(x, y, step)
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


OPERATIONS = [
    lambda a, b, number: a + b,
    lambda a, b, number: a - b,
    lambda a, b, number: a * b,
    lambda a, b, number: a / b,
    lambda a, b, number: -a,
    lambda a, b, number: number - a,
    lambda a, b, number: a * number + 0.1,
    lambda a, b, number: 2 / a,
    lambda a, b, number: 1 - a,
    lambda a, b, number: a - 0,
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operators_of_a_kernel_are_those_of_numpy(x, y, operation):
    """Bit for bit, and in the precision of the lanes, whatever the number is."""
    import numba

    from blobnet.ops.simd.vector import load, store

    run = numba.njit(operation)

    @numba.njit
    def kernel(x, y, number):
        store(run(load(x, 3), load(x, 40), number), y, 0)

    kernel(x, y, 0.7)
    a, b = vectors(x, [3, 40])
    np.testing.assert_array_equal(y[:LANES], operation(a, b, x.dtype.type(0.7)))
    assert np.isnan(y[LANES:]).all()


@pytest.mark.parametrize("name", ["gt", "lt", "ge", "le", "eq"])
def test_comparisons_choose_lanes(x, y, name):
    import numba

    from blobnet.ops.simd.vector import load, store, where

    x[0:4] = np.nan, x[51], 0, -0.0
    x[53] = np.nan
    compare = getattr(operator, name)

    @numba.njit
    def kernel(x, y):
        a, b = load(x, 0), load(x, 50)
        store(where(compare(a, b), a, -1), y, 0)
        store(where(compare(a, 0.0), 5.0, b), y, LANES)

    kernel(x, y)
    a, b = vectors(x, [0, 50])
    np.testing.assert_array_equal(y[:LANES], np.where(compare(a, b), a, -1))
    np.testing.assert_array_equal(y[LANES : 2 * LANES], np.where(compare(a, 0), 5, b))


@pytest.mark.parametrize("count", [-3, 0, 1, 5, LANES, LANES + 2])
def test_only_what_is_before_the_end_is_read_and_written(x, y, count):
    import numba

    from blobnet.ops.simd.vector import load, store

    @numba.njit
    def kernel(x, y, end):
        store(load(x, 10), y, 10, end)
        store(load(x, 10, end), y, 30)
        store(load(x, 10, end, 9), y, 50)

    kernel(x, y, 10 + count)
    expected, some = np.full_like(y, np.nan), min(max(count, 0), LANES)
    expected[30 : 30 + LANES], expected[50 : 50 + LANES] = 0, 9
    for at in (10, 30, 50):
        expected[at : at + some] = x[10 : 10 + some]
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("step", [1, 2, 5])
@pytest.mark.parametrize("column", [-7, 0, 12, 19, 30])
def test_a_row_is_all_that_is_read_and_written(x, y, column, step):
    import numba

    from blobnet.ops.simd.vector import load, load_strided, store, store_strided

    @numba.njit
    def kernel(x, y, row, column, step, width):
        store(load_strided(x, row, column, step, width), y, 0)
        store(load_strided(x, row, column, step, width, 9), y, LANES)
        store_strided(load(x, 0), y, row, column, step, width)

    kernel(x, y, 40, column, step, 23)
    columns = column + step * np.arange(LANES)
    inside = (columns >= 0) & (columns < 23)
    expected = np.full_like(y, np.nan)
    for lane in range(LANES):
        expected[[lane, LANES + lane]] = x[40 + columns[lane]] if inside[lane] else (0, 9)
        if inside[lane]:
            expected[40 + columns[lane]] = x[lane]
    np.testing.assert_array_equal(y, expected)


def test_vectors_by_a_table(x, y):
    import numba

    from blobnet.ops.simd.flow import when

    table = np.array([[9, 9, 9], [7, 0, 3]])
    to = np.array([40, -1, 70])

    @trace.traced
    def copy(x, table, first, y, to):
        for k in range(VECTORS):
            with when(to[k] >= 0):
                y.store(x.load(table[first + k] * 10 + 2), to[k])

    @numba.njit
    def kernel(x, table, first, y, to):
        copy(x, table, first, y, to)

    kernel(x, table, 3, y, to)
    expected = np.full_like(y, np.nan)
    expected[40 : 40 + LANES], expected[70 : 70 + LANES] = vectors(x, [72, 32])
    np.testing.assert_array_equal(y, expected)


class Numbers(NamedTuple):
    """What a plan looks like."""

    table: np.ndarray
    least: int
    is_reversed: bool


def test_plans_keep_their_names_and_arrays_their_shapes(x):
    import numba

    from blobnet.ops.simd.flow import loop
    from blobnet.ops.simd.vector import where

    @trace.traced
    def run(plan, x) -> None:
        with loop(0, plan.table.shape[0]) as k:
            number = plan.table[k, 1] * 10 + plan.table[k, 0] - plan.least
            x[where(plan.is_reversed, x.size - 1 - k, k)] = number

    @numba.njit
    def kernel(plan, x):
        run(plan, x)

    table = np.array([[1, 4], [2, 5], [3, 6]])
    kernel(Numbers(table, 7, False), x)
    kernel(Numbers(table, 7, True), x)
    np.testing.assert_array_equal(x[:3], [34, 45, 56])
    np.testing.assert_array_equal(x[:-4:-1], [34, 45, 56])


def test_whole_numbers(x):
    import numba

    from blobnet.ops.simd.vector import maximum, minimum

    @trace.traced
    def results(a, b):
        return (
            a // b, a % b, *divmod(a, 3), 100 // b, a - 2 * b, -a, minimum(a, b), maximum(3, b),
            (a != b) & (a > 2), ~(a >= b),
        )  # fmt: skip

    @numba.njit
    def kernel(a, b):
        return results(a, b)

    for a, b in ((17, 5), (2, 2), (4, 9)):
        expected = (
            a // b, a % b, a // 3, a % 3, 100 // b, a - 2 * b, -a, min(a, b), max(3, b),
            a != b and a > 2, a < b,
        )  # fmt: skip
        assert kernel(a, b) == expected


def test_small_whole_numbers_of_arrays_are_not_negative():
    import numba

    @trace.traced
    def run(table, small, found) -> None:
        found[0] = table[small[0]]

    @numba.njit
    def kernel(table, small, found):
        run(table, small, found)

    found = np.zeros(1, np.int64)
    for dtype in (np.uint8, np.uint16):
        largest = np.iinfo(dtype).max
        kernel(np.arange(largest + 1) * 2, np.array([largest], dtype), found)
        assert found[0] == 2 * largest


def test_a_loop_goes_on_until_it_is_left():
    import numba

    from blobnet.ops.simd.flow import counter, forever, when

    @trace.traced
    def run(x, end):
        count = counter(end.builder, 3)
        with forever(end.builder) as leave:
            with when(count[0] >= end):
                leave()
            with when(x[count[0]] > 0):
                leave()
            count[0] = count[0] + 1
        return count[0]

    @numba.njit
    def kernel(x, end):
        return run(x, end)

    x = np.array([1.0, 1, 1, 0, 0, 0, 1, 0])
    assert [kernel(x, end) for end in (2, 3, 5, 8)] == [3, 3, 5, 6]


def test_one_of_two_arrays(x, y):
    import numba

    from blobnet.ops.simd.flow import either
    from blobnet.ops.simd.vector import where

    @trace.traced
    def run(x, y, is_first) -> None:
        array, at = either(is_first, lambda: [x, 1], lambda: [y, 2])
        array[at] = 7
        where(is_first, x, y)[0] = 8

    @numba.njit
    def kernel(x, y, is_first):
        run(x, y, is_first)

    kernel(x, y, True)
    kernel(x, y, False)
    assert (x[0], x[1], y[0], y[2]) == (8, 7, 8, 7)


def test_a_square_root_is_that_of_numpy(x, y):
    (seen,) = apply(lambda a, b, c: (np.sqrt(a * a + c),), 1, np.abs(x), y, 30)
    a, _, c = vectors(np.abs(x), [1, 31, 61])
    np.testing.assert_array_equal(seen, np.sqrt(a * a + c))


def test_what_the_kernel_will_know_decides_nothing_before(x, y):
    def wrong(a, b, c):
        return (a if a > b else b,)

    with pytest.raises(TypeError, match=r"not known before the kernel runs: see `flow\.py`"):
        apply(wrong, 1, x, y, 5)


def test_a_kernel_may_be_traced_as_a_whole(x):
    from blobnet.ops.simd.flow import loop
    from blobnet.ops.simd.kernel import exact_kernel

    @exact_kernel
    @trace.traced
    def double(begin, end, x, factor) -> None:
        """x = x * factor."""
        with loop(begin, end) as i:
            x[i] = x[i] * factor

    expected = x.copy()
    expected[3:50] *= 4
    double(3, 50, x, 4)
    np.testing.assert_array_equal(x, expected)
    assert double.__name__ == "double"
    assert double.__module__ == __name__


def test_a_function_may_return_what_kernels_hand_on(x, y):
    """Numbers, conditions, tuples, and None where it has nothing to say; literals stay literal."""
    import numba

    from blobnet.ops.simd.vector import splat, store

    @trace.traced
    def parts(x, at, count, missing=None):
        assert missing is None
        assert isinstance(count, int)
        return [x.load(at + k) for k in range(count)], x[at], at * count, x[at] > 0

    @numba.njit
    def kernel(x, y, at):
        (first, _, third), number, product, is_positive = parts(x, at, 3, None)
        store(first, y, 0)
        store(third, y, LANES)
        store(splat(y, number), y, 2 * LANES)
        return product if is_positive else -product

    for value, expected in ((2, 15), (-2, -15)):
        x[5] = value
        assert kernel(x, y, 5) == expected
        seen = y[: 3 * LANES].reshape(3, LANES)
        np.testing.assert_array_equal(seen, [*vectors(x, [5, 7]), [value] * LANES])
