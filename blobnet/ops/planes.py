"""Arrays seen as planes, and how the kernels of `planes_kernel.py` go over them.

planes  (outer, channels, places)  what stands before the channels, the channels, what follows
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blobnet.ops.launch import launch_over_values
from blobnet.ops.values import are_flat
from blobnet.types import Array, Shape

SHORT = 16
"""Planes with fewer places are left to numpy: a kernel goes over them one by one."""


def as_planes(x: Array, axis: int, shape: Shape) -> Array:
    """A view of x whose channels are its axes from `axis` on, as many as `shape` has."""
    places = x.shape[axis + len(shape) :]
    return x.reshape(math.prod(x.shape[:axis]), math.prod(shape), math.prod(places))


def are_planes(axis: int, shape: Shape, *arrays: Array) -> bool:
    """Whether kernels can take these arrays as planes, and it pays."""
    places = math.prod(arrays[0].shape[axis + len(shape) :])
    return places >= SHORT and arrays[0].size > 0 and are_flat(*arrays)


def by_rows(kernel: Any, planes: Array, *others: Array) -> None:
    """Run a kernel that makes one row from one row, over all rows in several threads."""
    outer, channels, places = planes.shape
    flat = [array.reshape(-1) for array in (planes, *others)]
    launch_over_values(kernel, outer * channels, (places, *flat), places)


def over_channels(kernel: Any, planes: Array, *others: Any) -> None:
    """Run a kernel that works on whole channels, in several threads; `others` may be numbers."""
    outer, channels, places = planes.shape
    flat = [v.reshape(-1) if isinstance(v, np.ndarray) else v for v in (planes, *others)]
    launch_over_values(kernel, channels, (places, *flat), outer * places)


def by_channels(kernel: Any, planes: Array, *others: Any) -> Array:
    """Run a kernel that makes two numbers for each channel, in several threads; (2, channels)."""
    numbers = np.empty((2, planes.shape[1]))
    over_channels(kernel, planes, *others, *numbers)
    return numbers


def sums_beside_centers(kernels: Any, planes: Array) -> tuple[Array, Array, Array]:
    """Of each channel in float64: a center, and the sums of what is beside it and its square."""
    center = np.empty(planes.shape[1])
    beside, squares = by_channels(kernels.moments, planes, center)
    return center, beside, squares
