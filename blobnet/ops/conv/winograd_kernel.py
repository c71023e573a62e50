"""Winograd's convolution: windows of 3x3 or 5x5, two by two outputs from four by four pixels.

    y = A (U * V) A',  U = G weight G',  V = B' x B,  summed over channels

A direct sum over 3x3 taps takes 36 products for such a tile; this takes 16, one for each of 16
frequencies, and all tiles of an image together are 16 matrix products. A larger window is cut
into parts of up to 3x3 taps (see `Parts`), which are summed like channels: 49 products for 100.
The tables are those of `ops/conv/winograd_plan.py`.

Source: A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural Networks, 2015, F(2x2, 3x3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from blobnet.ops.conv.winograd_plan import FREQUENCIES, Winograd, WinogradSizes
from blobnet.ops.simd.emit import Flat, Tile
from blobnet.ops.simd.flow import either
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import inlined, kernel
from blobnet.ops.simd.lanes import every, first_lanes
from blobnet.ops.simd.microkernel import multiply_panels
from blobnet.ops.simd.register_tile import LOW_MR, MR, NARROW_NR, NR
from blobnet.ops.simd.tile import store_tile, zero_wide
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import leaky, load, load_row, store, store_interleaved
from blobnet.ops.simd.windows import row_of_image
from blobnet.types import Array, IntArray


@kernel
def by_item(
    begin: int, end: int, plan: Winograd, x: Array, frequencies: Array, bias: Array, slope: float,
    y: Array, lines: Array, columns: Array, products: Array,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each some images, a strip, a group, a block of outputs."""
    s = plan.sizes
    step = s.padded_tiles
    frequency = s.block * step
    laid_out = -1
    for item in range(begin, end):
        rest, block = divmod(item, s.blocks)
        images_and_strip, g = divmod(rest, s.groups)
        part, strip = divmod(images_and_strip, s.strips)
        n = min(part * s.images_at_once, s.images - s.images_at_once)
        row = min(strip * s.strip, s.tile_rows - s.strip)
        if laid_out != rest:  # the blocks of outputs see the same
            _transform_images(plan, x, n * s.groups + g, row, lines, columns)
            laid_out = rest
        low, high = block * s.block, min((block + 1) * s.block, s.outputs)
        for f in range(FREQUENCIES):
            count = plan.parts.counts[f] * s.channels
            multiply(
                frequencies, plan.weights_at[f] + (g * s.outputs + low) * count, plan.terms, count,
                columns, plan.columns_at[f], plan.panels[f], products, f * frequency, high - low,
                step,
            )  # fmt: skip
        for m in range(low, high):
            at = (m - low) * step
            shift = bias[g * s.bias_group + plan.biases[m]]
            _transform_back(products, at, frequency, step, shift, slope, lines)
            for i in range(s.images_at_once):
                _write_rows(s, lines, i, step, row, y, ((n + i) * s.groups + g) * s.outputs + m)


@inlined
def multiply(
    a: Array, a_at: int, terms: IntArray, count: int, columns: Array, columns_at: int, panel: int,
    y: Array, y_at: int, outputs: int, padded_tiles: int,
) -> None:  # fmt: skip
    """y[m, tile] = sum over `count` terms of a[m, term] * columns[term, tile]."""
    for v in range(0, padded_tiles, NR * LANES):
        at = columns_at + v // (NR * LANES) * panel
        is_narrow = padded_tiles - v == NARROW_NR * LANES
        for m in range(0, outputs, MR):
            row, to, is_low = a_at + m * count, y_at + m * padded_tiles + v, outputs - m <= LOW_MR
            rest = (a, row, terms, 0, count, count, columns, at, NR * LANES, MR * count)
            if is_narrow and is_low:
                _multiply_tile(zero_wide(y, LOW_MR, NARROW_NR), y, to, padded_tiles, *rest)
            elif is_narrow:
                _multiply_tile(zero_wide(y, MR, NARROW_NR), y, to, padded_tiles, *rest)
            elif is_low:
                _multiply_tile(zero_wide(y, LOW_MR, NR), y, to, padded_tiles, *rest)
            else:
                _multiply_tile(zero_wide(y, MR, NR), y, to, padded_tiles, *rest)


@traced
def _multiply_tile(empty: Tile, y: Flat, to: Value, row: Value, *rest: Any) -> None:
    store_tile(multiply_panels(empty, *rest), y, to, row)


