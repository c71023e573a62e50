"""Images read between their pixels, each place from the four around it, and the way back."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch
from blobnet.ops.values import are_flat
from blobnet.types import Array


class Taps(NamedTuple):
    """Of G groups of channels and P places in the image: the four pixels around each.

    pixels  (G, 4, P) uint32: where they stand in a plane of the image
    weight  (G, 4, P): what they weigh; 0 for what lies beside the image
    down    (G, 4, P): how fast the weights grow with the row of the place
    across  (G, 4, P): with its column
    """

    pixels: NDArray[np.uint32]
    weight: Array
    down: Array
    across: Array


def taps_in_zeros(row: Array, column: Array, height: int, width: int) -> Taps:
    """For places (G, P) in an image that is surrounded by zeros."""
    near = (row > -1) & (row < height) & (column > -1) & (column < width)
    top, left = (np.floor(np.where(near, at, 0)) for at in (row, column))
    lower, right = np.where(near, row - top, 0), np.where(near, column - left, 0)
    rows, columns = np.stack([top, top + 1], 1), np.stack([left, left + 1], 1)
    return _taps(
        (rows, (rows >= 0) & (rows < height) & near[:, None], lower, height),
        (columns, (columns >= 0) & (columns < width) & near[:, None], right, width),
    )


def taps_inside(row: Array, column: Array, height: int, width: int) -> Taps:
    """For places (G, P); beside the image there is 0, and beyond its last pixels what they are."""
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    parts = []
    for at, length in ((row, height), (column, width)):
        first = np.floor(np.where(inside, at, 0))
        is_last = first >= length - 1
        share = np.where(inside & ~is_last, at - first, 0)
        pixels = np.stack([first, np.where(is_last, first, first + 1)], 1)
        counts = np.stack([inside, inside & ~is_last], 1)
        parts.append((pixels, counts, share, length))
    return _taps(parts[0], parts[1], flat=[pixels[:, 0] >= pixels[:, 1] for pixels, *_ in parts])


_Axis = tuple[Array, Array, Array, int]
"""Two pixels of each place (G, 2, P), whether they count, the share of the second, the length."""


def _taps(rows: _Axis, columns: _Axis, flat: list[Array] | None = None) -> Taps:
    weights, slopes, pixels = [], [], []
    for number, (at, counts, share, length) in enumerate((rows, columns)):
        weights.append(np.where(counts, np.stack([1 - share, share], 1), 0))
        slope = np.where(counts, np.array([-1, 1], share.dtype)[:, None], share.dtype.type(0))
        if flat is not None:
            slope = np.where(flat[number][:, None], 0, slope)
        slopes.append(slope)
        pixels.append(np.clip(at, 0, max(length - 1, 0)).astype(np.uint32))
    dtype, width = rows[2].dtype, columns[3]

    def crossed(first: Array, second: Array) -> Array:
        return np.ascontiguousarray(_pairs(first, second), dtype)

    by_pixel = pixels[0][:, :, None] * np.uint32(width) + pixels[1][:, None]
    return Taps(
        np.ascontiguousarray(by_pixel.reshape(len(by_pixel), 4, -1)),
        crossed(weights[0], weights[1]),
        crossed(slopes[0], weights[1]),
        crossed(weights[0], slopes[1]),
    )


def _pairs(first: Array, second: Array) -> Array:
    """The products of both values of one with both of the other: (G, 4, P)."""
    products: Array = first[:, :, None] * second[:, None]
    return products.reshape(len(products), 4, -1)


def _sample(kernels: Any, x: Array, taps: Taps, out: Array) -> Any:
    if not _serves(x, out):
        return NotImplemented
    arguments = _arguments(x, taps, taps.weight, out)
    launch(kernels.sample, len(x), arguments, 4 * out.size)
    return None


@compiled_by("sampling_kernel", _sample)
def sample(x: Array, taps: Taps, out: Array) -> None:
    """Write what each channel of an image (C, H, W) has at each place: (C, P)."""
    pixels = _around(x, taps)
    weighed = pixels * _per_channel(taps.weight, x)
    total = weighed[:, 0]
    for tap in range(1, 4):
        total = total + weighed[:, tap]
    out[...] = total


def _spread(kernels: Any, dy: Array, taps: Taps, dx: Array) -> Any:
    if not _serves(dx, dy):
        return NotImplemented
    _, *arguments = _arguments(dx, taps, taps.weight, dx)
    launch(kernels.spread, len(dx), (dy.reshape(-1), *arguments), 4 * dy.size)
    return None


@compiled_by("sampling_kernel", _spread)
def spread(dy: Array, taps: Taps, dx: Array) -> None:
    """The gradient of the image: dx is overwritten."""
    planes = dx.reshape(len(dx), -1)
    planes[...] = 0
    if not planes.size:
        return
    index = _per_channel(taps.pixels, dx).transpose(0, 2, 1)
    shares = (_per_channel(taps.weight, dx) * dy[:, None]).transpose(0, 2, 1)
    start = np.arange(len(dx))[:, None, None] * planes.shape[1]
    np.add.at(planes.reshape(-1), (index + start).reshape(-1), shares.reshape(-1))


def _slopes(kernels: Any, x: Array, taps: Taps, slope: Array, dy: Array, out: Array) -> Any:
    if not _serves(x, dy, out):
        return NotImplemented
    *arguments, _ = _arguments(x, taps, slope, out)
    pieces = -(-taps.pixels.shape[2] // kernels.PIECE)
    items = len(taps.pixels) * pieces
    launch(kernels.slopes, items, (*arguments, dy.reshape(-1), out.reshape(-1)), 5 * dy.size)
    return None


@compiled_by("sampling_kernel", _slopes)
def slopes(x: Array, taps: Taps, slope: Array, dy: Array, out: Array) -> None:
    """The gradient of the places' rows or columns, (G, P), of which `slope` says how they count.

    dy  (C, P): the gradient of what `sample` gave
    """
    weighed = _around(x, taps) * _per_channel(slope, x)
    total = weighed[:, 0]
    for tap in range(1, 4):
        total = total + weighed[:, tap]
    total = total * dy
    np.add.reduce(total.reshape(len(out), -1, out.shape[1]), axis=1, out=out)


def _serves(x: Array, *others: Array) -> bool:
    return bool(x.size) and all(array.size for array in others) and are_flat(x, *others)


def _arguments(x: Array, taps: Taps, weight: Array, out: Array) -> tuple[Any, ...]:
    area, places = math.prod(x.shape[1:]), taps.pixels.shape[2]
    per_group = len(x) // len(taps.pixels)
    flat = x.reshape(-1), area, taps.pixels.reshape(-1), weight.reshape(-1)
    return *flat, places, per_group, out.reshape(-1)


def _around(x: Array, taps: Taps) -> Array:
    """The four pixels of each channel at each place: (C, 4, P)."""
    planes = x.reshape(len(x), -1)
    index = _per_channel(taps.pixels, x)
    if not planes.size:
        return np.zeros(index.shape, x.dtype)
    return np.take_along_axis(planes[:, None], index, axis=2)


def _per_channel(array: Array, x: Array) -> Array:
    """What is there for each group, for each channel."""
    return np.repeat(array, len(x) // len(array), axis=0)
