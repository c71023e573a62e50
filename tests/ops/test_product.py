import numpy as np
import pytest

from blobnet.ops import parallel, product
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.product import add_matmul, matmul

SHAPES = [
    (2, 3, 4),
    (1, 1, 1),
    (3, 0, 2),
    (0, 3, 2),
    (300, 200, 100),
    (1, 3000, 2000),
    (2000, 3000, 1),
]


@pytest.mark.parametrize(("rows", "inner", "columns"), SHAPES)
def test_it_is_the_product(rows, inner, columns, rng):
    a = rng.integers(-3, 4, (rows, inner)).astype(float)  # whole numbers: no rounding
    b = rng.integers(-3, 4, (inner, columns)).astype(float)
    out = np.full((rows, columns), np.nan)
    matmul(a, b, out=out)
    np.testing.assert_array_equal(out, np.einsum("ij,jk->ik", a, b))


@pytest.mark.parametrize("transposed", [False, True])
def test_the_bits_do_not_depend_on_the_number_of_threads(transposed, rng):
    a = rng.normal(size=(300, 400)).astype(np.float32)
    b = rng.normal(size=(500, 400)).astype(np.float32)
    outs = []
    for threads in (1, 2, 3, 7):
        parallel.set_num_threads(threads)
        out = np.empty((500, 300) if transposed else (300, 500), np.float32)
        matmul(*((b, a.T) if transposed else (a, b.T)), out=out)
        outs.append(out)
    parallel.set_num_threads(None)
    for out in outs[1:]:
        np.testing.assert_array_equal(out, outs[0])


ADDED = [*SHAPES, (3, 1, 4), (1, 1, 700), (700, 1, 600), (600, 2, 1100), (0, 1, 2), (2, 1, 0)]


@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("rows", "inner", "columns"), ADDED)
def test_a_product_is_added_to_what_is_there(rows, inner, columns, dtype, layout, rng):
    a = rng.integers(-3, 4, (inner, rows)).astype(dtype).T
    b = rng.integers(-3, 4, (inner, columns)).astype(dtype)
    out = np.asarray(rng.integers(-3, 4, (rows, columns)).astype(dtype), order=layout)
    expected = out + np.einsum("ij,jk->ik", a, b)
    add_matmul(a, b, out=out)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("shape", [(700, 1, 600), (700, 3, 600), (5, 1, 200_000)])
def test_the_bits_of_a_sum_do_not_depend_on_the_number_of_threads(shape, rng):
    rows, inner, columns = shape
    a, b = rng.normal(size=(rows, inner)), rng.normal(size=(inner, columns))
    start = rng.normal(size=(rows, columns))
    outs = []
    for threads in (1, 2, 3):
        parallel.set_num_threads(threads)
        outs.append(start.copy())
        add_matmul(a, b, out=outs[-1])
    parallel.set_num_threads(None)
    for out in outs[1:]:
        np.testing.assert_array_equal(out, outs[0])


def test_an_outer_product_is_the_same_with_and_without_a_kernel(rng, monkeypatch):
    column, row, out = rng.normal(size=(30, 1)), rng.normal(size=(1, 40)), rng.normal(size=(30, 40))
    column[3], row[0, 5], out[1, 1] = np.nan, np.inf, -np.inf
    expected = out.copy()
    add_matmul(column, row, out=out)
    monkeypatch.setattr(product, "compiled", lambda name: None)
    add_matmul(column, row, out=expected)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize(("rows", "inner", "columns"), [*ADDED, (500, 64, 800), (1100, 40, 5000)])
def test_a_sum_that_is_zero_need_not_be_read(rows, inner, columns, layout, rng):
    """And the same products are computed as for one that is: BLAS rounds larger ones otherwise."""
    a = rng.integers(-3, 4, (rows, inner)).astype("f4")
    b = rng.integers(-3, 4, (inner, columns)).astype("f4")
    seen = []

    def watched(a, b, out):
        calls.append((a.shape, b.shape, a[:1].tobytes(), b[:, :1].tobytes()))
        np.matmul(a, b, out=out)

    for is_zero in (False, True):
        calls: list[object] = []
        out = np.full((rows, columns), np.nan if is_zero else 0, "f4", order=layout)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(product, "_product", watched)
            add_matmul(a, b, out=out, is_zero=is_zero)
        np.testing.assert_array_equal(out, a @ b)
        seen.append(sorted(calls))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("columns", [1900, 3000, 40_000])
def test_a_large_sum_is_made_from_tiles(columns):
    """So no more than some of its products are in memory at a time."""
    a, b, out = (np.zeros(shape, "f4") for shape in [(900, 20), (20, columns), (900, columns)])
    sizes = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(product, "_product", lambda a, b, out: sizes.append(out.size))
        add_matmul(a, b, out=out, is_zero=True)
    assert sum(sizes) == out.size
    assert max(sizes) <= 300 * 2**14


@pytest.mark.parametrize("multiply", [matmul, add_matmul])
@pytest.mark.parametrize("inner", [1, 400])
@overflow_allowed()
def test_where_overflow_is_allowed_no_thread_warns_of_numbers_beyond_all_bounds(multiply, inner):
    a = np.full((2000, inner), 3e38, np.float32)
    b = np.full((inner, 600), 3e38, np.float32)
    out = np.zeros((2000, 600), np.float32)
    parallel.set_num_threads(3)
    try:
        multiply(a, b, out=out)
    finally:
        parallel.set_num_threads(None)
    assert np.isposinf(out).all()
