import numpy as np
import pytest

from blobnet.ops.rounding import rounded, whole_numbers


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_halves_go_away_from_zero(dtype):
    x = np.array([0.5, 1.5, 2.5, -0.5, -2.5, 0.49, -0.49, 3, 2**24], dtype)
    assert rounded(x).tolist() == [1, 2, 3, -1, -3, 0, 0, 3, 2**24]
    assert rounded(x).dtype == dtype


def test_what_is_nearly_a_half_is_not():
    below = np.nextafter(np.float32(0.5), np.float32(0))
    assert rounded(np.array([below, -below])).tolist() == [0, 0]


def test_whole_numbers_of_what_is_none():
    x = np.array([np.nan, np.inf, -np.inf, 1e30, -7.0])
    assert whole_numbers(x).tolist() == [0, 2**30, -(2**30), 2**30, -7]
