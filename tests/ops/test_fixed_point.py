import math

import numpy as np
import pytest

from blobnet.ops.fixed_point import (
    NO_STEP,
    by_sigmoid,
    cut_to_fixed,
    nearest_position,
    overflow_position,
    round_to_fixed,
)


def rounded(value, bits, position, *, is_half_up=False):
    """One number, step by step."""
    steps = value * 2.0**position
    whole = math.floor(steps + 0.5)
    if not is_half_up and steps < 0 and steps == math.floor(steps) + 0.5:
        whole = math.floor(steps)  # halves below zero go away from it
    return min(max(whole, -(2 ** (bits - 1))), 2 ** (bits - 1) - 1) / 2.0**position


@pytest.mark.parametrize("is_half_up", [False, True])
@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("position", [-3, 0, 2, 5])
def test_rounding_one_number_after_the_other(bits, position, is_half_up, rng):
    step = 2.0**-position
    halves = np.arange(-20, 20) * step / 2
    x = np.concatenate((halves, rng.normal(scale=8 * step, size=50), [0.49999997 * step]))
    x = x.astype(np.float32)
    expected = [rounded(float(value), bits, position, is_half_up=is_half_up) for value in x]
    actual = round_to_fixed(x, bits, position, np.empty_like(x), is_half_up=is_half_up)
    np.testing.assert_array_equal(actual, np.array(expected, np.float32))
    assert actual.dtype == np.float32
    assert round_to_fixed(x, bits, position, x, is_half_up=is_half_up) is x
    np.testing.assert_array_equal(x, actual)


@pytest.mark.parametrize(
    ("values", "bits", "position"),
    [
        ([0.5, -1.0], 8, 7),  # -128 steps of 1/128
        ([0.996, -1.0], 8, 7),  # 127 steps of 1/128, and not half a step more
        ([0.997, -1.0], 8, 6),
        ([1.0], 8, 6),
        ([127.4], 8, 0),
        ([127.6], 8, -1),
        ([-128.4], 8, 0),
        ([1000.0], 8, -3),
        ([0.0, 0.0], 8, NO_STEP),
        ([math.nan], 8, NO_STEP),
        ([math.inf], 8, NO_STEP),
        ([], 8, NO_STEP),
    ],
)
def test_the_position_without_overflow(values, bits, position):
    assert overflow_position(np.array(values), bits) == position


def test_one_position_more_overflows(rng):
    """By more than half a step, at one of the ends."""
    for scale in (0.01, 0.3, 7, 900):
        x = rng.normal(scale=scale, size=3)
        position = overflow_position(x, 5)
        assert (np.ldexp(x, position) <= 15.5).all()
        assert (np.ldexp(x, position) >= -16.5).all()
        more = np.ldexp(x, position + 1)
        assert more.max() > 15.5 or more.min() < -16.5


@pytest.mark.parametrize("seen", [None, by_sigmoid])
def test_the_nearest_position_of_those_tried(seen, rng):
    look = (lambda v: v) if seen is None else (lambda v: 1 / (1 + math.exp(-v)))
    for outlier in (1, 3, 30):
        x = np.append(rng.normal(size=40), outlier)
        first = overflow_position(x, 4)
        moved = {
            position: sum((look(v) - look(rounded(v, 4, position))) ** 2 for v in x.tolist())
            for position in range(first, first + 6)
        }
        expected = min(moved, key=lambda position: moved[position])
        assert nearest_position(x, 4, 6, seen) == expected
    assert nearest_position(np.zeros(3), 4) == NO_STEP


def test_a_few_large_values_may_be_cut_for_all_the_others(rng):
    x = np.append(rng.uniform(-1, 1, 1000), 9.0)
    assert nearest_position(x, 4) > overflow_position(x, 4)


def test_cutting_goes_towards_zero_and_has_no_end():
    x = np.array([-1.9, -0.3, 0.74, 0.75, 300.2])
    np.testing.assert_array_equal(cut_to_fixed(x, 2, x), [-1.75, -0.25, 0.5, 0.75, 300.0])


def test_without_a_step_all_stays():
    x = np.array([0.0, math.nan, 1e300])
    for y in (round_to_fixed(x, 8, NO_STEP, x.copy()), cut_to_fixed(x, NO_STEP, x.copy())):
        np.testing.assert_array_equal(y, x)
