"""A convolution in numbers: its sizes, and where the taps of its window look."""

from __future__ import annotations

import math
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.ops.simd.isa import LANES
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape


class Images(NamedTuple):
    """A convolution as one of two spatial axes: missing ones have length 1."""

    window: Window
    images: int
    groups: int
    channels: int  # of a group, on the side of x
    outputs: int  # of a group, on the side of y
    taps: int
    height: int
    width: int
    rows: int
    columns: int

    @classmethod
    def of(cls, x: Shape, weight: Shape, y: Shape, window: Window) -> Images:
        missing = 2 - len(window.kernel)
        ones, zeros = (1,) * missing, (0,) * missing
        full = Window(
            ones + window.kernel, ones + window.stride, zeros + window.pad, ones + window.dilation
        )
        groups = x[1] // weight[1]
        sizes = (*(ones + x[2:]), *(ones + y[2:]))
        if window.is_point:  # rows need not be told apart
            sizes = (1, math.prod(x[2:]), 1, math.prod(y[2:]))
        taps = math.prod(weight[2:])
        return cls(full, x[0], groups, weight[1], weight[0] // groups, taps, *sizes)

    def in_one_column(self) -> Images:
        """With places below one another, so that they can be cut anywhere."""
        pixels, places = self.height * self.width, self.rows * self.columns
        return self._replace(height=pixels, width=1, rows=places, columns=1)

    def has_whole_vectors(self, rows: int) -> bool:
        """Whether vectors of places fit into a row, or into rows that follow one another."""
        return self.columns >= LANES or (self.columns == self.width == 1 and rows >= LANES)

    @property
    def is_depthwise(self) -> bool:
        return self.channels == self.outputs == 1

    @property
    def is_plain(self) -> bool:
        """Whether windows follow one another without steps or padding."""
        return self.window.stride == (1, 1) and self.window.pad == (0, 0)


class Tap(NamedTuple):
    """Where a tap looks along one axis: at which remainder by the stride, how many strides on."""

    remainder: int
    shift: int


class Axis(NamedTuple):
    """The taps along one axis, the remainders of where they look, and the farthest shift."""

    taps: list[Tap]
    remainders: list[int]
    reach: int

    @classmethod
    def of(cls, window: Window, axis: int) -> Axis:
        stride, dilation = window.stride[axis], window.dilation[axis]
        found = [divmod(k * dilation, stride) for k in range(window.kernel[axis])]
        taps = [Tap(remainder, shift) for shift, remainder in found]
        remainders = sorted({tap.remainder for tap in taps})
        return cls(taps, remainders, max(tap.shift for tap in taps))


def tap_offsets(down: Axis, across: Axis, plane: int, columns: int) -> list[int]:
    """Where each tap of a window looks in the planes of a channel."""
    subgrids = list(product(down.remainders, across.remainders))
    return [
        subgrids.index((v.remainder, h.remainder)) * plane + v.shift * columns + h.shift
        for v in down.taps
        for h in across.taps
    ]


def vector_begins(columns: int) -> list[int]:
    """Where in a row vectors begin; the last may overlap the one before."""
    begins = list(range(0, max(columns - LANES, 0) + 1, LANES))
    return [*begins, columns - LANES] if columns > LANES and columns % LANES else begins


def table(numbers: object) -> IntArray:
    return np.array(numbers, np.int64)
