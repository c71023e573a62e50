"""Products by kernels: exact where nothing is rounded, the same bits wherever a value stands."""

from ctypes import CFUNCTYPE, c_int32, c_int64
from itertools import pairwise

import numpy as np
import pytest

from blobnet.ops import parallel, product
from blobnet.ops.jit import available, compiled
from blobnet.ops.launch import Fixed, Launch, Scratch
from blobnet.ops.product import FEW_ROWS, add_matmul, affine, matmul
from blobnet.ops.recording import is_recording, record
from blobnet.ops.simd.isa import LANES, register_tile

if not available():
    pytest.skip("numba is not at hand, or switched off", allow_module_level=True)

ENTRY = CFUNCTYPE(c_int32, c_int64, c_int64, c_int64)

kernels = compiled("product_kernel")
KC, MC, ITEM_COLUMNS, Product = kernels.KC, kernels.MC, kernels.ITEM_COLUMNS, kernels.Product
TILE = register_tile()
WIDE = TILE.nr * LANES
ROWS = [1, 2, 4, 5, TILE.mr - 1, TILE.mr, TILE.mr + 1, 2 * TILE.mr + 3, MC + 1]
COLUMNS = [1, 3, LANES, LANES + 1, WIDE - 1, WIDE, WIDE + 1, ITEM_COLUMNS + 5, 600]
TERMS = [1, 2, 3, 4, 5, LANES, KC - 1, KC, KC + 1, 2 * KC + 7]


@pytest.fixture(autouse=True)
def _launched(monkeypatch):
    """However little a product is."""
    monkeypatch.setattr(product, "LITTLE", 0)
    monkeypatch.setattr(product, "BLAS_ROWS", 0)


def whole_numbers(shape, rng):
    return rng.integers(-3, 4, shape).astype("f4")  # no sum of their products is rounded


def stored(array, layout):
    return np.asarray(array, order=layout)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("terms", TERMS)
def test_it_is_the_product(rows, terms, rng):
    for columns in COLUMNS:
        a, b = whole_numbers((rows, terms), rng), whole_numbers((terms, columns), rng)
        expected = np.einsum("ij,jk->ik", a.astype(int), b.astype(int))
        for a_layout in "CF":
            for b_layout in "CF":
                factors = stored(a, a_layout), stored(b, b_layout)
                out = np.full((rows, columns), np.nan, "f4")
                matmul(*factors, out=out)
                np.testing.assert_array_equal(out, expected)
                add_matmul(*factors, out=out)
                np.testing.assert_array_equal(out, 2 * expected)


def in_order(a, b):
    """The sum of the products in float64, in which float32's are exact, but rounded term by term.

    Parts of KC terms; a product and its addition are rounded once.
    """
    total = np.zeros((len(a), b.shape[1]), "f4")
    for first in range(0, a.shape[1], KC):
        part = np.zeros_like(total)
        for k in range(first, min(first + KC, a.shape[1])):
            part = (np.outer(a[:, k].astype(float), b[k].astype(float)) + part).astype("f4")
        total += part
    return total


@pytest.mark.parametrize("terms", [7, KC, KC + 1, 3 * KC - 5])
@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 40), (2, 40), (3, 70), (TILE.mr, 33), (50, 10), (30, 1)]
)
def test_terms_are_added_one_by_one_in_parts(rows, columns, terms, rng):
    a, b = rng.normal(size=(rows, terms)), rng.normal(size=(terms, columns))
    a, b = ((np.round(x * 2**10) / 2**10).astype("f4") for x in (a, b))  # no sum rounded twice
    out = np.empty((rows, columns), "f4")
    for a_layout in "CF":
        for b_layout in "CF":
            factors = stored(a, a_layout), stored(b, b_layout)
            if rows > FEW_ROWS or b_layout == "C":
                matmul(*factors, out=out)
                np.testing.assert_array_equal(out, in_order(a, b))
            add_matmul(*factors, out=out, is_zero=True)
            np.testing.assert_array_equal(out, in_order(a, b))


