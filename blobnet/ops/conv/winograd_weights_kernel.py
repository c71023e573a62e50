"""The weights of Winograd's convolution: U = G weight G', for all parts of a window."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.ops.conv.winograd_plan import FREQUENCIES, Winograd
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import when
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import inlined, kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import splat, store, transpose
from blobnet.types import Array, IntArray


@kernel
def transform_weights(
    begin: int, end: int, plan: Winograd, weight: Array, row_step: int, term_step: int,
    frequencies: Array, row_taps: Array, to: IntArray,
) -> None:  # fmt: skip
    """frequencies[f, row, part, channel] = G weight G', for some rows of all groups.

    row_taps, to  scratch memory: the taps of a row, and where its frequencies go
    """
    s, parts = plan.sizes, plan.parts
    taps = s.window * s.window
    width = len(row_taps) // (taps + 1)
    for c in range(0, width, LANES):
        store(splat(weight, 0), row_taps, taps * width + c)  # where a part has no tap
    for row in range(begin, end):
        g, m = divmod(row, s.outputs)
        at = g * s.outputs * s.channels * taps + m * row_step
        taps_apart(weight, at, term_step, s.channels, taps, row_taps, width)
        for part in range(len(parts.taps)):
            for f in range(FREQUENCIES):
                number = parts.terms[part, f]
                to[f] = plan.weights_at[f] + (row * parts.counts[f] + number) * s.channels
                if number < 0:
                    to[f] = -1
            for c in range(0, s.channels, LANES):
                _transform(row_taps, c, parts.taps, part * 9, width, frequencies, to, s.channels)


@inlined
def taps_apart(
    weight: Array, at: int, term_step: int, terms: int, taps: int, row_taps: Array, width: int
) -> None:
    """row_taps[tap, term] = weight[at + term * term_step + tap]"""
    whole = taps // LANES * LANES
    c = 0
    while c + LANES <= terms:
        for tap in range(0, whole, LANES):
            from_ = at + c * term_step + tap
            transpose(weight, from_, term_step, row_taps, tap * width + c, width)
        for i in range(c, c + LANES):
            for tap in range(whole, taps):
                row_taps[tap * width + i] = weight[at + i * term_step + tap]
        c += LANES
    for i in range(c, terms):
        for tap in range(taps):
            row_taps[tap * width + i] = weight[at + i * term_step + tap]


@traced
def _transform(
    row_taps: Flat, c: Value, taps: Flat, first: Value, width: Value, frequencies: Flat, to: Flat,
    end: Value,
) -> None:  # fmt: skip
    """frequencies[to[f] + channel] = G taps G', of LANES channels from c on, where that is not -1.

    The taps are in the rows taps[first], taps[first + 1], ... of row_taps.
    """
    values = [row_taps.load(c + width * taps[first + k]) for k in range(9)]
    columns = zip(*(_combined(*values[i : i + 3]) for i in range(0, 9, 3)), strict=True)
    rows = zip(*(_combined(*column) for column in columns), strict=True)
    for f, v in enumerate(v for row in rows for v in row):
        with when(to[f] >= 0):
            store(v, frequencies.at(to[f]), c, end)


def _combined(a: Value, b: Value, c: Value) -> Sequence[Value]:
    """G times a column of three."""
    outer = a + c
    return a, (outer + b) * 0.5, (outer - b) * 0.5, c