@inlined
def _transform_images(
    plan: Winograd, x: Array, image: int, row: int, lines: Array, columns: Array
) -> None:
    """columns[f] = B' x B at all tiles, in micropanels as `pack_b` makes them.

    Tiles are in order of rows, then of images. Parts that look farther across have lines of their
    own; those that look farther down find theirs some rows on in the same lines.
    """
    s, parts = plan.sizes, plan.parts
    across, tile_row = (s.window - 1) // 2, s.images_at_once * s.tile_columns
    step = len(lines) // (across * FREQUENCIES)
    for c in range(s.channels):
        for i in range(s.images_at_once):
            plane = ((image + i * s.groups) * s.channels + c) * s.x_height * s.x_width
            for shift in range(across):
                for q in range(0, s.tile_columns, LANES):
                    _transform(
                        x, plane, s.x_height, s.x_width, 2 * row - plan.pad[0],
                        2 * (q + shift) - plan.pad[1], s.strip + across - 1, lines,
                        shift * FREQUENCIES * step + i * s.tile_columns + q, step, tile_row,
                        s.tile_columns - q,
                    )  # fmt: skip
        for part in range(len(parts.shifts)):
            down, shift = parts.shifts[part]
            for f in range(FREQUENCIES):
                if parts.terms[part, f] >= 0:
                    at = (shift * FREQUENCIES + f) * step + down * tile_row
                    to = plan.columns_at[f] + (parts.terms[part, f] * s.channels + c) * NR * LANES
                    for v in range(at, at + s.strip * tile_row, NR * LANES):
                        for q in range(0, NR * LANES, LANES):
                            store(load(lines, v + q), columns, to + q)
                        to += plan.panels[f]


@inlined
def _transform(
    x: Array, plane: int, height: int, width: int, y: int, column: int, rows: int,
    lines: Array, to: int, step: int, tile_row: int, count: int,
) -> None:  # fmt: skip
    """lines[f] = B' x B of some neighbouring tiles, in one row of tiles after the other."""
    upper = _across(x, plane, y, height, column, width)
    for r in range(rows):
        lower = _across(x, plane, y + 2 * r + 2, height, column, width)
        _store_down(upper, lower, lines, to + r * tile_row, step, count)
        upper = lower  # tiles one below the other share two rows


@traced
def _across(
    x: Flat, plane: Value, row: Value, height: Value, column: Value, width: Value
) -> list[Value]:
    """Two rows of four pixels B, of LANES tiles, which lie two columns apart."""
    found: list[Value] = []
    for down in range(2):
        line, end = row_of_image(x, plane, row + down, height, width)
        left, right = (load_row(line, column + across, end, count=2) for across in (0, 2))
        pixels = [every(2, pixel, both) for both in (left, right) for pixel in range(2)]
        found += _differences(*pixels)
    return found


@traced
def _store_down(
    upper: Sequence[Value], lower: Sequence[Value], y: Flat, at: Value, step: Value, count: Value
) -> None:
    """y[at + f * step : ] = B' times four rows, in the first `count` lanes."""
    columns = [_differences(*upper[i::4], *lower[i::4]) for i in range(4)]
    mask = first_lanes(count)

    def store_all(mask: Value | None) -> None:
        for f, v in enumerate(v for row in zip(*columns, strict=True) for v in row):
            y.store(v, at + step * f, mask)

    either(count >= LANES, lambda: store_all(None), lambda: store_all(mask))


def _differences(a: Value, b: Value, c: Value, d: Value) -> Sequence[Value]:
    """B' times a column of four."""
    return a - c, b + c, c - b, b - d


@inlined
def _transform_back(
    products: Array, at: int, step: int, count: int, shift: float, slope: float, line: Array
) -> None:
    """line[row of a tile, column] = leaky(A products A' + shift), for all tiles."""
    for v in range(0, count, LANES):
        _store_tiles(products, at + v, step, shift, slope, line, 2 * v, 2 * count)


@traced
def _store_tiles(
    products: Flat, at: Value, step: Value, shift: Value, slope: Value, line: Flat, to: Value,
    width: Value,
) -> None:  # fmt: skip
    """Two rows of LANES tiles, `width` apart."""
    values = [products.load(at + step * f) for f in range(FREQUENCIES)]
    columns = zip(*(_sums(*values[f : f + 4]) for f in range(0, FREQUENCIES, 4)), strict=True)
    for row in zip(*(_sums(*column) for column in columns), strict=True):
        pixels = [leaky(v + shift, slope) for v in row]
        store_interleaved(pixels, line, to, to + 2 * LANES)
        to = to + width


def _sums(a: Value, b: Value, c: Value, d: Value) -> Sequence[Value]:
    """A' times a column of four."""
    return a + b + c, b - c - d


@inlined
def _write_rows(
    s: WinogradSizes, line: Array, i: int, step: int, row: int, y: Array, plane: int
) -> None:
    """The rows of image `i` from the line to a plane of y."""
    width = 2 * s.tile_columns
    for r in range(2 * row, min(2 * (row + s.strip), s.y_height)):
        at = r % 2 * 2 * step + ((r // 2 - row) * s.images_at_once + i) * width
        to = (plane * s.y_height + r) * s.y_width
        for q in range(0, s.y_width, LANES):
            store(load(line, at + q), y, to + q, to + s.y_width)
