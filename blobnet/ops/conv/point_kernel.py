"""What `point.py` copies: weights with their axes exchanged, pixels with zeros between them."""

from __future__ import annotations

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either, loop
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import load, minimum, splat, store, store_interleaved, transpose


@exact_kernel
@traced
def turn(
    begin: Value, end: Value, weight: Flat, outputs: Value, channels: Value, turned: Flat
) -> None:
    """turned[c, m] = weight[m, c]. Items are LANES channels; there are no fewer outputs either.

    The last vectors of both axes may overlap the ones before.
    """
    with loop(begin, end) as item, loop(0, outputs, LANES) as vector:
        c = minimum(item * LANES, channels - LANES)
        m = minimum(vector, outputs - LANES)
        transpose(weight, m * channels + c, channels, turned, c * outputs + m, outputs)


@exact_kernel
@traced
def spread(
    begin: Value, end: Value, x: Flat, rows: Value, columns: Value, step: Value, height: Value,
    width: Value, y: Flat,
) -> None:  # fmt: skip
    """y[plane, step * r, 2 * q] = x[plane, r, q], and 0 elsewhere; items are planes."""
    nothing = splat(x, 0)
    with loop(begin, end) as plane, loop(0, height) as row:
        to = (plane * height + row) * width
        source = (plane * rows + row // step) * columns

        def fill(to: Value = to, source: Value = source) -> None:
            with loop(0, columns, LANES) as q:
                seen = load(x, source + q, source + columns)
                store_interleaved([seen, nothing], y, to + q * 2, to + width)

        def clear(to: Value = to) -> None:
            with loop(0, width, LANES) as q:
                store(nothing, y, to + q, to + width)

        either(row % step == 0, fill, clear)
