"""im2col and col2im for any number of axes: images to columns, and columns added up to images.

Both go one axis at a time. Unfolding the last axis first makes the runs of memory that the outer
axes copy as long as a row or a plane; a copy of whole windows would move a few numbers at a time.

Caffe: util/im2col.cpp.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from blobnet.ops.window import Window, overlap
from blobnet.ops.workspace import scratch
from blobnet.types import Array


def im2col(x: Array, window: Window, columns: Array, *, first: int = 2, row: int = 0) -> None:
    """Write what the window sees at each of its places; zeros where it sees padding.

    x        (C, N, *size)             `first` = 2 is the axis where `size` begins; axes that the
    columns  (C, *kernel, N, *places)  window leaves alone may stand before it and at the end
    row      the place on the first axis of `size` with which the columns begin
    """
    dims = len(window.kernel)
    places = columns.shape[first + dims : first + 2 * dims]
    starts = [-pad for pad in window.pad]
    part = x
    if dims:
        starts[0] += row * window.stride[0]
        begin = max(starts[0], 0)
        end = starts[0] + (places[0] - 1) * window.stride[0] + window.extent[0]
        part = x[_along(first, slice(begin, max(begin, end)))]
        starts[0] -= begin
    at = first + dims - 1  # where each axis stands when its turn comes
    idle = [
        window.kernel[axis] == window.stride[axis] == 1
        and not starts[axis]
        and places[axis] == part.shape[first + axis]
        for axis in range(dims)
    ]
    outermost = idle.index(False) if False in idle else dims
    for axis in reversed(range(outermost + 1, dims)):
        if idle[axis]:
            part = part[:, None]
            continue
        shape = list(part.shape)
        shape[at] = places[axis]
        shape.insert(1, window.kernel[axis])
        target = scratch(f"im2col axis {axis}", tuple(shape), x.dtype)
        _unfold_axis(part, at, target, window, axis, starts[axis])
        part = target
    target = columns[(slice(None),) + (0,) * outermost]
    if outermost < dims:
        _unfold_axis(part, at, target, window, outermost, starts[outermost])
    else:
        target[...] = part


def col2im(columns: Array, window: Window, x: Array, *, first: int = 2) -> None:
    """Add every column up at the place it was taken from; `x` is overwritten.

    columns  (C, *kernel, N, *places)  axes as in `im2col`
    x        (C, N, *size)
    """
    dims = len(window.kernel)
    at = first + dims - 1
    idle = [
        window.kernel[axis] == window.stride[axis] == 1 and not window.pad[axis]
        for axis in range(dims)
    ]
    active = [axis for axis in range(dims) if not idle[axis]]
    part = columns
    for axis in range(dims):
        if idle[axis]:
            part = part[:, 0]
            continue
        if axis == active[-1]:
            target = x[(slice(None),) + (None,) * (dims - 1 - axis)]
        else:
            shape = [part.shape[0], *part.shape[2:]]
            shape[at] = x.shape[first + axis]
            target = scratch(f"col2im axis {axis}", tuple(shape), x.dtype)
        _fold_axis(part, at, target, window, axis)
        part = target
    if not active:
        x[...] = part


def _unfold_axis(x: Array, at: int, columns: Array, window: Window, axis: int, start: int) -> None:
    """columns[:, tap] = x as that tap of one axis of the window sees it."""
    places, length = columns.shape[at + 1], x.shape[at]
    for tap, inside, seen in _taps(window, axis, start, places, length):
        target = columns[:, tap]
        for margin in (slice(0, inside.start), slice(inside.stop, places)):
            if margin.start < margin.stop:
                target[_along(at, margin)] = 0
        target[_along(at, inside)] = x[_along(at, seen)]


def _fold_axis(columns: Array, at: int, x: Array, window: Window, axis: int) -> None:
    """x = the sum of columns[:, tap], each where that tap of one axis of the window was."""
    places, length = columns.shape[at + 1], x.shape[at]
    x[...] = 0
    for tap, inside, seen in _taps(window, axis, -window.pad[axis], places, length):
        target = x[_along(at, seen)]
        np.add(target, columns[:, tap][_along(at, inside)], out=target)


@lru_cache(maxsize=1024)
def _taps(
    window: Window, axis: int, start: int, places: int, length: int
) -> list[tuple[int, slice, slice]]:
    """For each tap: its number, the places where it is inside the image, what it sees there."""
    stride, dilation = window.stride[axis], window.dilation[axis]
    return [
        (tap, *overlap(start + tap * dilation, stride, places, length))
        for tap in range(window.kernel[axis])
    ]


def _along(axis: int, part: slice) -> tuple[slice, ...]:
    """The index that takes `part` of one axis and all of those before it."""
    return (*(slice(None),) * axis, part)
