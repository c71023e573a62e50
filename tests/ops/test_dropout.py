import numpy as np
import pytest

from blobnet.ops.dropout import drop


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("in_place", [False, True])
def test_what_was_drawn_below_the_ratio_is_left_out(dtype, in_place):
    x = np.array([[1, 2, 3], [-4, np.nan, np.inf]], dtype)
    mask = np.array([[0.1, 0.5, 0.7], [0.49, 0.2, 0.9]], dtype)
    out = x if in_place else np.empty_like(x)
    drop(x, mask, 0.5, 2, out=out)
    np.testing.assert_array_equal(mask, [[0, 2, 2], [0, 0, 2]])
    np.testing.assert_array_equal(out, [[0, 4, 6], [0, np.nan, np.inf]])
