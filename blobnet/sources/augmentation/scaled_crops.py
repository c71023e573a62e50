"""Crops of several sizes, at fixed places, and flips of optical flow: how TSN sees its frames.

Caffe: data_transformer.cpp of TSN (yjxiong/caffe, branch action_recog).
Paper: Wang et al., "Towards Good Practices for Very Deep Two-Stream ConvNets", arXiv:1507.02159.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.ops.images.interpolation import Interpolation, resize
from blobnet.ops.images.resize_floats import resize_floats
from blobnet.proto import TRAIN, TransformationParameter
from blobnet.sources.augmentation.refusals import refuse_settings
from blobnet.sources.augmentation.settings import check_bytes_of_image
from blobnet.types import Array, Shape

_USUAL_RATIOS = (1.0, 0.875, 0.75, 0.66)
_NEAR = 3  # a size that is less than this from the crop's is the crop's
_MOST_ATTEMPTS = 10
_AREAS, _ASPECTS = (0.6, 1.0), (0.8, 1.25)


class Piece(NamedTuple):
    """What is cut out of an image: where, and how large."""

    top: int
    left: int
    height: int
    width: int


class ScaledCrops:
    """The crop and the flip of each image, where a transform_param asks for TSN's.

    In TRAIN: `multi_scale` draws the sides of the piece from `scale_ratios` of the image's shorter
    side (1, 0.875, 0.75 and 0.66, unless stated; in TSN's own words max_distort is how far apart in
    that list they may be), and resizes it to `crop_size`. `fix_crop` draws its place from the
    corners and the centre, with `more_fix_crop` from the middles of the sides and of the quarters,
    too. `original_image` takes images of any size: a piece of 0.6 to 1 of the area, 0.8 to 1.25 as
    wide as high, resized by cubic interpolation; in TEST the inner 7/8. In TEST the others cut the
    centre. A flip of flow (`is_flow`) turns its horizontal part, the even channels, round: 255 - x.
    Without a crop_size nothing is scaled or moved, as in the fork.

    Raises LayerError where settings contradict each other.
    """

    @classmethod
    def asked_for(
        cls, param: TransformationParameter, phase: int, mirror: bool
    ) -> ScaledCrops | None:
        """None where no such setting is made."""
        names = ("multi_scale", "fix_crop", "is_flow", "original_image")
        return cls(param, phase, mirror) if any(getattr(param, name) for name in names) else None

    def __init__(self, param: TransformationParameter, phase: int, mirror: bool) -> None:
        others = ("crop_h", "crop_w", "center_crop", "erase_ratio")
        refuse_settings(param, others, "it is of another fork than TSN's crops")
        self._param, self._trains, self._mirror = param, phase == TRAIN, mirror
        self._size, self._ratios = param.crop_size, list(param.scale_ratios) or _USUAL_RATIOS
        self._scales = self._trains and param.multi_scale and not param.original_image
        self.takes_any_size = param.original_image
        for ratio in self._ratios:
            if param.multi_scale and not 0 < ratio <= 1:
                raise LayerError(
                    explain("scale_ratios are parts of the image", expected="up to 1", got=ratio)
                )
        if param.original_image and (not self._size or param.mean_file):
            raise LayerError(
                explain(
                    "in original image processing mode, crop size must be specified",
                    expected="a crop_size, and mean_value in place of a mean_file",
                )
            )

    def fill(
        self, images: Sequence[Array], rng: np.random.Generator, mean: Array | None, batch: Array
    ) -> None:
        """Write each image's piece, flipped or not, without the mean image's values there."""
        for image, target in zip(images, batch, strict=True):
            flip = bool(self._mirror and rng.integers(2))
            piece = self._drawn(image.shape[1:], rng)
            cut = self._cut(image, piece)
            if flip and self._param.is_flow:
                cut = cut.copy()
                cut[::2] = 255 - cut[::2]
            seen = target[:, :, ::-1] if flip else target
            if mean is None:
                seen[...] = cut
            else:
                np.subtract(cut, self._of_mean(mean, piece, target.shape), out=seen)

    def _of_mean(self, mean: Array, piece: Piece, shape: Shape) -> Array:
        """Its upper left corner where pieces are scaled; else what lies under the piece."""
        top, left = (0, 0) if self._param.multi_scale and self._size else piece[:2]
        return mean[:, top : top + shape[1], left : left + shape[2]]

    def _cut(self, image: Array, piece: Piece) -> Array:
        rows = slice(piece.top, piece.top + piece.height)
        columns = slice(piece.left, piece.left + piece.width)
        cut: Array = image[:, rows, columns]
        if not self._size or (
            piece.height == piece.width == self._size and not self.takes_any_size
        ):
            return cut
        kind: Interpolation = "cubic" if self.takes_any_size else "linear"
        if image.dtype == np.uint8 or self.takes_any_size:
            check_bytes_of_image(image, "original_image")
            return resize(np.ascontiguousarray(cut), self._size, self._size, kind)
        floats = np.ascontiguousarray(cut.transpose(1, 2, 0))
        scaled: Array = resize_floats(floats, self._size, self._size).transpose(2, 0, 1)
        return scaled

    def _drawn(self, size: Shape, rng: np.random.Generator) -> Piece:
        rows, columns = size
        if self.takes_any_size:
            return self._of_any_size(rows, columns, rng)
        if not self._size:
            return Piece(0, 0, rows, columns)
        height = width = self._size
        if not self._trains:
            return Piece((rows - height) // 2, (columns - width) // 2, height, width)
        if self._scales:
            sizes = self._sizes(min(rows, columns))
            height, width = sizes[rng.integers(len(sizes))]
        if self._param.fix_crop:
            places = _fixed_places(rows - height, columns - width, self._param.more_fix_crop)
            top, left = places[rng.integers(len(places))]
        else:
            top, left = rng.integers([rows - height + 1, columns - width + 1]).tolist()
        return Piece(top, left, height, width)

    def _sizes(self, shorter: int) -> list[tuple[int, int]]:
        """All heights and widths that may be drawn."""
        sides = [int(np.float32(shorter) * np.float32(ratio)) for ratio in self._ratios]
        sides = [self._size if abs(side - self._size) < _NEAR else side for side in sides]
        if min(sides) < 1:
            raise LayerError(explain("a piece of an image is empty", got=f"{shorter} rows"))
        most, number = self._param.max_distort, range(len(sides))
        sizes = [(sides[h], sides[w]) for h in number for w in number if abs(h - w) <= most]
        if not sizes:
            raise LayerError(explain("no size is left to draw", got=f"max_distort: {most}"))
        return sizes

    def _of_any_size(self, rows: int, columns: int, rng: np.random.Generator) -> Piece:
        height, width = rows // 8 * 7, columns // 8 * 7
        top, left = rows // 14, columns // 14
        if self._trains:
            height, width = _random_size(rows, columns, rng) or (height, width)
            top, left = (
                int(rng.integers(whole - part)) if part < whole else 0
                for whole, part in ((rows, height), (columns, width))
            )
        if height < 1 or width < 1:
            raise LayerError(
                explain("the image is too small to be cut", got=f"{rows} x {columns} pixels")
            )
        return Piece(top, left, height, width)


def _random_size(rows: int, columns: int, rng: np.random.Generator) -> tuple[int, int] | None:
    """One that fits, unless ten do not."""
    for _ in range(_MOST_ATTEMPTS):
        area = rng.uniform(*_AREAS) * rows * columns
        aspect = rng.uniform(*_ASPECTS)
        height, width = int(math.sqrt(area / aspect)), int(math.sqrt(area * aspect))
        if height <= rows and width <= columns:
            return height, width
    return None


def _fixed_places(room: int, more_room: int, has_more: bool) -> list[tuple[int, int]]:
    """Upper left corners of pieces, by how many rows and columns they leave over."""
    down, across = room // 4, more_room // 4
    places = [(0, 0), (0, 4), (4, 0), (4, 4), (2, 2)]
    if has_more:
        places += [(0, 2), (4, 2), (2, 0), (2, 4), (1, 1), (1, 3), (3, 1), (3, 3)]
    return [(down * i, across * j) for i, j in places]
