"""How a convolution is cut into chunks whose columns stay in a processor's cache.

The rule looks at shapes alone, never at the number of threads, so that results do not depend on
it. Cutting is by images first, then by groups, then by rows of the output (`output_chunks`) or
by channels of the input (`input_chunks`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from blobnet.ops.window import Window
from blobnet.types import Array, Shape

COLUMNS = 2**17
"""Values in the columns of a chunk, where its shape allows: 512 KiB in float32."""

PLACES = 256
"""With fewer places a matrix product is slow, so then several images share one."""


class Chunk(NamedTuple):
    """A part of a convolution: views of its arrays."""

    x: Array  # (S, C, *size): some images, some channels
    weight: Array  # (groups, outputs, channels, taps)
    y: Array  # (S, groups, outputs, places)
    places: Shape  # rows, ...
    first_row: int  # the place on the first axis with which y begins
    window: Window
    bias: Array | None = None  # (groups, outputs, 1)

    @property
    def merged(self) -> bool:
        """Whether the images are worked on as one, their places side by side."""
        return self.y.shape[3] < PLACES and len(self.y) > 1


def output_chunks(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array
) -> Iterator[Chunk]:
    """Chunks of which each computes outputs of its own: images, groups, rows."""
    cut = _Cut.of(x, weight, y)
    column = cut.channels * cut.taps
    images = cut.images_at_once(column * cut.groups)
    groups = max(1, COLUMNS // max(1, images * column * cut.places))
    fitting_rows = COLUMNS // max(1, images * groups * column * cut.row)
    rows = max(1, fitting_rows, math.ceil(PLACES / max(1, cut.row)))
    weights = weight.reshape(cut.groups, cut.outputs, cut.channels, cut.taps)
    outputs = y.reshape(len(x), cut.groups, cut.outputs, cut.places)
    biases = None if bias is None else bias.reshape(cut.groups, cut.outputs, 1)
    for n in _ranges(len(x), images):
        for g in _ranges(cut.groups, groups):
            b = None if biases is None else biases[g]
            seen = x[n, g.start * cut.channels : g.stop * cut.channels]
            for r in _ranges(cut.rows, rows):
                part = outputs[n, g, :, r.start * cut.row : r.stop * cut.row]
                places = (r.stop - r.start, *y.shape[3:]) if y.shape[2:] else ()
                yield Chunk(seen, weights[g], part, places, r.start, window, b)


def input_chunks(x: Array, weight: Array, window: Window, y: Array) -> Iterator[list[Chunk]]:
    """Chunks that cover inputs of their own: groups, channels, and in each list the images.

    The chunks of one list have the same weights.
    """
    cut = _Cut.of(x, weight, y)
    images = cut.images_at_once(cut.groups * cut.channels * cut.taps)
    channel = max(1, images * cut.taps * cut.places)
    groups = max(1, COLUMNS // (channel * max(1, cut.channels)))
    channels = max(1, COLUMNS // (channel * groups))
    weights = weight.reshape(cut.groups, cut.outputs, cut.channels, cut.taps)
    outputs = y.reshape(len(x), cut.groups, cut.outputs, cut.places)
    for g in _ranges(cut.groups, groups):
        for c in _ranges(cut.channels, channels):
            begin = g.start * cut.channels + c.start
            end = (g.stop - 1) * cut.channels + c.stop
            yield [
                Chunk(x[n, begin:end], weights[g, :, c], outputs[n, g], y.shape[2:], 0, window)
                for n in _ranges(len(x), images)
            ]


class _Cut(NamedTuple):
    """The numbers that decide."""

    groups: int
    outputs: int  # of one group
    channels: int  # of one group
    taps: int
    rows: int  # of the output, along the first axis
    row: int  # places in each

    @classmethod
    def of(cls, x: Array, weight: Array, y: Array) -> _Cut:
        channels, places = weight.shape[1], y.shape[2:]
        groups = x.shape[1] // max(1, channels)
        return cls(
            groups,
            weight.shape[0] // max(1, groups),
            channels,
            math.prod(weight.shape[2:]),
            places[0] if places else 1,
            math.prod(places[1:]),
        )

    @property
    def places(self) -> int:
        return self.rows * self.row

    def images_at_once(self, column: int) -> int:
        """As many as have columns that fit, but enough for a good matrix product."""
        fitting = COLUMNS // max(1, column * self.places)
        return max(1, fitting, math.ceil(PLACES / max(1, self.places)))


def _ranges(count: int, most: int) -> list[slice]:
    """range(count) in parts of at most `most`, as equal as can be."""
    parts = math.ceil(count / most)
    ends = [count * part // parts for part in range(parts + 1)] if parts else []
    return [slice(begin, end) for begin, end in pairwise(ends)]
