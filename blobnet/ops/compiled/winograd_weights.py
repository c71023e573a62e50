"""The weights of Winograd's convolution: U = G weight G', for all parts of a window."""

from __future__ import annotations

from typing import Any

from blobnet.ops.compiled.copies import transpose
from blobnet.ops.compiled.kernel import inlined, kernel
from blobnet.ops.compiled.lanes import add, all_lanes, multiply, put, read, subtract, write
from blobnet.ops.plans.winograd import FREQUENCIES, WinogradSizes
from blobnet.ops.tiles import LANES
from blobnet.types import Array, IntArray


@kernel
def transform_weights(
    begin: int, end: int, its: Any, weight: Array, row_step: int, term_step: int,
    part_taps: IntArray, part_terms: IntArray, counts: IntArray, weights_at: IntArray,
    frequencies: Array, seen: Array, to: IntArray,
) -> None:  # fmt: skip
    """frequencies[f, row, part, channel] = G weight G', for some rows of all groups.

    seen, to  scratch memory: the taps of a row, and where its frequencies go
    """
    s = WinogradSizes(*its)
    taps = s.window * s.window
    width = len(seen) // (taps + 1)
    half, nothing = all_lanes(weight, 0.5), all_lanes(weight, 0)
    for c in range(0, width, LANES):
        write(nothing, seen, taps * width + c)  # where a part has no tap
    for row in range(begin, end):
        g, m = divmod(row, s.outputs)
        at = g * s.outputs * s.channels * taps + m * row_step
        _taps_apart(weight, at, term_step, s.channels, taps, seen, width)
        for part in range(len(part_taps)):
            for f in range(FREQUENCIES):
                number = part_terms[part, f]
                to[f] = weights_at[f] + (row * counts[f] + number) * s.channels
                if number < 0:
                    to[f] = -1
            for c in range(0, s.channels, LANES):
                count = s.channels - c
                a = _combined(_read_three(seen, c, part_taps[part, 0], width), half)
                b = _combined(_read_three(seen, c, part_taps[part, 1], width), half)
                d = _combined(_read_three(seen, c, part_taps[part, 2], width), half)
                _put_apart(_combined((a[0], b[0], d[0]), half), frequencies, to, 0, c, count)
                _put_apart(_combined((a[1], b[1], d[1]), half), frequencies, to, 1, c, count)
                _put_apart(_combined((a[2], b[2], d[2]), half), frequencies, to, 2, c, count)
                _put_apart(_combined((a[3], b[3], d[3]), half), frequencies, to, 3, c, count)


@inlined
def _put_apart(values: Any, a: Array, to: IntArray, first: int, at: int, count: int) -> None:
    """One value for every fourth frequency, where there is a place for it."""
    if to[first] >= 0:
        put(values[0], a, to[first] + at, count)
    if to[first + 4] >= 0:
        put(values[1], a, to[first + 4] + at, count)
    if to[first + 8] >= 0:
        put(values[2], a, to[first + 8] + at, count)
    if to[first + 12] >= 0:
        put(values[3], a, to[first + 12] + at, count)


@inlined
def _taps_apart(
    weight: Array, at: int, term_step: int, terms: int, taps: int, seen: Array, width: int
) -> None:
    """seen[tap, term] = weight[at + term * term_step + tap]"""
    whole = taps // LANES * LANES
    c = 0
    while c + LANES <= terms:
        for tap in range(0, whole, LANES):
            from_ = at + c * term_step + tap
            transpose(weight, from_, term_step, seen, tap * width + c, width)
        for i in range(c, c + LANES):
            for tap in range(whole, taps):
                seen[tap * width + i] = weight[at + i * term_step + tap]
        c += LANES
    for i in range(c, terms):
        for tap in range(taps):
            seen[tap * width + i] = weight[at + i * term_step + tap]


@inlined
def _read_three(seen: Array, at: int, taps: IntArray, step: int) -> Any:
    return (
        read(seen, at + taps[0] * step),
        read(seen, at + taps[1] * step),
        read(seen, at + taps[2] * step),
    )


@inlined
def _combined(column: Any, half: Any) -> Any:
    """G times a column of three."""
    a, b, c = column
    outer = add(a, c)
    return a, multiply(half, add(outer, b)), multiply(half, subtract(outer, b)), c
