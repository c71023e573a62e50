"""Images in random sizes, before a crop: Intel's, and those of NVCaffe.

Caffe: RandomResizeImage and RandomAlterAspectRatio of Intel's data_transformer.cpp,
image_random_resize of NVCaffe's. What is made has at least the crop's size where Caffe's rule makes
it so; a smaller one is refused by the crop.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.ops.images.interpolation import Interpolation
from blobnet.proto import (
    RandomAspectRatioParameter,
    RandomResizeParameter,
    ResizeParameter,
    TransformationParameter,
)
from blobnet.sources.augmentation.resizing import Resizing, resize_checked
from blobnet.sources.augmentation.settings import check_bytes_of_image, check_range
from blobnet.types import Array

_NVCAFFES: dict[int, Interpolation] = {
    TransformationParameter.INTER_NEAREST: "nearest",
    TransformationParameter.INTER_LINEAR: "linear",
    TransformationParameter.INTER_CUBIC: "cubic",
    TransformationParameter.INTER_AREA: "area",
}
_STRETCHES = ("rand_resize_ratio", "vertical_stretch", "horizontal_stretch")
NVCAFFE_FIELDS = [
    *("img_rand_resize_lower", "img_rand_resize_upper"),
    *(f"{name}_{bound}" for name in _STRETCHES for bound in ("lower", "upper")),
]
_MOST_ATTEMPTS = 1000


class RandomShorterSide:
    """Intel's random_resize_param: the shorter side gets a random length, the other one follows.

    Where min_size or max_size is not stated it is the image's shorter or longer side.
    """

    def __init__(self, param: RandomResizeParameter) -> None:
        self._least, self._most = param.min_size, param.max_size
        self._resize_param = param.resize_param
        if self._least and self._most:
            check_range("random_resize_param", self._least, self._most)

    def apply(self, image: Array, rng: np.random.Generator) -> Array:
        sides = sorted(image.shape[1:])
        least, most = self._least or sides[0], self._most or sides[1]
        if least > most:
            raise LayerError(
                explain(
                    "random_resize_param: no range to draw from",
                    expected="min_size up to max_size, or to the longer side",
                    got=f"{least} and {most}",
                )
            )
        return with_shorter_side(image, int(rng.integers(least, most + 1)), self._resize_param, rng)


class RandomAspect:
    """Intel's random_aspect_ratio_param: a random piece, squeezed into the crop's square."""

    def __init__(self, param: RandomAspectRatioParameter, crop_size: int) -> None:
        self._param, self._crop = param, crop_size
        check_range("random_aspect_ratio_param, area", param.min_area_ratio, param.max_area_ratio)
        change = param.aspect_ratio_change
        if not (crop_size and 0 < change <= 1 and param.max_attempt <= _MOST_ATTEMPTS):
            raise LayerError(
                explain(
                    "random_aspect_ratio_param cannot be followed",
                    expected="a crop_size, an aspect_ratio_change above 0 up to 1, and a "
                    f"max_attempt up to {_MOST_ATTEMPTS}",
                    got=f"{crop_size}, {change:g} and {param.max_attempt}",
                )
            )

    def apply(self, image: Array, rng: np.random.Generator) -> Array:
        param = self._param
        rows, columns = image.shape[1:]
        for _ in range(param.max_attempt):
            area = _in_thousandths(param.min_area_ratio, param.max_area_ratio, rng) * rows * columns
            change = _in_thousandths(param.aspect_ratio_change, 1 / param.aspect_ratio_change, rng)
            height, width = int(math.sqrt(area) * change), int(math.sqrt(area) / change)
            if _in_thousandths(0, 1, rng) < 0.5:
                height, width = width, height
            if 0 < height <= rows and 0 < width <= columns:
                top, left = rng.integers([rows - height + 1, columns - width + 1]).tolist()
                piece = image[:, top : top + height, left : left + width]
                return _resized(piece, self._crop, self._crop, param.resize_param, rng)
        return with_shorter_side(image, self._crop, param.resize_param, rng)


class RandomStretch:
    """NVCaffe's: a random shorter side, a random ratio of the sides, and stretches of each.

    Without `allow_upscale` no side gets longer than it is; none gets shorter than the crop.
    """

    def __init__(self, param: TransformationParameter) -> None:
        self._param = param
        for name in ("img_rand_resize", *_STRETCHES):
            check_range(name, *self._bounds(name))
        self._down = _NVCAFFES[param.interpolation_algo_down]
        self._up = _NVCAFFES[param.interpolation_algo_up]

    def apply(self, image: Array, rng: np.random.Generator) -> Array:
        rows, columns = image.shape[1:]
        height, width = (
            max(self._param.crop_size, math.floor(size + 0.5))
            for size in self._drawn(rows, columns, rng)
        )
        if not self._param.allow_upscale:
            height, width = min(height, rows), min(width, columns)
        if (height, width) == (rows, columns):
            return image
        shrinks = height <= rows and width <= columns
        return resize_checked(image, height, width, self._down if shrinks else self._up)

    def _drawn(self, rows: int, columns: int, rng: np.random.Generator) -> tuple[float, float]:
        shorter = min(rows, columns)
        least, most = self._bounds("img_rand_resize")
        side = int(rng.integers(int(least), int(most) + 1)) if least and most else shorter
        height, width = side / shorter * rows, side / shorter * columns
        least, most = self._bounds("rand_resize_ratio")
        if least >= 1 and most > 1:
            ratio = rng.uniform(least, most)
            if width > height or (width == height and rng.integers(2)):
                width = height * ratio
            else:
                height = width * ratio
        return height * self._stretch("vertical", rng), width * self._stretch("horizontal", rng)

    def _stretch(self, direction: str, rng: np.random.Generator) -> float:
        least, most = self._bounds(f"{direction}_stretch")
        return rng.uniform(least, most) if least > 0 else 1.0

    def _bounds(self, name: str) -> tuple[float, float]:
        return getattr(self._param, f"{name}_lower"), getattr(self._param, f"{name}_upper")


def with_shorter_side(
    image: Array, side: int, resize_param: ResizeParameter, rng: np.random.Generator
) -> Array:
    """The image in proportion, its shorter side of that length."""
    rows, columns = image.shape[1:]
    if rows < columns:
        height, width = side, int(np.float32(columns) / np.float32(rows) * np.float32(side))
    else:
        height, width = int(np.float32(rows) / np.float32(columns) * np.float32(side)), side
    return _resized(image, height, width, resize_param, rng)


def _resized(
    image: Array, height: int, width: int, param: ResizeParameter, rng: np.random.Generator
) -> Array:
    """As a resize_param says, but for the size."""
    check_bytes_of_image(image, "a random size")
    sized = ResizeParameter()
    sized.CopyFrom(param)
    sized.height, sized.width = height, width
    return Resizing(sized).apply(image, rng)


def _in_thousandths(least: float, most: float, rng: np.random.Generator) -> float:
    """A number of the range, in steps of 1/1000, as Intel draws them."""
    return (int(rng.integers(int((most - least) * 1000 + 1))) + least * 1000) / 1000
