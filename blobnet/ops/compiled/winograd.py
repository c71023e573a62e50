"""Winograd's convolution: 3x3 windows, two by two outputs from four by four pixels.

    y = A (U * V) A',  U = G weight G',  V = B' x B,  summed over channels

A direct sum takes 36 products for such a tile; this takes 16, one for each of 16 frequencies, and
all tiles of an image together are 16 matrix products. The tables are those of
`ops/plans/winograd.py`.

Source: A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural Networks, 2015, F(2x2, 3x3).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.compiled.copies import copy, prefetch, transpose
from blobnet.ops.compiled.kernel import inlined, kernel
from blobnet.ops.compiled.lanes import (
    add,
    all_lanes,
    multiply,
    put,
    put_in_turn,
    read,
    subtract,
    where_larger,
    write,
)
from blobnet.ops.compiled.layout import split
from blobnet.ops.compiled.tile import add_product, save, zero
from blobnet.ops.plans.winograd import FREQUENCIES, WinogradSizes
from blobnet.ops.tiles import LANES, NARROW_PLACES, OUTPUTS, PLACES
from blobnet.types import Array, IntArray


@kernel
def transform_weights(
    begin: int, end: int, its: Any, weight: Array, row_step: int, term_step: int,
    taps: IntArray, frequencies: Array,
) -> None:  # fmt: skip
    """frequencies[f, row, term] = G weight G', for the rows from `begin` to `end` of all groups.

    taps  the order in which those of a window are taken
    """
    s = WinogradSizes(*its)
    width = -(-s.channels // LANES) * LANES
    seen, line = np.zeros(9 * width, weight.dtype), np.empty(FREQUENCIES * width, weight.dtype)
    half = all_lanes(weight, 0.5)
    for row in range(begin, end):
        g, m = divmod(row, s.outputs)
        at = g * s.outputs * s.channels * 9 + m * row_step
        _taps_apart(weight, at, term_step, s.channels, seen, width)
        for c in range(0, width, LANES):
            a = _combined(_read_three(seen, c, taps[0:3], width), half)
            b = _combined(_read_three(seen, c, taps[3:6], width), half)
            d = _combined(_read_three(seen, c, taps[6:9], width), half)
            _write_four(_combined((a[0], b[0], d[0]), half), line, c, 4 * width)
            _write_four(_combined((a[1], b[1], d[1]), half), line, c + width, 4 * width)
            _write_four(_combined((a[2], b[2], d[2]), half), line, c + 2 * width, 4 * width)
            _write_four(_combined((a[3], b[3], d[3]), half), line, c + 3 * width, 4 * width)
        for f in range(FREQUENCIES):
            to = f * s.frequency + row * s.channels
            frequencies[to : to + s.channels] = line[f * width : f * width + s.channels]


@kernel
def _taps_apart(
    weight: Array, at: int, term_step: int, terms: int, seen: Array, width: int
) -> None:
    """seen[tap, term] = weight[at + term * term_step + tap]"""
    c = 0
    while c + LANES <= terms:
        transpose(weight, at + c * term_step, term_step, seen, c, width)  # taps 0 to 7
        for i in range(c, c + LANES):
            seen[8 * width + i] = weight[at + i * term_step + 8]
        c += LANES
    for i in range(c, terms):
        for tap in range(9):
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


@kernel
def by_item(
    begin: int, end: int, its: Any,
    x: Array, frequencies: Array, bias: Array, biases: IntArray, slope: float, y: Array,
    phases: IntArray, stride: IntArray, first: IntArray,
    terms: IntArray,
    planes: Array, line: Array, columns: Array, products: Array,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each some images, a strip, a group, a block of outputs."""
    s = WinogradSizes(*its)
    step = s.places
    frequency, panels = s.block * step, -(-step // (PLACES * LANES))
    panel = len(columns) // (FREQUENCIES * panels)
    laid_out = -1
    for item in range(begin, end):
        rest, block = divmod(item, s.blocks)
        images_and_strip, g = divmod(rest, s.groups)
        part, strip = divmod(images_and_strip, s.strips)
        n = min(part * s.images_at_once, s.images - s.images_at_once)
        row = min(strip * s.strip, s.tile_rows - s.strip)
        if laid_out != rest:  # the blocks of outputs see the same
            _transform_images(
                its, x, n * s.groups + g, row, phases, stride, first, planes, line, columns, panel
            )
            laid_out = rest
        low, high = block * s.block, min((block + 1) * s.block, s.outputs)
        for f in range(FREQUENCIES):
            _multiply(
                frequencies, f * s.frequency + (g * s.outputs + low) * s.channels, terms,
                columns, f * panels * panel, panel, products, f * frequency, high - low, step,
            )  # fmt: skip
        for m in range(low, high):
            at = (m - low) * step
            shift = bias[g * s.bias_group + biases[m]]
            _transform_back(products, at, frequency, step, shift, slope, line)
            for i in range(s.images_at_once):
                _write_rows(its, line, i, step, row, y, ((n + i) * s.groups + g) * s.outputs + m)


@kernel
def _multiply(
    a: Array, a_at: int, terms: IntArray, columns: Array, columns_at: int, panel: int,
    y: Array, y_at: int, outputs: int, places: int,
) -> None:  # fmt: skip
    """y[m, place] = sum over terms of a[m, term] * columns[term, place], in whole tiles."""
    count = len(terms)
    for v in range(0, places, PLACES * LANES):
        at = columns_at + v // (PLACES * LANES) * panel
        is_narrow = places - v == NARROW_PLACES * LANES
        for m in range(0, outputs, OUTPUTS):
            row, to = a_at + m * count, y_at + m * places + v
            if is_narrow:
                narrow = zero(y, OUTPUTS, NARROW_PLACES)
                narrow = _add_terms(narrow, a, row, terms, columns, at)
                save(narrow, y, to, places)
            else:
                tile = _add_terms(zero(y, OUTPUTS, PLACES), a, row, terms, columns, at)
                save(tile, y, to, places)


@inlined
def _add_terms(tile: Any, a: Array, row: int, terms: IntArray, columns: Array, at: int) -> Any:
    for k in range(len(terms)):
        prefetch(a, row + OUTPUTS * (len(terms) + k))  # the next tile's weights
        tile = add_product(tile, a, row, terms, k, len(terms), columns, at)
        at += PLACES * LANES
    return tile


@kernel
def _transform_images(
    its: Any, x: Array, image: int, row: int, phases: IntArray, stride: IntArray, first: IntArray,
    planes: Array, line: Array, columns: Array, panel: int,
) -> None:  # fmt: skip
    """columns[f] = B' x B at all tiles, in panels; see `gather` in `layout.py`."""
    s = WinogradSizes(*its)
    plane_columns = s.tile_columns + 1
    plane = (s.strip + 1) * plane_columns
    tiles = s.strip * s.tile_columns
    step = s.images_at_once * tiles + LANES
    frequency = len(columns) // FREQUENCIES
    for i in range(s.images_at_once):
        split(
            x, (image + i * s.groups) * s.channels * s.x_height * s.x_width, s.channels,
            s.x_height, s.x_width, planes, i * s.channels * 4 * plane, phases, s.strip + 1,
            plane_columns, stride, first, row,
        )  # fmt: skip
    for c in range(s.channels):
        for i in range(s.images_at_once):
            at = (i * s.channels + c) * 4 * plane
            for r in range(s.strip):
                to = i * tiles + r * s.tile_columns
                for q in range(0, s.tile_columns, LANES):
                    _transform(
                        planes, at + r * plane_columns + q, plane, plane_columns, line, to + q, step
                    )
        for f in range(FREQUENCIES):
            for v in range(0, step - LANES, LANES):
                before, lane = divmod(v, PLACES * LANES)
                to = f * frequency + before * panel + c * PLACES * LANES
                copy(line, f * step + v, columns, to + lane)


@inlined
def _transform(
    planes: Array, at: int, plane: int, below: int, line: Array, to: int, step: int
) -> None:
    """line[f] = B' x B of some neighbouring tiles.

    The pixels of a tile are in four planes: those of even and of odd rows and columns.
    """
    a = _differences(_pixels(planes, at, plane))
    b = _differences(_pixels(planes, at + 2 * plane, plane))
    c = _differences(_pixels(planes, at + below, plane))
    d = _differences(_pixels(planes, at + 2 * plane + below, plane))
    _write_four(_differences((a[0], b[0], c[0], d[0])), line, to, 4 * step)
    _write_four(_differences((a[1], b[1], c[1], d[1])), line, to + step, 4 * step)
    _write_four(_differences((a[2], b[2], c[2], d[2])), line, to + 2 * step, 4 * step)
    _write_four(_differences((a[3], b[3], c[3], d[3])), line, to + 3 * step, 4 * step)


@inlined
def _pixels(planes: Array, at: int, plane: int) -> Any:
    """Four neighbours in a row of every tile: an even and an odd column, and their neighbours."""
    even, odd = at, at + plane
    return read(planes, even), read(planes, odd), read(planes, even + 1), read(planes, odd + 1)


@inlined
def _differences(column: Any) -> Any:
    """B' times a column of four."""
    a, b, c, d = column
    return subtract(a, c), add(b, c), subtract(c, b), subtract(b, d)


@kernel
def _transform_back(
    products: Array, at: int, step: int, count: int, shift: float, slope: float, line: Array
) -> None:
    """line[row of a tile, column] = leaky(A products A' + shift), for all tiles."""
    factor, shifts = all_lanes(products, slope), all_lanes(products, shift)
    for v in range(0, count, LANES):
        a = _sums(_read_four(products, at + v, step))
        b = _sums(_read_four(products, at + v + 4 * step, step))
        c = _sums(_read_four(products, at + v + 8 * step, step))
        d = _sums(_read_four(products, at + v + 12 * step, step))
        left, right = _sums((a[0], b[0], c[0], d[0])), _sums((a[1], b[1], c[1], d[1]))
        for i in range(2):
            even, odd = _leaky(add(left[i], shifts), factor), _leaky(add(right[i], shifts), factor)
            put_in_turn(even, odd, line, i * 2 * count, 2 * v, 2 * count)


@inlined
def _sums(column: Any) -> Any:
    """A' times a column of four."""
    a, b, c, d = column
    return add(add(a, b), c), subtract(subtract(b, c), d)


@inlined
def _leaky(value: Any, slope: Any) -> Any:
    zero = subtract(slope, slope)
    return where_larger(value, zero, value, multiply(value, slope))


@inlined
def _read_four(a: Array, at: int, step: int) -> Any:
    return read(a, at), read(a, at + step), read(a, at + 2 * step), read(a, at + 3 * step)


@inlined
def _write_four(values: Any, a: Array, at: int, step: int) -> None:
    write(values[0], a, at)
    write(values[1], a, at + step)
    write(values[2], a, at + 2 * step)
    write(values[3], a, at + 3 * step)


@kernel
def _write_rows(its: Any, line: Array, i: int, step: int, row: int, y: Array, plane: int) -> None:
    """The rows of image `i` from the line to a plane of y."""
    s = WinogradSizes(*its)
    width = 2 * s.tile_columns
    for r in range(2 * row, min(2 * (row + s.strip), s.y_height)):
        at = r % 2 * 2 * step + (i * s.strip + r // 2 - row) * width
        to = (plane * s.y_height + r) * s.y_width
        for q in range(0, s.y_width, LANES):
            put(read(line, at + q), y, to + q, s.y_width - q)
