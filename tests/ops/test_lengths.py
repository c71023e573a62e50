import numpy as np
import pytest

from blobnet.ops.lengths import lengths


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_lengths_by_hand(dtype):
    x = np.array([[[3, 0], [-4, 0]], [[0, 6], [0, -8]]], dtype)
    for is_l1, expected in ((False, [[5, 0], [0, 10]]), (True, [[7, 0], [0, 14]])):
        found = lengths(x, 0, is_l1=is_l1)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, np.reshape(expected, (2, 1, 2)))
    np.testing.assert_array_equal(lengths(x, 11)[0, 0], np.sqrt(np.array([36, 11], dtype)))
    np.testing.assert_array_equal(lengths(x, 11, is_l1=True)[0, 0], [18, 11])
