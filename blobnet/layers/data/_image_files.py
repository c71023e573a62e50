"""What layers check and do alike that read image files of a list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.proto import (
    Datum,
    DenseImageDataParameter,
    HumanAttDataParameter,
    ImageDataParameter,
)
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.types import Array


def check_images(
    layer: Layer,
    param: ImageDataParameter | DenseImageDataParameter | HumanAttDataParameter,
    message: str = "image_data_param",
) -> None:
    """Raise LayerError where there is no list, an empty batch, or half a size."""
    if not param.source:
        raise layer.error("no list of images is named", fix=f'{message} {{ source: "..." }}')
    if param.batch_size < 1:
        raise layer.error("Positive batch size required", got=f"batch_size: {param.batch_size}")
    if bool(param.new_height) != bool(param.new_width):
        raise layer.error(
            "Current implementation requires new_height and new_width to be set at the same time.",
            got=f"new_height: {param.new_height}, new_width: {param.new_width}",
        )


def skipped_at_first(layer: Layer, rand_skip: int, images: int) -> int:
    """How many images to leave out at first, drawn from the layer's generator."""
    skipped = int(layer.rng.integers(rand_skip)) if rand_skip else 0
    if skipped >= images:
        raise layer.error(
            "Not enough points to skip",
            expected=f"rand_skip of at most {images}, the number of images",
            got=f"rand_skip: {rand_skip}",
        )
    return skipped


class Sizing(NamedTuple):
    """To which size images of files are brought, each (height, width); 0 leaves them as they are.

    size        of all of them
    least       Intel's: smaller ones are enlarged until that side has it which lacks more pixels
    short_side  NVCaffe's: the shorter side has so many, the longer what fits, rounded down
    new_dim     channel pruning's: likewise, rounded to the nearest
    is_cubic    whether pixels of theirs come from four each way
    """

    size: tuple[int, int] = (0, 0)
    least: tuple[int, int] = (0, 0)
    short_side: int = 0
    new_dim: int = 0
    is_cubic: bool = False

    def of(self, height: int, width: int) -> tuple[int, int]:
        """What an image of this size becomes."""
        if self.short_side:
            if height > width:
                return height * self.short_side // width, self.short_side
            return self.short_side, width * self.short_side // height
        if self.new_dim:
            factor = np.float32(self.new_dim) / np.float32(min(height, width))
            longer = int(np.floor(factor * np.float32(max(height, width)) + np.float32(0.5)))
            return (longer, self.new_dim) if height >= width else (self.new_dim, longer)
        if all(self.size):
            return self.size
        lacking = self.least[0] - height, self.least[1] - width
        if max(lacking) <= 0:
            return height, width
        if lacking[1] > lacking[0]:
            return int(self.least[1] * (height / width) + 0.5), self.least[1]
        return self.least[0], int(self.least[0] * (width / height) + 0.5)


def sizing_of(layer: Layer, param: ImageDataParameter) -> Sizing:
    """What an image_data_param says. Raises LayerError where one of two sides is missing."""
    least = param.min_height, param.min_width
    if bool(least[0]) != bool(least[1]):
        raise layer.error(
            "Current implementation requires min_height and min_width to be set at the same time.",
            got=f"min_height: {least[0]}, min_width: {least[1]}",
        )
    if param.new_dim and (param.new_height or param.short_side):
        raise layer.error(
            "Both new_dim and (new_height + new_width) cannot be non-zero at the same time",
            got=f"new_dim: {param.new_dim}, new_height: {param.new_height}, "
            f"short_side: {param.short_side}",
        )
    if param.bicubic and not param.new_dim:
        raise layer.error("bicubic goes with new_dim alone", fix="take it out, or write new_dim")
    size = param.new_height, param.new_width
    return Sizing(size, least, param.short_side, param.new_dim, param.bicubic)


def decode_sized(datum: Datum, mode: ColorMode, sizing: Sizing) -> Array:
    """The image of a file, in the size that it is to have."""
    image = decode_image(datum.data, mode)
    size = sizing.of(*image.shape[1:])
    if size == image.shape[1:]:
        return image
    return resize_image(image, *size, cubic=sizing.is_cubic)
