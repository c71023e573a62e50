"""What is done to an image before a net gets it, in the numbers of Caffe's data layers.

An image is resized as OpenCV does it, its middle is cut out, the mean is subtracted, the rest
multiplied by the scale. Caffe: data_transformer.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.ops.overflow import overflow_allowed
from blobnet.sources.image import resize_image
from blobnet.types import Array

ChannelOrder = Literal["BGR", "RGB", "GRAY"]
Size = tuple[int, int]
"""Rows and columns."""

_LONGER = 5 / 3
_WORDS = {"BGR": "blue green red", "RGB": "red green blue", "GRAY": "grey"}


class Placement(NamedTuple):
    """Where in an image the net's input lies.

    image    its rows and columns
    resized  those it was resized to
    corner   row and column in that where the input begins
    input    the input's rows and columns
    """

    image: Size
    resized: Size
    corner: Size
    input: Size

    def to_image(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Pixels of the image at shares, 0 to 1, of the input's width and height."""
        return tuple(  # type: ignore[return-value]
            (self.corner[axis] + share * self.input[axis]) * (self.image[axis] / self.resized[axis])
            for axis, share in ((1, x), (0, y))
        )


@dataclass(frozen=True)
class Preprocessing:
    """How an image becomes an item of a batch.

    size      rows and columns an image is resized to; None: it stays as it is
    crop      rows and columns of the middle that is cut out; None: all
    mean      subtracted: (C, 1, 1), or an image as large as what the crop is cut from
    scale     what the rest is multiplied by
    channels  their order
    shorter   where there is no size: what the shorter side becomes, if the longer one does not
              become more than 5/3 of it; as in py-faster-rcnn (600 and 1000)
    """

    size: Size | None
    crop: Size | None
    mean: Array
    scale: float
    channels: ChannelOrder
    shorter: int | None = None

    def __call__(self, image: Array) -> Array:
        """(C, rows, columns), float32, of pixels (C, height, width): blue, green, red, uint8.

        Raises DataError where the crop does not fit.
        """
        resized = self._resized(image)
        return self._cut(resized, self.placement(image).corner)

    def ten_crops(self, image: Array) -> Array:
        """The corners and the middle, then each of them mirrored: (10, C, rows, columns).

        In the order of pycaffe's `oversample`: top left, top right, bottom left, bottom right.
        """
        resized = self._resized(image)
        placed = self.placement(image)
        rows, columns = (
            all_ - part for all_, part in zip(placed.resized, placed.input, strict=True)
        )
        corners = [(0, 0), (0, columns), (rows, 0), (rows, columns), placed.corner]
        crops = np.stack([self._cut(resized, corner) for corner in corners])
        mirrored = np.stack([self._cut(resized, corner, mirror=True) for corner in corners])
        return np.concatenate([crops, mirrored])

    def placement(self, image: Array) -> Placement:
        """Where in this image the input lies. Raises DataError where the crop does not fit."""
        own: Size = (image.shape[1], image.shape[2])
        resized = self._size_of(own)
        crop = self.crop or resized
        if crop[0] > resized[0] or crop[1] > resized[1]:
            expected = f"an image of at least {_by(crop)} pixels, the crop"
            raise DataError(
                explain("the crop does not fit into the image", expected=expected, got=_by(resized))
            )
        corner = ((resized[0] - crop[0]) // 2, (resized[1] - crop[1]) // 2)
        return Placement(own, resized, corner, crop)

    def steps(self) -> Iterator[str]:
        """What is done, in words."""
        if self.size:
            yield f"resized to {_by(self.size)}"
        elif self.shorter:
            yield f"the shorter side resized to {self.shorter}"
        if self.crop and self.crop != self.size:
            yield f"the middle {_by(self.crop)} cut out"
        yield _WORDS[self.channels]
        if self.mean.any():
            image = self.mean[0].size > 1
            values = ", ".join(f"{value:g}" for value in self.mean.reshape(-1)[:3])
            yield f"less the mean {'image' if image else values}"
        if self.scale != 1:
            yield f"times {self.scale:g}"

    def _resized(self, image: Array) -> Array:
        if self.channels == "RGB":
            image = image[::-1]
        size = self._size_of((image.shape[1], image.shape[2]))
        if image.shape[1:] == size:
            return image
        return resize_image(np.ascontiguousarray(image), *size)

    def _size_of(self, own: Size) -> Size:
        """What an image of this size is resized to."""
        if self.size or not self.shorter:
            return self.size or own
        factor = min(self.shorter / min(own), _LONGER * self.shorter / max(own))
        return max(round(own[0] * factor), 1), max(round(own[1] * factor), 1)

    def _cut(self, image: Array, corner: Size, *, mirror: bool = False) -> Array:
        size = self.crop or image.shape[1:]
        rows, columns = (slice(at, at + n) for at, n in zip(corner, size, strict=True))
        mean = self.mean[:, rows, columns] if self.mean[0].size > 1 else self.mean
        with overflow_allowed():  # what is too large is infinite, and seen as that
            values = (image[:, rows, columns] - mean) * np.float32(self.scale)
        return np.ascontiguousarray(values[:, :, ::-1] if mirror else values, np.float32)


def _by(size: Size) -> str:
    """`256 x 320`: rows, then columns."""
    return f"{size[0]} x {size[1]}"