@pytest.mark.parametrize("terms", [1, 7, 31, 32, 33, 200, 800])
@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (1, 130), (2, 70)])
def test_few_rows_by_transposed_weights_have_32_sums_each(rows, columns, terms, rng):
    a, b = rng.normal(size=(rows, terms)), rng.normal(size=(terms, columns))
    a, b = ((np.round(x * 2**10) / 2**10).astype("f4") for x in (a, b))
    expected, out = np.empty((2, rows, columns), "f4")
    for i in range(rows):
        for j in range(columns):
            sums = np.zeros(4 * LANES)
            for first in range(0, terms, len(sums)):
                there = slice(first, min(first + len(sums), terms))
                products = a[i, there].astype(float) * b[there, j]
                sums[: len(products)] = (sums[: len(products)] + products).astype("f4")
            first, second, third, fourth = sums.astype("f4").reshape(4, LANES)
            lanes = (first + second) + (third + fourth)
            while len(lanes) > 1:
                lanes = lanes[: len(lanes) // 2] + lanes[len(lanes) // 2 :]
            expected[i, j] = lanes[0]
    matmul(a, stored(b, "F"), out=out)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("terms", [5, 300, 2000])
def test_one_row_has_the_same_bits_as_two(terms, rng):
    a, b = rng.normal(size=(2, terms)), rng.normal(size=(70, terms)).T
    both, one = np.empty((2, 70)), np.empty((1, 20))
    matmul(a, b, out=both)
    matmul(a[1:], b[:, 10:30], out=one)
    np.testing.assert_array_equal(one, both[1:, 10:30])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("terms", [5, 300, 2000])
def test_a_value_has_the_same_bits_in_every_product(terms, dtype, rng):
    """An image gives the same alone and in a batch, and so does an output among others."""
    a, b = rng.normal(size=(70, terms)).astype(dtype), rng.normal(size=(terms, 90)).astype(dtype)
    whole = np.empty((70, 90), dtype)
    matmul(a, b, out=whole)
    for rows in (slice(0, 1), slice(3, 7), slice(60, 70), slice(5, 66)):
        for columns in (slice(0, 1), slice(1, 9), slice(40, 80), slice(0, 90)):
            for layout in "CF":
                part = np.empty_like(whole[rows, columns], order="C")
                if len(part) <= FEW_ROWS and layout == "F":  # in another order
                    continue
                matmul(stored(a[rows], layout), stored(b[:, columns], layout), out=part)
                np.testing.assert_array_equal(part, whole[rows, columns])


@pytest.mark.parametrize("is_zero", [False, True])
@pytest.mark.parametrize("shape", [(500, 64, 800), (64, 700, 300), (3, 2000, 500), (130, 70, 900)])
def test_the_number_of_threads_changes_no_bit(shape, is_zero, rng):
    rows, terms, columns = shape
    a, b = rng.normal(size=(rows, terms)), rng.normal(size=(columns, terms)).T
    start, outs = rng.normal(size=(rows, columns)), []
    for threads in (1, 2, 3, 7):
        parallel.set_num_threads(threads)
        outs.append(start.copy())
        add_matmul(a, b, out=outs[-1], is_zero=is_zero)
    parallel.set_num_threads(None)
    for out in outs[1:]:
        np.testing.assert_array_equal(out, outs[0])


@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("shape", [(2, 3, 4), (64, 300, 70), (3, 600, 500), (700, 3, 600)])
def test_a_product_is_complete_before_it_is_added(shape, layout, rng):
    """So that what is added is what `matmul` finds, and adding to 0 is writing."""
    rows, terms, columns = shape
    a, b = rng.normal(size=(rows, terms)), stored(rng.normal(size=(terms, columns)), layout)
    product, nothing, junk = np.zeros((rows, columns)), np.zeros((rows, columns)), None
    start = rng.normal(size=(rows, columns))
    added, junk = start.copy(), np.full((rows, columns), np.nan)
    matmul(a, b, out=product)
    add_matmul(a, b, out=nothing)
    add_matmul(a, b, out=added)
    add_matmul(a, b, out=junk, is_zero=True)
    np.testing.assert_array_equal(nothing, junk)
    if rows <= FEW_ROWS and layout == "F":  # in another order
        product = nothing
    np.testing.assert_array_equal(nothing, product)
    np.testing.assert_array_equal(added, start + product)


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
@pytest.mark.parametrize(
    ("rows", "terms", "columns"), [(300, 40, 700), (500, 300, 90), (2, 9, 700)]
)
def test_items_may_be_done_in_any_ranges(rows, terms, columns, cut, rng):
    a, b = rng.normal(size=(rows, terms)), rng.normal(size=(columns, terms))
    out, expected = np.full((2, rows, columns), np.nan)
    matmul(a, b.T, out=expected)
    plan = Product.of(rows, columns, terms, a_turned=False, b_turned=True, adds=False, biased=False)
    flat = [array.reshape(-1) for array in (a, b, out, out)]
    arguments = [Fixed(plan), *flat, np.float64(1)]
    kernel = kernels.dot_rows
    if rows > FEW_ROWS:
        kernel = kernels.multiply
        arguments.append(Scratch("product", plan.room, out.dtype))
    ends = [plan.items * i // cut for i in range(cut + 1)]
    row = Launch(kernel, plan.items, arguments, 0)
    call = ENTRY(row.entry)
    for begin, end in pairwise(ends):
        assert call(begin, end, row.rows.ctypes.data) == 0
    np.testing.assert_array_equal(out, expected)


def test_what_is_around_a_result_stays(rng):
    """Tiles are larger than what is left at an edge."""
    for rows, terms, columns in [(3, 5, 4), (9, 300, 11), (7, 40, 100), (1, 400, 33), (13, 300, 1)]:
        memory = np.full((rows + 2, columns), 7.0)
        a, b = rng.normal(size=(rows, terms)), rng.normal(size=(columns, terms)).T
        for multiply in (matmul, add_matmul):
            multiply(a, b, out=memory[1:-1])
        np.testing.assert_array_equal(memory[[0, -1]], 7)
        np.testing.assert_allclose(memory[1:-1], 2 * (a @ b))


@pytest.mark.parametrize("shape", [(64, 500, 10), (1, 800, 500), (8, 40, 600), (3, 5, 1)])
def test_little_products_are_launched_where_they_are_recorded(shape, rng, monkeypatch):
    monkeypatch.setattr(product, "LITTLE", 2**22)
    rows, terms, columns = shape
    x, weight = rng.normal(size=(rows, terms)), rng.normal(size=(columns, terms))
    out, again = np.empty((2, rows, columns))
    with record() as found:
        affine(x, weight, weight[:, 0].copy(), out=out, slope=0.5)
        matmul(x, weight.T, out=out)
    assert found.is_complete
    assert len(found.launches) == 2
    again[...] = out
    out[...] = np.nan
    found.launches[1].run()
    np.testing.assert_array_equal(out, again)
    assert not is_recording()
    np.testing.assert_allclose(out, x @ weight.T)


def test_a_copy_is_no_launch(rng):
    a, b, out = rng.normal(size=(9, 40))[:, ::2], rng.normal(size=(20, 5)), np.empty((9, 5))
    with record() as found:
        matmul(a, b, out=out)
    assert not found.is_complete


@pytest.mark.parametrize("rows", [1, 8, 300, 7201, 7208])
@pytest.mark.parametrize("terms", [10, 257, 9216])
def test_there_is_room_for_all_that_is_packed_and_waits(rows, terms):
    plan = Product.of(rows, 70, terms, a_turned=False, b_turned=True, adds=False, biased=False)
    part, item = min(terms, KC), 2 * ITEM_COLUMNS
    assert plan.mc % TILE.mr == 0
    assert plan.items == 2 * -(-rows // plan.mc)
    sums = plan.mc * item if terms > KC else TILE.mr * WIDE
    assert plan.room >= (part + LANES) * (plan.mc + WIDE) + sums
