"""Matrix products: the five loops of GotoBLAS around a tile of sums in registers.

    C (M, N) = or += A (M, K) @ B (K, N)

The terms of a sum are cut into parts of KC. In a part they are added one by one, from the first
on, each with one rounding for its product and its addition; the parts are added in their order.
So a value depends on its K pairs of factors alone: not on where it stands, on how many others
there are, on how the work is cut, or on the processor.

    item        some rows of C by some columns: what a thread takes
    part        KC terms: a block of A is packed for it, and stays in the second cache
    micropanel  of B: packed as well, and stays in the first cache while all rows go by
    tile        MR rows by NR vectors of C, in registers
"""

from __future__ import annotations

from typing import Any, NamedTuple

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either, loop, when
from blobnet.ops.simd.isa import CACHE_LINE, LANES, whole
from blobnet.ops.simd.kernel import exact_kernel, kernel
from blobnet.ops.simd.panels import (
    NOTHING,
    aligned,
    dot,
    finish,
    least,
    multiply_into,
    pack,
    vectors_of,
)
from blobnet.ops.simd.register_tile import MR, NARROW_NR, NR
from blobnet.ops.simd.tile import zero_wide
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import leaky, sum_of_lanes, where
from blobnet.types import Array

WIDE = NR * LANES
"""Columns of a tile; of float64 there may be fewer."""

KC = 192
"""Terms that are added one by one; longer sums are added up from parts, more exactly.

Any number would do, but for LeNet's recording, where two values nearly tie (see
`tests/test_lenet_recording.py`): which of them is the larger one hangs on this number, and on the
order of adding in all other kernels. With 192 the losses are Caffe's for a hundred steps; with 256,
384 and 512 they were not. It is chosen by that test, and no more exact than the others.
"""

MC, MOST_ROWS = 240, 480
"""Rows of a block, and most where there are fewer terms than KC; whole tiles of all processors.

KC values of each of MC rows stay in a processor's second cache.
"""

ITEM_COLUMNS = 64
"""Columns of an item."""

TOGETHER = 8
"""Neighbouring items that a thread does as one block: A is packed once for all of them."""


