"""Convolution by windows that reach much farther than the image, or step over most of it.

Almost all of such a window sees padding, or it steps over almost all pixels: tables of its taps
and of the places between its steps would cost more than the data. So
this goes through the pixels, or through the places where there are fewer: each has to do with a
few taps only, which slices find. Arrays as in `__init__.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from blobnet.ops.window import Window, overlap
from blobnet.types import Array, Shape

MANY_TAPS = 4096
"""More taps, or steps, than this, and than pixels or places, are too many to be looked at one by
one."""

FAR = 64
"""So many steps, and twice as many as there are pixels and places, are too far to keep room for."""

Step = tuple[tuple[slice, ...], tuple[slice, ...], tuple[slice, ...]]


def suits(window: Window, x: Array, y: Array) -> bool:
    """Whether these functions should do it."""
    return _is_large(window) and _is_wide(window, x.shape[2:], y.shape[2:])


def forward(x: Array, weight: Array, bias: Array | None, window: Window, y: Array) -> None:
    y[...] = 0 if bias is None else bias.reshape(-1, *(1,) * (y.ndim - 2))
    output = "ngo" if _by_place(x, y) else "ngot"
    for taps, pixels, places in _steps(window, x, y):
        patches, used = _grouped(x, weight, pixels), _weights(x, weight, taps)
        part = y[_last(places)]
        part += np.einsum(f"ngct,goct->{output}", patches, used).reshape(part.shape)


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    dx[...] = 0
    output = "ngct" if _by_place(dx, dy) else "ngc"
    for taps, pixels, places in _steps(window, dx, dy):
        grads, used = _grouped(dy, weight, places, dx), _weights(dx, weight, taps)
        part = dx[_last(pixels)]
        part += np.einsum(f"ngot,goct->{output}", grads, used).reshape(part.shape)


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    for taps, pixels, places in _steps(window, x, dy):
        patches, grads = _grouped(x, dweight, pixels), _grouped(dy, dweight, places, x)
        part = dweight[_last(taps)]
        part += np.einsum("ngct,ngot->goct", patches, grads).reshape(part.shape)


@lru_cache(maxsize=256)
def _is_large(window: Window) -> bool:
    return math.prod(window.kernel) > MANY_TAPS or max((0, *window.extent, *window.stride)) > FAR


@lru_cache(maxsize=256)
def _is_wide(window: Window, size: Shape, places: Shape) -> bool:
    axes = zip(window.extent, window.stride, size, places, strict=True)
    if any(extent // stride > 2 * (length + count) + FAR for extent, stride, length, count in axes):
        return True
    subgrids = math.prod(map(min, window.stride, size))  # by which a gradient would be sorted
    tables = max(math.prod(window.kernel), subgrids)
    return tables > max(MANY_TAPS, min(math.prod(size), math.prod(places)))


def _last(part: tuple[slice, ...]) -> tuple[Any, ...]:
    """The index that takes this part of the last axes."""
    return (..., *part)


def _by_place(x: Array, y: Array) -> bool:
    return math.prod(y.shape[2:]) < math.prod(x.shape[2:])


def _steps(window: Window, x: Array, y: Array) -> Iterator[Step]:
    """(taps, pixels, places) that meet: of one pixel each, or of one place each."""
    size, places = x.shape[2:], y.shape[2:]
    find = _of_a_place if _by_place(x, y) else _of_a_pixel
    along = [find(window, axis, size[axis], places[axis]) for axis in range(len(size))]
    for steps in product(*along):
        taps, pixels, seen_from = (tuple(step[part] for step in steps) for part in range(3))
        yield taps, pixels, seen_from


def _of_a_place(
    window: Window, axis: int, length: int, places: int
) -> list[tuple[slice, slice, slice]]:
    """For each place along an axis, the taps that see pixels there."""
    found = []
    for place in range(places):
        first = place * window.stride[axis] - window.pad[axis]
        taps, pixels = overlap(first, window.dilation[axis], window.kernel[axis], length)
        if taps.start < taps.stop:
            found.append((taps, pixels, slice(place, place + 1)))
    return found


def _of_a_pixel(
    window: Window, axis: int, length: int, places: int
) -> list[tuple[slice, slice, slice]]:
    """For each pixel along an axis, the taps that see it, with the place where each does.

    stride * place + dilation * tap = pixel + pad: from one solution to the next, the place grows
    by `step` and the tap falls by `fall`.
    """
    stride, dilation = window.stride[axis], window.dilation[axis]
    common = math.gcd(stride, dilation)
    step, fall = dilation // common, stride // common
    found = []
    for pixel in range(length):
        at = pixel + window.pad[axis]
        if at % common:
            continue
        place = at // common * pow(fall, -1, step) % step
        tap = (at - place * stride) // dilation  # below 0 where no place sees the pixel
        skipped = max(0, -((window.kernel[axis] - 1 - tap) // fall))
        count = min((places - 1 - place) // step, tap // fall) + 1 - skipped
        if count > 0:
            place, tap = place + skipped * step, tap - skipped * fall
            last = tap - (count - 1) * fall
            taps = slice(tap, last - 1 if last else None, -fall)
            seen_from = slice(place, place + (count - 1) * step + 1, step)
            found.append((taps, slice(pixel, pixel + 1), seen_from))
    return found


def _grouped(array: Array, weight: Array, part: tuple[slice, ...], x: Array | None = None) -> Array:
    """A part of x, or with `x` of y, as (N, groups, channels or outputs, values)."""
    groups = (array if x is None else x).shape[1] // weight.shape[1]
    values: Array = array[_last(part)]
    count = math.prod(values.shape[2:])
    return values.reshape(len(array), groups, array.shape[1] // groups, count)


def _weights(x: Array, weight: Array, taps: tuple[slice, ...]) -> Array:
    """A part of the weights as (groups, outputs, channels, taps)."""
    groups = x.shape[1] // weight.shape[1]
    values: Array = weight[_last(taps)]
    count = math.prod(values.shape[2:])
    return values.reshape(groups, len(weight) // groups, weight.shape[1], count)
