import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.sigmoid import sigmoid, sigmoid_backward


@settings(deadline=None, max_examples=300)
@given(value=st.floats(-700, 700), in_place=st.booleans())
def test_sigmoid_is_right_to_the_last_digits(value, in_place):
    x = np.array([value])
    out = x if in_place else np.empty_like(x)
    sigmoid(x, out=out)
    np.testing.assert_allclose(out, [1 / (1 + math.exp(-value))], rtol=1e-14)


@settings(deadline=None)
@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_every_value_has_a_result(value):
    for dtype in (np.float32, np.float64):
        with overflow_allowed():
            x = np.array([value]).astype(dtype)
            y = np.empty_like(x)
            sigmoid(x, out=y)
        assert np.isnan(y[0]) if math.isnan(value) else 0 <= y[0] <= 1


def test_the_gradient_may_overwrite_what_it_comes_from():
    dy, y = np.array([2.0, 4.0]), np.array([0.5, 0.25])
    sigmoid_backward(dy, y, out=dy)
    np.testing.assert_array_equal(dy, [0.5, 0.75])