class Product(NamedTuple):
    """Sizes, how factors lie in memory, and how the work is cut: whole numbers, or their values."""

    rows: Any
    columns: Any
    terms: Any
    a_row: Any  # steps
    a_term: Any
    b_term: Any
    b_column: Any
    adds: Any  # 1 where C is added to, 0 where it is written
    biased: Any  # the same for a bias
    mc: Any  # rows of an item
    across: Any  # items side by side

    @classmethod
    def of(
        cls, rows: int, columns: int, terms: int, *, a_turned: bool, b_turned: bool, adds: bool,
        biased: bool,
    ) -> Product:  # fmt: skip
        """A factor that is `turned` is stored transposed."""
        most = min(MC * KC // min(terms, KC), MOST_ROWS)
        mc = whole(-(-rows // -(-rows // most)), MR)
        a_row, a_term = (1, rows) if a_turned else (terms, 1)
        b_term, b_column = (1, terms) if b_turned else (columns, 1)
        across = -(-columns // ITEM_COLUMNS)
        return cls(
            rows, columns, terms, a_row, a_term, b_term, b_column, int(adds), int(biased), mc,
            across,
        )  # fmt: skip

    @property
    def items(self) -> int:
        return int(-(-self.rows // self.mc) * self.across)

    @property
    def room(self) -> int:
        """Values of scratch memory that a thread needs."""
        part = min(self.terms, KC)
        panels = (part + LANES) * (WIDE + self.mc)
        columns = min(self.across, TOGETHER) * ITEM_COLUMNS
        sums = self.mc * columns if self.terms > KC else 0
        return int(CACHE_LINE + panels + MR * WIDE + sums)


@kernel
def multiply(
    begin: int, end: int, plan: Product, a: Array, b: Array, c: Array, bias: Array, slope: float,
    room: Array,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`, of `plan.mc` rows and ITEM_COLUMNS columns each.

    bias  (N,), added to every row, and then what is not above 0 is multiplied by `slope`
    room  scratch memory, as much as the plan says
    """
    _multiply(begin, end, plan, a, b, c, bias, slope, room)


@traced
def _multiply(
    begin: Value, end: Value, plan: tuple[Value, ...], a: Flat, b: Flat, c: Flat, bias: Flat,
    slope: Value, room: Flat,
) -> None:  # fmt: skip
    """Block by block: rows `low` to `high`, columns `left` to `right` of C."""
    s = Product(*plan)
    with loop(begin // s.across, (end + (s.across - 1)) // s.across) as i:
        low, first = i * s.mc, i * s.across
        high = least(low + s.mc, s.rows)
        after = least(end - first, s.across)
        with loop(where(begin > first, begin - first, 0), after, TOGETHER) as j:
            right = least(least(j + TOGETHER, after) * ITEM_COLUMNS, s.columns)
            left = j * ITEM_COLUMNS
            _add_parts(s, low, high, left, right, a, b, c, bias, slope, aligned(room))


def _add_parts(
    s: Product, low: Value, high: Value, left: Value, right: Value, a: Flat, b: Flat, c: Flat,
    bias: Flat, slope: Value, room: Flat,
) -> None:  # fmt: skip
    """The sums of a block, part by part: of longer sums all tiles wait in scratch memory."""
    width, depth = vectors_of(c) * LANES, least(s.terms, s.terms.like(KC)) + LANES
    packed_a = room.at(depth * width)
    tiles = packed_a.at(depth * s.mc)
    is_long = where(s.terms > KC, s.terms.like(1), 0)
    with loop(0, s.terms, KC) as k:
        count = least(s.terms - k, s.terms.like(KC))
        with when(s.rows > 1), loop(low, high, MR) as m:
            pack(
                a, m * s.a_row + k * s.a_term, s.a_row, s.a_term, high - m, count,
                packed_a.at((m - low) * count), MR,
            )  # fmt: skip
        with loop(left, right, width) as j:
            columns = right - j
            pack(
                b, k * s.b_term + j * s.b_column, s.b_column, s.b_term, columns, count, room, width
            )
            with loop(low, high, MR) as m:
                place = (j - left) * s.mc + (m - low) * width
                sums, target = tiles.at(place * is_long), c.at(m * s.columns + j)
                for r in range(MR):
                    for line in range(0, width * c.bytes, CACHE_LINE):
                        target.prefetch(s.columns * r + line // c.bytes, to_write=True)
                _add_tile(
                    s, a.at(k * s.a_term), packed_a.at((m - low) * count), room, count, columns,
                    k == 0, sums,
                )  # fmt: skip
                with when(k + count == s.terms):
                    finish(
                        sums, least(high - m, s.mc.like(MR)), columns, target, s.columns, s.adds,
                        bias.at(j * s.biased), s.biased, slope,
                    )  # fmt: skip


def _add_tile(
    s: Product, a: Flat, packed_a: Flat, packed_b: Flat, count: Value, columns: Value,
    is_first: Value, sums: Flat,
) -> None:  # fmt: skip
    """A part of a tile's sums: of one row, of few columns, or of a whole tile."""
    vectors = vectors_of(sums)

    def add(rows: int, wide: int) -> None:
        factors, step = (a, s.a_term) if rows == 1 else (packed_a, MR)
        tile = zero_wide(sums, rows, wide)
        multiply_into(tile, factors, step, packed_b, vectors * LANES, count, is_first, sums)

    def add_rows() -> None:
        if vectors == NARROW_NR:
            add(MR, vectors)
        else:
            is_narrow = columns <= NARROW_NR * LANES
            either(is_narrow, lambda: add(MR, NARROW_NR), lambda: add(MR, vectors))

    either(s.rows == 1, lambda: add(1, vectors), add_rows)


# --- few rows -------------------------------------------------------------------------------------


@kernel
def dot_rows(
    begin: int, end: int, plan: Product, a: Array, b: Array, c: Array, bias: Array, slope: float
) -> None:
    """`multiply` for few rows and a B that is stored transposed: every line of it is read once.

    Terms are added in another order: of every DOT_TERMS one each to as many sums, which are added
    up in pairs at the end.
    """
    _dot_rows(begin, end, plan, a, b, c, bias, slope)


@traced
def _dot_rows(
    begin: Value, end: Value, plan: tuple[Value, ...], a: Flat, b: Flat, c: Flat, bias: Flat,
    slope: Value,
) -> None:  # fmt: skip
    s = Product(*plan)
    last = least(end * ITEM_COLUMNS, s.columns)
    with loop(begin * ITEM_COLUMNS, last) as j, loop(0, s.rows) as i:
        total = sum_of_lanes(dot(a.at(i * s.terms), b.at(j * s.terms), s.terms))
        nothing = total.like(NOTHING)
        total = total + either(s.biased == 1, lambda: bias[j], lambda: nothing)
        c[i * s.columns + j] = leaky(total, total.like(slope))


# --- a column times a row -------------------------------------------------------------------------


@exact_kernel
def add_outer(begin: int, end: int, column: Array, row: Array, out: Array) -> None:
    """out[r, c] += column[r] * row[c], for the rows from `begin` to `end`."""
    for r in range(begin, end):
        factor, total = column[r], out[r]
        for c in range(len(row)):
            total[c] += factor * row[c]


@exact_kernel
def outer(begin: int, end: int, column: Array, row: Array, out: Array) -> None:
    """out[r, c] = column[r] * row[c], for the rows from `begin` to `end`."""
    for r in range(begin, end):
        factor, products = column[r], out[r]
        for c in range(len(row)):
            products[c] = factor * row[c]
