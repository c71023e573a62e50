"""Blobs of images of one size with the same arguments: what follows from those is worked out once.

For a camera's images, or for the many small ones that a detector cuts out, working it out takes
longer than the pixels do.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

import numpy as np

from blobnet.ops.images.resize_to_floats import Resizing
from blobnet.ops.jit import KernelError
from blobnet.types import Array

_MOST = 64
"""Calls that are kept for each thread."""


class _Here(threading.local):
    """By call: what it comes to. Of each thread, as scratch memory is."""

    def __init__(self) -> None:
        self.ways: dict[Hashable, Resizing] = {}


_here = _Here()


def key_of(image: Any, scalefactor: Any, size: Any, mean: Any, *others: Hashable) -> Hashable:
    """What decides what a call of blobFromImage does; None where that is not known so soon.

    Numbers that are equal need not be taken alike: 2.0 is no width.
    """
    if type(image) is not np.ndarray or image.dtype.char != "B" or not image.size:
        return None
    try:
        numbers = (*size, *mean)
        key = image.shape, scalefactor, len(size), numbers, *map(type, numbers), others
        hash(key)
    except TypeError:  # no lists of numbers
        return None
    return key


def blob_of(image: Array, key: Hashable) -> Array | None:
    """What a call makes of an image, where one like it has been made; else None."""
    way = _here.ways.get(key)
    if way is None:
        return None
    blob = np.empty((1, *way.planes), np.float32)
    way.run(image, blob)
    return blob


def keep(key: Hashable, way: Resizing | None) -> None:
    """Go the same way the next time."""
    if key is None or way is None:
        return
    ways = _here.ways
    if len(ways) >= _MOST:
        del ways[next(iter(ways))]  # the oldest
    ways[key] = way


def gone(way: Resizing | None, image: Array, planes: Array) -> Resizing | None:
    """A way, gone; None, and nothing written, where there is none or it cannot be compiled."""
    try:
        if way is not None:
            way.run(image, planes)
    except KernelError:
        return None
    return way
