"""Products of two maps that are moved against each other, and their gradients.

Maps are frames, `rows` of `channels` rows of `width` values, so that all channels of a row lie side
by side; the maps look at places from `row` and `column` on. All arrays are flat, and end with LANES
values that may be read and count nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import loop, variable
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import load, splat, store, where

AT_ONCE = 4
"""Moves, or channels, whose sums one pass makes: they share what is read."""


class Sizes(NamedTuple):
    """The numbers of a correlation; kernels get them as a tuple."""

    channels: Any
    width: Any  # of the frames
    row: Any  # where the places begin
    column: Any
    rows: Any  # of places
    columns: Any
    down: Any  # how many moves there are, down and across; these are a multiple of AT_ONCE
    across: Any


@kernel
@traced
def products(
    begin: Value, end: Value, sizes: tuple[Value, ...], a: Flat, b: Flat, down: Flat, across: Flat,
    y: Flat,
) -> None:  # fmt: skip
    """y[p, o, row, column] = sum over channels of a here * b moved by down[p], across[o].

    Items are rows of places, each with all moves down.
    """
    _sums(begin, end, Sizes(*sizes), a, b, down, across, y, is_product=True)


@kernel
@traced
def differences(
    begin: Value, end: Value, sizes: tuple[Value, ...], a: Flat, b: Flat, down: Flat, across: Flat,
    y: Flat,
) -> None:  # fmt: skip
    """`products`, of absolute differences in the place of products."""
    _sums(begin, end, Sizes(*sizes), a, b, down, across, y, is_product=False)


@kernel
@traced
def gradients(
    begin: Value, end: Value, sizes: tuple[Value, ...], shares: Flat, other: Flat, down: Flat,
    across: Flat, other_down: Flat, other_across: Flat, y: Flat,
) -> None:  # fmt: skip
    """y[row, c, column] = sum over moves p, o of shares[p, o] moved * other[c] moved.

    shares  a frame that has moves for channels; items are rows with AT_ONCE channels of `other`
    """
    s = Sizes(*sizes)
    blocks = s.channels // AT_ONCE
    with loop(begin, end) as item:
        row, first = item // blocks, item % blocks * AT_ONCE
        with loop(0, s.columns, LANES) as x:
            totals = [variable(splat(y, 0)) for _ in range(AT_ONCE)]
            with loop(0, s.down) as p:
                share_row = (row + s.row + down[p]) * s.down + p
                other_row = (row + s.row + other_down[p]) * s.channels + first
                with loop(0, s.across) as o:
                    at = (share_row * s.across + o) * s.width + s.column + across[o] + x
                    share = load(shares, at)
                    at = other_row * s.width + s.column + other_across[o] + x
                    for k, total in enumerate(totals):
                        total[0] = total[0] + share * load(other, at + k * s.width)
            for k, total in enumerate(totals):
                at = (row * s.channels + first + k) * s.columns
                store(total[0], y, at + x, at + s.columns)


def _sums(
    begin: Value, end: Value, s: Sizes, a: Flat, b: Flat, down: Flat, across: Flat, y: Flat,
    is_product: bool,
) -> None:  # fmt: skip
    with loop(begin, end) as row, loop(0, s.down) as p:
        here = (row + s.row) * s.channels * s.width + s.column
        there = (row + s.row + down[p]) * s.channels * s.width + s.column
        with loop(0, s.across, AT_ONCE) as o, loop(0, s.columns, LANES) as x:
            totals = [variable(splat(y, 0)) for _ in range(AT_ONCE)]
            moves = [across[o + k] for k in range(AT_ONCE)]
            with loop(0, s.channels) as c:
                value = load(a, here + c * s.width + x)
                for move, total in zip(moves, totals, strict=True):
                    other = load(b, there + c * s.width + x + move)
                    total[0] = total[0] + _term(value, other, is_product)
            for k, total in enumerate(totals):
                at = ((p * s.across + o + k) * s.rows + row) * s.columns
                store(total[0], y, at + x, at + s.columns)


def _term(a: Value, b: Value, is_product: bool) -> Value:
    if is_product:
        return a * b
    difference = a - b
    distance: Value = where(difference < 0, difference * -1, difference)
    return distance
