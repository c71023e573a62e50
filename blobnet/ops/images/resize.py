"""Images in another size, to the last bit as OpenCV gives them to Caffe.

Once much has been resized, or where a net has started kernels, compiled ones go on, several times
faster: until then they are not worth the second that it takes to start them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from blobnet.ops.jit import CompiledLater, KernelError
from blobnet.types import Array

_ONE = 2048  # a weight of 1: OpenCV counts in steps of 1/2048
later = CompiledLater("images.resize_kernel", 2**25)
"""The kernels, behind so many values of rows that numpy has mixed."""

Neighbours = tuple[Array, Array, Array, Array]


def resize_linear(image: Array, height: int, width: int, step: float | None = None) -> Array:
    """A (channels, rows, columns) image of bytes as (channels, height, width), interpolated.

    The centres of pixels are mapped onto each other, and each new one is mixed from the two by
    two around it. Reducing does not average: pixels in between are left out. OpenCV: cv::resize
    with INTER_LINEAR, in whole numbers.

    step  old pixels to a new one, where a factor was stated and not a size
    """
    across = neighbours(image.shape[2], width, step)
    down = neighbours(image.shape[1], height, step)
    return resize_from(image, across, down)


def resize_interleaved(image: Array, height: int, width: int, step: float | None = None) -> Array:
    """`resize_linear` of a (rows, columns, channels) image as (height, width, channels).

    It is taken as one plane, whose values have neighbours as many places away as there are
    channels: a large image that becomes a small one need not be copied.
    """
    rows, columns, channels = image.shape
    left, right, *weights = neighbours(columns, width, step)
    places = np.arange(channels)
    across: Neighbours = (
        (left[:, None] * channels + places).reshape(-1),
        (right[:, None] * channels + places).reshape(-1),
        weights[0].repeat(channels),
        weights[1].repeat(channels),
    )
    plane = np.ascontiguousarray(image).reshape(1, rows, columns * channels)
    resized = resize_from(plane, across, neighbours(rows, height, step))
    return resized.reshape(height, width, channels)


def resize_from(image: Array, across: Neighbours, down: Neighbours) -> Array:
    """The same from any neighbours: for each new column and row two old ones and their weights."""
    kernels = later.after(image.shape[0] * image.shape[1] * len(across[0]))
    if kernels is not None:
        try:
            return _resize_compiled(kernels, image, across, down)
        except KernelError:
            pass  # numpy serves from now on
    return _resize_by_numpy(image, across, down)


def _resize_compiled(kernels: Any, image: Array, across: Neighbours, down: Neighbours) -> Array:
    width = len(across[0])
    result = np.empty((len(image), len(down[0]), width), np.uint8)
    tables: list[Array] = []
    for first, second, *weights in (across, down):
        tables += np.array([first, second], np.uint32), np.array(weights, np.int32)
    mixed = np.empty((2, width), np.int32)
    kernels.resize(np.ascontiguousarray(image), *tables, mixed, result)
    return result


def _resize_by_numpy(image: Array, across: Neighbours, down: Neighbours) -> Array:
    result = np.empty((len(image), len(down[0]), len(across[0])), np.uint8)
    for channel, plane in zip(result, image, strict=True):  # one at a time, which a cache can hold
        channel[:] = _resize_plane(plane, across, down)
    return result


def _resize_plane(plane: Array, across: Neighbours, down: Neighbours) -> Array:
    left, right, left_weight, right_weight = across
    above, below, above_weight, below_weight = down
    if 2 * len(above) < len(plane):  # most rows are left out
        plane = plane[np.concatenate([above, below])]
        above, below = np.arange(len(above)), np.arange(len(above), 2 * len(above))
    wide = plane.take(left, 1) * left_weight
    wide += plane.take(right, 1) * right_weight
    wide >>= 4  # what is cut off here and below is part of OpenCV's result
    mixed, lower = wide.take(above, 0), wide.take(below, 0)
    mixed *= above_weight[:, None]
    lower *= below_weight[:, None]
    mixed >>= 16
    lower >>= 16
    mixed += lower
    mixed += 2
    mixed >>= 2
    return mixed


@lru_cache(32)  # images of a camera have one size
def neighbours(old: int, new: int, step: float | None = None) -> Neighbours:
    """For each new pixel along one axis: the old ones on both sides, and their weights.

    Beyond the outermost centres both are the pixel at the edge.
    """
    if step is None:
        step = 1 / (new / old)  # not old / new, which may differ in the last bit
    centre = ((np.arange(new) + 0.5) * step - 0.5).astype(np.float32)
    first = np.floor(centre).astype(np.intp)
    share = centre - first.astype(np.float32)
    weights = np.rint(np.stack([1 - share, share]) * np.float32(_ONE)).astype(np.int32)
    weights.flags.writeable = False
    found = first.clip(0, old - 1), (first + 1).clip(0, old - 1), weights[0], weights[1]
    for one in found[:2]:
        one.flags.writeable = False
    return found


def part_of(table: Neighbours, begin: int, count: int) -> Neighbours:
    """Those of some of the new pixels."""
    first, second, *weights = (one[begin : begin + count] for one in table)
    return first, second, weights[0], weights[1]
