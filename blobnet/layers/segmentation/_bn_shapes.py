"""Shapes of BN's weights: the same numbers, as several forks store them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from blobnet.serialization.stored import StoredBlob
from blobnet.types import Shape

Stored = Mapping[int, StoredBlob]


def image_shape(shape: Shape) -> Shape:
    """(C, H, W) of any shape; an axis that is not there has one index."""
    channels, height = (shape[axis] if len(shape) > axis else 1 for axis in (1, 2))
    return (channels, height, math.prod(shape[3:]))


def adapted(stored: Stored, shapes: Sequence[Shape]) -> Stored:
    """(C), (1, C) and (1, C, 1, 1) are the same."""
    return {
        index: replace(one, shape=shapes[index], legacy=False)
        if index < len(shapes) and _long_axes(one.shape) == _long_axes(shapes[index])
        else one
        for index, one in stored.items()
    }


def _long_axes(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
