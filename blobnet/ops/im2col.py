"""im2col and col2im for any number of axes: images to columns, and columns added up to images.

Both go one axis at a time. Unfolding the last axis first makes the runs of memory that the outer
axes copy as long as a row or a plane; a copy of whole windows would move a few numbers at a time.

Caffe: util/im2col.cpp.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from blobnet.ops.window import Window, overlap
from blobnet.ops.workspace import scratch
from blobnet.types import Array


def im2col(x: Array, window: Window, columns: Array) -> None:
    """Write what each tap of the window sees from each place; zeros where it sees padding.

    x        (C, *size)
    columns  (C, *kernel, *places)
    """
    if not window.kernel:
        columns[...] = x
    dims, part = len(window.kernel), x
    for axis in reversed(range(dims)):
        at = axis - dims
        places, length = columns.shape[at], x.shape[at]
        shape = [part.shape[0], window.kernel[axis], *part.shape[1:]]
        shape[at] = places
        target = scratch(f"im2col axis {axis}", tuple(shape), x.dtype) if axis else columns
        for tap, inside, pixels in _taps(window, axis, places, length):
            if inside != slice(0, places):
                target[:, tap] = 0
            target[:, tap][_along(at, inside)] = part[_along(at, pixels)]
        part = target


def col2im(columns: Array, window: Window, x: Array) -> None:
    """Add every column up at the pixels it was taken from; `x` is overwritten.

    columns  (C, *kernel, *places)
    x        (C, *size)
    """
    if not window.kernel:
        x[...] = columns
    dims, part = len(window.kernel), columns
    for axis in range(dims):
        at = axis - dims
        places, length = columns.shape[at], x.shape[at]
        shape = [part.shape[0], *part.shape[2:]]
        shape[at] = length
        is_last = axis == dims - 1
        target = x if is_last else scratch(f"col2im axis {axis}", tuple(shape), x.dtype)
        target[...] = 0
        for tap, inside, pixels in _taps(window, axis, places, length):
            target[_along(at, pixels)] += part[:, tap][_along(at, inside)]
        part = target


@lru_cache(maxsize=1024)
def _taps(window: Window, axis: int, places: int, length: int) -> list[tuple[int, slice, slice]]:
    """For each tap along an axis: its number, the places from where it sees pixels, and those."""
    stride, dilation = window.stride[axis], window.dilation[axis]
    return [
        (tap, *overlap(tap * dilation - window.pad[axis], stride, places, length))
        for tap in range(window.kernel[axis])
    ]


def _along(at: int, part: slice) -> tuple[Any, ...]:
    """The index that takes `part` of the axis at -1, -2, ..., and all of the others."""
    return (..., part, *(slice(None),) * (-1 - at))
