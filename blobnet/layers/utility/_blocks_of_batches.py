"""Items of a batch that are the places of blocks: what BatchToSpaceND and SpaceToBatchND share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.layer import Layer
from blobnet.types import Array, Shape

_MOST = 6
"""Axes that are cut into blocks; more none of the fork's nets has."""


class Blocks:
    """Blocks along the axes behind the first one, of images with a margin.

    size    of a block, along each of these axes
    margin  before and behind each of them: in space and not in the batch
    """

    def __init__(self, layer: Layer, size: Sequence[int], margin: Sequence[int], name: str) -> None:
        if not 0 < len(size) <= _MOST or min(size) < 1:
            expected = f"1 to {_MOST} values, at least 1"
            raise layer.error("block_shape is no block", expected=expected, got=list(size))
        if len(margin) != 2 * len(size):
            expected = f"{2 * len(size)}, two for each value of block_shape"
            raise layer.error(f"{name} do not fit block_shape", expected=expected, got=len(margin))
        self._layer, self.size = layer, tuple(size)
        self.margin = tuple(zip(margin[::2], margin[1::2], strict=True))

    def space(self, batch: Shape) -> Shape:
        """The shape in space, without margins, of a batch. Raises the layer's error."""
        count = math.prod(self.size)
        if len(batch) <= len(self.size) or batch[0] % count:
            raise self._wrong(f"items that are a multiple of {count}", batch)
        images = zip(batch[1:], self.size, self.margin, strict=False)
        lengths = [length * b - sum(margin) for length, b, margin in images]
        if min(lengths) < 0:
            raise self._wrong("no more cut off than there is", batch)
        return (batch[0] // count, *lengths, *batch[1 + len(self.size) :])

    def batch(self, space: Shape) -> Shape:
        """The shape of the batch of images of a shape in space. Raises the layer's error."""
        if len(space) <= len(self.size):
            raise self._wrong(f"more than {len(self.size)} axes", space)
        images = zip(space[1:], self.size, self.margin, strict=False)
        lengths = [(length + sum(margin), b) for length, b, margin in images]
        if any(length % b for length, b in lengths):
            raise self._wrong(f"axes that are, with margins, multiples of {self.size}", space)
        items = space[0] * math.prod(self.size)
        return (items, *(length // b for length, b in lengths), *space[1 + len(self.size) :])

    def to_space(self, batch: Array, space: Array) -> None:
        """space = what the batch holds, without margins."""
        np.copyto(space, self._whole(batch)[self._inside(space)])

    def to_batch(self, space: Array, batch: Array) -> None:
        """batch = what is in space, and zeros for the margins."""
        items, blocks = space.shape[0], len(self.size)
        lengths = [length * b for length, b in zip(batch.shape[1:], self.size, strict=False)]
        whole = np.zeros((items, *lengths, *batch.shape[1 + blocks :]), batch.dtype)
        whole[self._inside(space)] = space
        split = [n for pair in zip(batch.shape[1:], self.size, strict=False) for n in pair]
        places = whole.reshape(items, *split, *batch.shape[1 + blocks :])
        order = [2 + 2 * i for i in range(blocks)] + [0] + [1 + 2 * i for i in range(blocks)]
        order += range(1 + 2 * blocks, places.ndim)
        np.copyto(batch, places.transpose(order).reshape(batch.shape))

    def _whole(self, batch: Array) -> Array:
        """A batch in space, with margins."""
        blocks = len(self.size)
        items = batch.shape[0] // math.prod(self.size)
        places = batch.reshape(*self.size, items, *batch.shape[1:])
        order = [blocks]
        for axis in range(blocks):
            order += [blocks + 1 + axis, axis]
        order += range(2 * blocks + 1, places.ndim)
        lengths = [length * b for length, b in zip(batch.shape[1:], self.size, strict=False)]
        shape = (items, *lengths, *batch.shape[1 + blocks :])
        whole: Array = places.transpose(order).reshape(shape)
        return whole

    def _inside(self, space: Array) -> tuple[slice, ...]:
        pairs = zip(space.shape[1:], self.margin, strict=False)
        return (slice(None), *(slice(front, front + length) for length, (front, _) in pairs))

    def _wrong(self, expected: str, shape: Shape) -> Exception:
        return self._layer.error(
            f"blocks of {self.size} do not fit", expected=expected, got=f"shape {shape}"
        )
