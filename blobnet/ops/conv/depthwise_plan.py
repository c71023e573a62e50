"""Plans for `depthwise_kernel.py`: the sizes of planes, and how kernels walk through them.

Items of work are cut by shapes alone, never by the number of threads.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from blobnet.ops.conv.geometry import Images, table
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import LANES
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape

STRIP = 28
"""Rows in a walk: few enough that a strip of a plane stays in a processor's nearest cache."""


class PlaneSizes(NamedTuple):
    """The numbers of a convolution whose groups have one channel and one output each."""

    images: int
    groups: int
    height: int  # of a plane of x
    width: int
    rows: int  # of a plane of y
    columns: int
    pad_above: int
    pad_left: int
    dilation_down: int
    dilation_across: int


class Depthwise(NamedTuple):
    """A plan.

    walks  a table: the first column, the first row, and the end of the rows. From its first row
           on every `dilation_down`-th is a walk's own, in LANES columns.
    """

    sizes: PlaneSizes
    kernel: Shape  # its height and width, the stride down and across
    walks: IntArray


@lru_cache(maxsize=1024)
def by_places(x: Shape, weight: Shape, y: Shape, window: Window) -> Fixed[Depthwise]:
    """Walks through y."""
    its = Images.of(x, weight, y, window)
    return _plan(its, range(its.rows), range(its.columns))


@lru_cache(maxsize=1024)
def by_pixels(x: Shape, weight: Shape, y: Shape, window: Window) -> Fixed[Depthwise]:
    """Walks through x: a row or column is as many pixels as the window steps over."""
    its = Images.of(x, weight, y, window)
    ends = zip((its.height, its.width), its.window.stride, its.window.pad, strict=True)
    rows, columns = (
        range(pad // stride, (pad + length - 1) // stride + 1) for length, stride, pad in ends
    )
    return _plan(its, rows, columns)


def _plan(its: Images, rows: range, columns: range) -> Fixed[Depthwise]:
    dilation, dilation_across = its.window.dilation
    pad_above, pad_left = its.window.pad
    sizes = PlaneSizes(
        its.images, its.groups, its.height, its.width, its.rows, its.columns,
        pad_above, pad_left, dilation, dilation_across,
    )  # fmt: skip
    strips = range(0, len(rows), STRIP * dilation)
    walks = [
        (column, first, strip.stop)
        for strip in (rows[begin : begin + strips.step] for begin in strips)
        for column in columns[::LANES]
        for first in strip[:dilation]
    ]
    return Fixed(Depthwise(sizes, (*its.window.kernel, *its.window.stride), table(walks)))
