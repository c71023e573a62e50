import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops.eltwise import maximum, product, weighted_sum
from blobnet.ops.jit import compiled

SOME_VALUES = st.sampled_from([-np.inf, -1.5, 0.0, 1.0, 2.0, np.inf, np.nan])
COLUMNS = st.lists(st.lists(SOME_VALUES, min_size=4, max_size=4), min_size=2, max_size=5)


@settings(deadline=None, max_examples=300)
@given(columns=COLUMNS)
def test_maximum_is_the_loop_of_caffe(columns):
    xs = [np.array(column) for column in columns]
    out = np.empty(4)
    argmax = maximum(xs, out)
    for place in range(4):
        first, second = xs[0][place], xs[1][place]
        best, index = (first, 0) if first > second else (second, 1)
        for i, x in enumerate(xs[2:], start=2):
            if x[place] > best:
                best, index = x[place], i
        np.testing.assert_array_equal(out[place], best)
        assert argmax[place] == index


def test_maximum_of_more_arrays_than_a_byte_can_count():
    xs = [np.array([float(i)]) for i in range(300)]
    out = np.empty(1)
    assert maximum(xs, out)[0] == 299
    assert out[0] == 299


@settings(deadline=None)
@given(
    weights=st.lists(st.sampled_from([0.0, 1.0, -1.0, 0.5, 3.0]), min_size=1, max_size=5),
    seed=st.integers(0, 2**32 - 1),
)
def test_weighted_sum_adds_up_in_order(weights, seed):
    xs = np.random.default_rng(seed).normal(size=(len(weights), 6))
    expected = sum(weight * x for weight, x in zip(weights, xs, strict=True))
    out = np.full(6, np.nan)
    weighted_sum(list(xs), weights, out)
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


def test_an_array_that_is_only_to_be_read_is_added_up_too(rng):
    x, y = rng.normal(size=(2, 3)).astype(np.float32), np.ones((2, 3), np.float32)
    before = compiled("activation_kernel")
    y.flags.writeable = False
    out = np.empty_like(x)
    weighted_sum([x, y], [1, 2], out)
    np.testing.assert_array_equal(out, x + 2)
    assert compiled("activation_kernel") is before  # no kernel has failed for it


def test_what_has_weight_zero_is_not_looked_at():
    out = np.empty(2)
    weighted_sum([np.array([1.0, 2]), np.array([np.nan, np.inf])], [1, 0], out)
    np.testing.assert_array_equal(out, [1, 2])


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_product_of_any_number(count, rng):
    xs = list(rng.normal(size=(count, 6)))
    expected = xs[0].copy()
    for x in xs[1:]:
        expected = expected * x
    out = np.empty(6)
    product(xs, out)
    np.testing.assert_allclose(out, expected)
