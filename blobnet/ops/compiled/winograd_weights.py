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
    frequencies: Array, seen: Array, line: Array,
) -> None:  # fmt: skip
    """frequencies[f, row, part, channel] = G weight G', for some rows of all groups.

    seen, line  scratch memory for the taps of a row, and for its frequencies
    """
    s = WinogradSizes(*its)
    taps, width = s.window * s.window, -(-s.channels // LANES) * LANES
    half, nothing = all_lanes(weight, 0.5), all_lanes(weight, 0)
    for c in range(0, width, LANES):
        write(nothing, seen, taps * width + c)  # where a part has no tap
    for row in range(begin, end):
        g, m = divmod(row, s.outputs)
        at = g * s.outputs * s.channels * taps + m * row_step
        _taps_apart(weight, at, term_step, s.channels, taps, seen, width)
        for part in range(len(part_taps)):
            for c in range(0, width, LANES):
                for i in range(3):  # G weight, in the first three rows of the line
                    column = _combined(_read_three(seen, c, part_taps[part, i], width), half)
                    _write_four(column, line, i * 4 * width + c, width)
                for i in range(4):
                    at = i * width + c
                    rows = read(line, at), read(line, at + 4 * width), read(line, at + 8 * width)
                    _write_four(_combined(rows, half), line, at, 4 * width)
            for f in range(FREQUENCIES):
                if part_terms[part, f] >= 0:
                    to = weights_at[f] + (row * counts[f] + part_terms[part, f]) * s.channels
                    for c in range(0, s.channels, LANES):
                        put(read(line, f * width + c), frequencies, to + c, s.channels - c)


@inlined
def _write_four(values: Any, a: Array, at: int, step: int) -> None:
    write(values[0], a, at)
    write(values[1], a, at + step)
    write(values[2], a, at + 2 * step)
    write(values[3], a, at + 3 * step)


@kernel
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
