"""Numbers of a few bits: multiples of a step 2^-position, from -2^(bits - 1) to 2^(bits - 1) - 1.

Facts: quantize.cpp of Xilinx' fork (Xilinx/Vitis-AI).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from blobnet.ops.sigmoid import sigmoid
from blobnet.types import Array

NO_STEP = 32767
"""The position of an array of zeros, which need no step at all."""
_TRIED = 5  # positions that `nearest_position` compares


def overflow_position(x: Array, bits: int) -> int:
    """The largest position at which no value of x overflows by more than half a step."""
    half = 2.0 ** (bits - 1)
    lowest, highest = x.dtype.type(-half - 0.5), x.dtype.type(half - 0.5)
    step = max(x.min() / lowest, x.max() / highest) if x.size else x.dtype.type(0)
    if not 0 < step < math.inf:
        return NO_STEP
    return math.floor(float(np.log2(1 / step)))


def nearest_position(
    x: Array, bits: int, tried: int = _TRIED, seen: Callable[[Array], Array] | None = None
) -> int:
    """Of so many positions, from that without overflow on, the one that moves x least.

    seen  what is compared instead of the values, as in `by_sigmoid`
    """
    first = overflow_position(x, bits)
    if first == NO_STEP:
        return NO_STEP
    best, least = first, float(np.finfo(np.float32).max)
    wanted = x if seen is None else seen(x)
    for position in range(first, first + tried):
        rounded = round_to_fixed(x, bits, position, np.empty_like(x))
        difference = wanted - (rounded if seen is None else seen(rounded))
        moved = float(np.square(difference, out=difference).sum())
        if moved < least:
            best, least = position, moved
    return best


def by_sigmoid(x: Array) -> Array:
    """How a sigmoid behind sees values."""
    y = np.empty_like(x)
    sigmoid(x, out=y)
    return y


def round_to_fixed(
    x: Array, bits: int, position: int, out: Array, *, is_half_up: bool = False
) -> Array:
    """out = the nearest numbers, halves away from zero, or with `is_half_up` up.

    What is beyond the ends is brought to them. x and out may be one array.
    """
    if position == NO_STEP:
        np.copyto(out, x)
        return out
    steps, whole = np.empty_like(x), np.empty_like(x)
    np.ldexp(x, position, out=steps)
    (np.floor if is_half_up else np.trunc)(steps, out=whole)
    np.subtract(steps, whole, out=steps)  # exact, where adding a half would round
    whole += np.copysign(np.abs(steps) >= 0.5, steps)
    half = 2.0 ** (bits - 1)
    np.clip(whole, -half, half - 1, out=whole)
    np.ldexp(whole, -position, out=out)
    return out


def cut_to_fixed(x: Array, position: int, out: Array) -> Array:
    """out = x without what is less than a step, towards zero; no value is too large."""
    if position == NO_STEP:
        np.copyto(out, x)
        return out
    np.ldexp(x, position, out=out)
    np.trunc(out, out=out)
    np.ldexp(out, -position, out=out)
    return out
