"""Vectors brought to length 1, across the channels of each place: see `unit_length.py`."""

from __future__ import annotations

import numpy as np

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import load, splat, store
from blobnet.types import Array

BLOCK = 32
"""Places that an item has: whole lines of a cache, in every channel."""


@exact_kernel
def to_unit_length(
    begin: int, end: int, channels: int, inner: int, x: Array, eps: float, scale: Array,
    length: Array, y: Array,
) -> None:  # fmt: skip
    """length = sqrt(sum(x^2) + eps);  y = x / length * scale, one for all channels or for each.

    An item is a block of places of an image.
    """
    blocks = -(-inner // BLOCK)
    for item in range(begin, end):
        n, block = divmod(item, blocks)
        first, last = block * BLOCK, min((block + 1) * BLOCK, inner)
        sums, stop = n * inner, n * inner + last
        for i in range(first, last, LANES):
            store(splat(x, 0), length, sums + i, stop)
        for c in range(channels):
            row = (n * channels + c) * inner
            for i in range(first, last, LANES):
                v = load(x, row + i, row + last)
                store(load(length, sums + i, stop) + v * v, length, sums + i, stop)
        for i in range(first, last, LANES):
            store(_root(load(length, sums + i, stop), eps), length, sums + i, stop)
        for c in range(channels):
            row, factor = (n * channels + c) * inner, scale[c % len(scale)]
            for i in range(first, last, LANES):
                v = load(x, row + i, row + last) / load(length, sums + i, stop, 1)
                store(v * factor, y, row + i, row + last)


@traced
def _root(v: Value, eps: Value) -> Value:
    root: Value = np.sqrt(v + eps)
    return root
