import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.prelu import prelu, prelu_backward

FLOATS = hnp.arrays(
    np.float32, st.tuples(st.integers(0, 4), st.just(3)), elements=st.floats(width=32)
)
SLOPES = hnp.arrays(np.float32, 3, elements=st.sampled_from([0, 0.25, 1, 1.5, -0.5]))


@settings(deadline=None, max_examples=300)
@given(x=FLOATS, slope=SLOPES)
@overflow_allowed()
def test_prelu_is_the_formula_of_caffe(x, slope):
    # as std::max and std::min: NaN, first, is the larger one and the smaller one
    expected = np.where(x < 0, 0, x) + slope * np.where(x > 0, 0, x)
    out = np.empty_like(x)
    prelu(x, slope, 1, out=out)
    np.testing.assert_array_equal(out, expected)


@settings(deadline=None, max_examples=300)
@given(x=FLOATS, slope=SLOPES, in_place=st.booleans())
def test_prelu_backward_is_the_formula_of_caffe(x, slope, in_place):
    dy = np.linspace(-1, 1, x.size, dtype=np.float32).reshape(x.shape)
    expected = dy * ((x > 0) + slope * (x <= 0))
    out = dy if in_place else np.empty_like(dy)
    prelu_backward(dy, x, slope, 1, out=out)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("slope", [0.5, 2])
def test_one_slope_for_all(slope):
    x, out = np.array([-1.0, 3.0]), np.empty(2)
    prelu(x, np.array(slope), 0, out=out)
    np.testing.assert_array_equal(out, [-slope, 3])
    prelu_backward(x, x, np.array(slope), 0, out=out)
    np.testing.assert_array_equal(out, [-slope, 3])
