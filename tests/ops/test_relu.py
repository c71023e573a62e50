import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.relu import relu, relu_backward

FLOATS = hnp.arrays(np.float32, st.integers(0, 20), elements=st.floats(width=32))
SLOPES = st.sampled_from([0, 0.25, 1, 1.5, -0.5])


@settings(deadline=None, max_examples=300)
@given(x=FLOATS, slope=SLOPES, in_place=st.booleans(), copies=st.sampled_from([1, 500]))
@overflow_allowed()
def test_relu_is_the_formula_of_caffe(x, slope, in_place, copies):
    x = np.tile(x, copies)
    # as std::max and std::min: NaN, first, is the larger one and the smaller one
    expected = np.where(x < 0, 0, x)
    if slope:
        expected += np.float32(slope) * np.where(x > 0, 0, x)
    out = x if in_place else np.empty_like(x)
    relu(x, slope, out=out)
    np.testing.assert_array_equal(out, expected)


@settings(deadline=None, max_examples=300)
@given(x=FLOATS, slope=SLOPES, in_place=st.booleans())
def test_relu_backward_is_the_formula_of_caffe(x, slope, in_place):
    dy = np.linspace(-1, 1, x.size, dtype=np.float32)
    expected = dy * ((x > 0) + np.float32(slope) * (x <= 0))
    out = dy if in_place else np.empty_like(dy)
    relu_backward(dy, x, slope, out=out)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_slope_does_not_change_the_dtype(dtype):
    x = np.array([-1, 1], dtype)
    relu_backward(x, x, 0.1, out=x)
    np.testing.assert_allclose(x, [-0.1, 1], rtol=1e-6)
