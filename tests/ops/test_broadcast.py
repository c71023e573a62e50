import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops.broadcast import expand, sum_around, sum_products_around


@st.composite
def shape_and_axes(draw):
    shape = tuple(draw(st.lists(st.integers(0, 4), min_size=0, max_size=5)))
    start = draw(st.integers(0, len(shape)))
    end = draw(st.integers(start, len(shape)))
    return shape, start, end


def operands(case, seed):
    shape, start, end = case
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape), rng.normal(size=shape), rng.normal(size=shape[start:end])


@settings(deadline=None)
@given(case=shape_and_axes(), seed=st.integers(0, 2**32 - 1))
def test_expand_repeats_along_the_other_axes(case, seed):
    shape, start, end = case
    x, _, v = operands(case, seed)
    product = x * expand(v, start, x.ndim)
    assert product.shape == shape
    for index in np.ndindex(shape):
        assert product[index] == x[index] * v[index[start:end]]


@settings(deadline=None)
@given(case=shape_and_axes(), seed=st.integers(0, 2**32 - 1))
def test_sums_run_over_the_other_axes(case, seed):
    shape, start, end = case
    x, other, v = operands(case, seed)
    sums, products = np.zeros_like(v), np.zeros_like(v)
    for index in np.ndindex(shape):
        sums[index[start:end]] += x[index]
        products[index[start:end]] += x[index] * other[index]
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(sum_around(x, start, v.shape), sums, **close)
    np.testing.assert_allclose(sum_products_around(x, other, start, v.shape), products, **close)


def test_expand_is_a_view():
    v = np.zeros(3)
    expand(v, 1, 4)[...] = 1
    np.testing.assert_array_equal(v, 1)


def test_long_sums_keep_single_precision(rng):
    x = rng.random((10, 3, 100_000), dtype=np.float32)
    for total, expected in (
        (sum_around(x, 1, (3,)), x.astype(float).sum(axis=(0, 2))),
        (sum_products_around(x, x, 1, (3,)), (x.astype(float) ** 2).sum(axis=(0, 2))),
    ):
        assert total.dtype == np.float32
        np.testing.assert_allclose(total, expected, rtol=1e-5)
