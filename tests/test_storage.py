"""Numbers of one size put into another."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import BlobError
from blobnet.storage import cast


def test_numbers_of_the_right_size_are_not_copied():
    values = np.array([1, np.inf, np.nan], "f4")
    assert cast(values, np.dtype("f4")) is values


def test_what_float32_can_hold_is_rounded_to_it():
    values = np.array([0.1, -3.4e38, 1e-300, np.inf, -np.inf, np.nan])
    expected = np.array([0.1, -3.4e38, 0, np.inf, -np.inf, np.nan], "f4")
    result = cast(values, np.dtype("f4"))
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, expected)


def test_a_number_that_would_become_infinite_is_refused():
    values = np.array([[np.inf, 1], [1e300, -1e39]])
    with pytest.raises(BlobError, match=r"float32(.*\n)*.*1e\+300, the first of 2\n.*float64"):
        cast(values, np.dtype("f4"))


def test_whole_numbers_become_floats():
    result = cast(np.array([2**64 - 1, 0], "u8"), np.dtype("f4"))
    assert result.tolist() == [2.0**64, 0]
