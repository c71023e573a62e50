"""Images of bytes in another size, row by row: each stored row is mixed along its length once."""

from __future__ import annotations

import numpy as np

from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.types import Array


@exact_kernel
def resize(
    image: Array,
    across: Array,
    across_weights: Array,
    down: Array,
    down_weights: Array,
    mixed: Array,
    result: Array,
) -> None:
    """`resize_linear`, whose neighbours, weights and rounding these are.

    image           (channels, rows, columns) uint8
    across, down    (2, width or height) uint32: the pixels on both sides of each new one
    ..._weights     (2, width or height) int32: theirs
    mixed           (2, width) int32: where the two rows are made that an output row lies between
    result          (channels, height, width) uint8
    """
    left, right = across[0], across[1]
    left_weight, right_weight = across_weights[0], across_weights[1]
    for channel in range(len(image)):
        rows, made = image[channel], result[channel]
        upper, lower = mixed[0], mixed[1]
        in_upper, in_lower = -1, -1  # which row is held there
        for y in range(len(made)):
            above, below = down[0, y], down[1, y]
            if above == in_lower:
                upper, lower = lower, upper
                in_upper, in_lower = in_lower, in_upper
            if above != in_upper:
                _mix(rows[above], left, right, left_weight, right_weight, upper)
                in_upper = above
            if below != in_lower:
                _mix(rows[below], left, right, left_weight, right_weight, lower)
                in_lower = below
            _blend(upper, down_weights[0, y], lower, down_weights[1, y], made[y])


# The sums fit into 32 bits, which numba does not know: without being told it takes 64.


@inlined
def _mix(
    row: Array, left: Array, right: Array, left_weight: Array, right_weight: Array, mixed: Array
) -> None:
    for x in range(len(mixed)):
        mixed[x] = _mixed(row[left[x]], left_weight[x], row[right[x]], right_weight[x])


@inlined
def _blend(upper: Array, upper_weight: int, lower: Array, lower_weight: int, result: Array) -> None:
    for x in range(len(result)):
        result[x] = np.uint8(_blended(upper[x], upper_weight, lower[x], lower_weight))


@inlined
def _mixed(one: int, one_weight: int, other: int, other_weight: int) -> int:
    first = np.int32(np.int32(one) * one_weight)
    second = np.int32(np.int32(other) * other_weight)
    total: int = np.int32(first + second) >> 4
    return total


@inlined
def _blended(upper: int, upper_weight: int, lower: int, lower_weight: int) -> int:
    one = np.int32(upper * upper_weight) >> 16
    other = np.int32(lower * lower_weight) >> 16
    value: int = np.int32(one + other + 2) >> 2
    return value
