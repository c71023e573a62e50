import numpy as np
import pytest

from blobnet.ops import parallel, product
from blobnet.ops.jit import available
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.product import add_matmul, affine, matmul


@pytest.fixture(autouse=True, params=["little", "launched"])
def _launched(request, monkeypatch):
    """All products by kernels, however little they are, and as they are."""
    if request.param == "launched":
        if not available():
            pytest.skip("numba is not at hand, or switched off")
        monkeypatch.setattr(product, "LITTLE", 0)
        monkeypatch.setattr(product, "BLAS_ROWS", 0)


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


# --- factors of all kinds -------------------------------------------------------------------------


def layouts(array):
    """The same numbers, as they may lie in memory."""
    wide = np.full((array.shape[0], 2 * array.shape[1]), np.nan, array.dtype)
    wide[:, ::2] = array
    reverse = np.ascontiguousarray(array[::-1, ::-1])
    return [
        np.ascontiguousarray(array),
        np.asfortranarray(array),
        wide[:, ::2],
        np.ascontiguousarray(wide)[:, : 2 * array.shape[1] : 2],
        reverse[::-1, ::-1],
    ]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("rows", "inner", "columns"), [(3, 7, 5), (20, 300, 40), (2, 1, 3)])
def test_no_layout_changes_a_bit(rows, inner, columns, dtype, rng):
    a, b = (rng.normal(size=shape).astype(dtype) for shape in [(rows, inner), (inner, columns)])
    expected = np.empty((rows, columns), dtype)
    matmul(a, b, out=expected)
    for a_ in layouts(a):
        for b_ in layouts(b):
            for out in layouts(np.zeros((rows, columns), dtype)):
                matmul(a_, b_, out=out)
                if product.LITTLE == 0:
                    np.testing.assert_array_equal(out, expected)
                near = {"rtol": 1e-5, "atol": 1e-4 if dtype == "f4" else 1e-12}  # sums near 0
                np.testing.assert_allclose(out, expected, **near)
                add_matmul(a_, b_, out=out)
                np.testing.assert_allclose(out, 2 * expected, **near)


@pytest.mark.parametrize("dtype", ["i8", "f2", "c16"])
def test_other_number_types_are_left_to_numpy(dtype, rng):
    a, b = (rng.integers(0, 9, shape).astype(dtype) for shape in [(3, 4), (4, 5)])
    out = np.empty((3, 5), dtype)
    matmul(a, b, out=out)
    np.testing.assert_array_equal(out, a @ b)


def test_factors_of_two_number_types(rng):
    a, b, out = rng.normal(size=(3, 4)).astype("f4"), rng.normal(size=(4, 5)), np.empty((3, 5))
    matmul(a, b, out=out)
    np.testing.assert_allclose(out, a @ b)


def test_a_factor_that_cannot_be_written(rng):
    a, b, out = rng.normal(size=(30, 40)), rng.normal(size=(40, 50)), np.empty((30, 50))
    a.setflags(write=False)
    b.setflags(write=False)
    matmul(a, b, out=out)
    np.testing.assert_allclose(out, a @ b)


@pytest.mark.parametrize("multiply", [matmul, add_matmul])
@pytest.mark.parametrize(("rows", "inner", "columns"), [(2, 3, 4), (20, 300, 40), (3, 600, 33)])
def test_what_is_no_number_spoils_its_row_and_its_column_alone(multiply, rows, inner, columns, rng):
    a, b, out = rng.normal(size=(rows, inner)), rng.normal(size=(inner, columns)), None
    a[0, 0], a[1, 1], b[2, 1] = np.nan, np.inf, -np.inf
    out = np.zeros((rows, columns))
    with np.errstate(invalid="ignore"):
        multiply(a, b, out=out)
        np.testing.assert_allclose(out, np.einsum("ij,jk->ik", a, b))


# --- a bias and a slope ---------------------------------------------------------------------------

AFFINE = [(1, 3, 1), (2, 8, 4), (5, 1, 3), (64, 500, 10), (1, 800, 500), (3, 600, 70), (30, 257, 1)]


@pytest.mark.parametrize("slope", [1, 0, 0.25])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("rows", "inner", "columns"), AFFINE)
def test_a_bias_is_added_after_the_sum_and_values_not_above_0_are_scaled(
    rows, inner, columns, dtype, slope, rng
):
    x, weight = (rng.normal(size=(count, inner)).astype(dtype) for count in (rows, columns))
    bias = rng.normal(size=columns).astype(dtype)
    expected, out = np.empty((2, rows, columns), dtype)
    matmul(x, weight.T, out=expected)
    expected += bias
    expected = np.where(expected > 0, expected, expected * np.dtype(dtype).type(slope))
    affine(x, weight, bias, out=out, slope=slope)
    np.testing.assert_array_equal(out, expected)


def test_nan_stays_where_a_slope_is_0():
    x, weight = np.array([[np.nan], [1.0]]), np.array([[1.0], [-1.0]])
    out = np.empty((2, 2))
    affine(x, weight, np.zeros(2), out=out, slope=0)
    np.testing.assert_array_equal(out, [[np.nan, np.nan], [1, 0]])


@pytest.mark.parametrize("layout", ["C", "F"])
def test_a_bias_goes_with_all_layouts(layout, rng):
    x, weight, bias = rng.normal(size=(30, 40)), rng.normal(size=(50, 40)), rng.normal(size=50)
    out = np.asarray(np.empty((30, 50)), order=layout)
    affine(np.asarray(x, order=layout), np.asarray(weight, order=layout), bias, out=out)
    np.testing.assert_allclose(out, x @ weight.T + bias)


# --- without kernels ------------------------------------------------------------------------------


@pytest.fixture
def without_kernels(monkeypatch):
    monkeypatch.setattr(product, "compiled", lambda name: None)


@pytest.mark.usefixtures("without_kernels")
@pytest.mark.parametrize(("rows", "inner", "columns"), SHAPES)
def test_blas_serves_where_there_are_none(rows, inner, columns, rng):
    a = rng.integers(-3, 4, (rows, inner)).astype(float)
    b = rng.integers(-3, 4, (columns, inner)).astype(float)
    bias = rng.integers(-3, 4, columns).astype(float)
    out = np.full((rows, columns), np.nan)
    affine(a, b, bias, out=out, slope=0.5)
    expected = np.einsum("ij,kj->ik", a, b) + bias
    np.testing.assert_array_equal(out, np.where(expected > 0, expected, expected / 2))


def test_an_outer_product_is_the_same_with_and_without_a_kernel(rng, monkeypatch):
    column, row, out = rng.normal(size=(30, 1)), rng.normal(size=(1, 40)), rng.normal(size=(30, 40))
    column[3], row[0, 5], out[1, 1] = np.nan, np.inf, -np.inf
    expected = out.copy()
    add_matmul(column, row, out=out)
    monkeypatch.setattr(product, "compiled", lambda name: None)
    add_matmul(column, row, out=expected)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.usefixtures("without_kernels")
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


@pytest.mark.usefixtures("without_kernels")
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
