"""Images cut into the tiles of a puzzle, in an order that is the label.

Caffe: data_transformer.cpp of MehdiNoroozi/JigsawPuzzleSolver.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import DataError, LayerError, explain
from blobnet.input_files import read_file, shown
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.refusals import PUZZLES
from blobnet.sources.batches import DatumBatches
from blobnet.sources.source import Record
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape

_SIDES = (2, 3, 4)  # the fork has room for 16 tiles
_READ = {
    *("scale", "crop_size", "mean_file", "mean_value", "force_color", "force_gray", "gap_size"),
    *("mirror", *PUZZLES),
}
_CHANNELS = 3
_SHIFTS = 3  # how far the channels of a tile are apart at most, and one
_LARGEST = 2**26  # bytes of a file of orders


class PuzzleTransformer(DataTransformer):
    """Cuts `crop_size` pixels out, and a tile of `patch_size` out of each of `siamese_size` cells.

    The cells are those of a square grid over the crop, row by row; with a `hash_file` a drawn line
    of it says which comes when. A tile begins in its cell's corner, moved by up to `jitter_size`
    pixels down and across, and each of its channels by up to 2 more. What is behind the end of a
    row is the beginning of the next, as in the fork's memory; behind the last value it is that.
    Then all tiles become grey values, half of the time, or else half of the time lose what is
    between green and the others. All of it is drawn in TEST as well; the crop is in the middle.

    Raises LayerError where the settings make no sense, DataError where a file cannot be read.
    """

    def __init__(
        self, param: TransformationParameter, phase: int, dtype: DTypeLike = np.float32
    ) -> None:
        _check(param)
        plain = TransformationParameter()
        plain.CopyFrom(param)
        for name in PUZZLES:
            plain.ClearField(name)
        super().__init__(plain, phase, dtype)
        side = math.isqrt(param.siamese_size)
        ends = [int(i * param.crop_size / side) for i in range(side)]
        self._corners = np.array([(y, x) for y in ends for x in ends])
        self._patch, self._jitter = param.patch_size, param.jitter_size
        self._orders = _read_orders(Path(param.hash_file), side**2) if param.hash_file else None

    def output_shape(self, shape: Shape, choice: int | None = None) -> Shape:
        super().output_shape(shape, choice)
        if shape[0] != _CHANNELS:
            raise LayerError(
                explain(
                    "a puzzle is made of images in colour",
                    expected=f"{_CHANNELS} channels",
                    got=f"shape {shape}",
                )
            )
        return (_CHANNELS * len(self._corners), self._patch, self._patch)

    def puzzle(
        self, images: Sequence[Array], rng: np.random.Generator, out: Array
    ) -> list[int | None]:
        """Fill `out`, (N, *output_shape); which order each has, None without a hash_file."""
        labels = []
        with overflow_allowed():
            for image, tiles in zip(images, out, strict=True):
                order = None if self._orders is None else int(rng.integers(len(self._orders)))
                labels.append(order)
                corners = self._corners
                if order is not None and self._orders is not None:
                    corners = corners[self._orders[order]]
                (window,) = self.windows([image], rng)
                places = self._places(image.shape, corners + window[1:], rng)
                self._cut(image, places, tiles.reshape(places.shape))
                _recolor(tiles.reshape(len(corners), _CHANNELS, -1), rng)
        return labels

    def _places(self, shape: Shape, corners: Array, rng: np.random.Generator) -> Array:
        """Where in memory the pixels of all tiles are, (tiles, channels, patch, patch)."""
        _, height, width = shape
        moved = corners + rng.integers(self._jitter + 1, size=corners.shape)
        shifts = rng.integers(_SHIFTS, size=(len(corners), _CHANNELS, 2))
        starts = moved[:, None] + shifts  # rows and columns of each channel of each tile
        channels = np.arange(_CHANNELS) * height
        first = (channels + starts[..., 0]) * width + starts[..., 1]
        steps = np.arange(self._patch)
        places = first[..., None, None] + steps[:, None] * width + steps
        clipped: Array = np.minimum(places, _CHANNELS * height * width - 1)
        return clipped

    def _cut(self, image: Array, places: Array, out: Array) -> None:
        out[...] = image.reshape(-1)[places]
        if self._mean_image is not None:
            out -= self._mean_image.reshape(-1)[places]
        elif self._mean_value is not None:
            out -= self._mean_value
        if self._scale != 1:
            out *= self._scale


class PuzzleBatches(DatumBatches):
    """Puzzles; the labels are their orders, or those of the records without a hash_file."""

    def _write(self, records: Sequence[Record], images: Sequence[Array], out: list[Array]) -> None:
        transformer = self._transformer
        if not isinstance(transformer, PuzzleTransformer):
            raise TypeError("puzzles are made by a PuzzleTransformer")
        orders = transformer.puzzle(images, self._rng, out[0])
        if self._with_label:
            out[1][...] = [
                record.label if order is None else order
                for record, order in zip(records, orders, strict=True)
            ]


def _recolor(tiles: Array, rng: np.random.Generator) -> None:
    """Change the colours of all tiles, (tiles, 3, pixels), blue first: in double, as the fork."""
    is_gray, is_projected = rng.integers(2, size=2)
    blue, green, red = np.moveaxis(tiles.astype(np.float64), 1, 0)
    if is_gray:
        tiles[...] = (0.3333 * red + 0.3333 * green + 0.3333 * blue)[:, None]
    elif is_projected:
        tiles[:, 2] = 0.8333 * red + 0.3333 * green - 0.1667 * blue
        tiles[:, 1] = 0.3333 * red + 0.3333 * green + 0.3333 * blue
        tiles[:, 0] = -0.1667 * red + 0.3333 * green + 0.8333 * blue


def _check(param: TransformationParameter) -> None:
    side = math.isqrt(param.siamese_size)
    if side**2 != param.siamese_size or side not in _SIDES:
        raise LayerError(
            explain(
                "siamese_size must be the number of cells of a square grid",
                expected=" or ".join(str(each**2) for each in _SIDES),
                got=param.siamese_size,
            )
        )
    if not param.crop_size or not param.patch_size or param.mirror:
        raise LayerError(
            explain(
                "a puzzle needs crop_size and patch_size, and cannot be flipped",
                got=f"crop_size: {param.crop_size}, patch_size: {param.patch_size}"
                + (", mirror: true" if param.mirror else ""),
            )
        )
    others = [field.name for field, _ in param.ListFields() if field.name not in _READ]
    if others:
        raise LayerError(
            explain(
                f"`{others[0]}` of transform_param has no effect here: tiles are cut at once",
                fix="take it out",
            )
        )


def _read_orders(path: Path, tiles: int) -> Array:
    """(orders, tiles) from 0 on: two 4-byte numbers, how many and how long, and all from 1 on."""
    data = read_file(path, DataError, setting="hash_file", largest=_LARGEST)
    numbers = np.frombuffer(data[: len(data) // 4 * 4], "<i4").astype(np.int64)
    if len(numbers) >= 2:
        count, length = numbers[:2].tolist()
        orders = numbers[2 : 2 + max(count, 0) * max(length, 0)]
        if count > 0 and length >= tiles and len(orders) == count * length:
            found: Array = orders.reshape(count, length)[:, :tiles] - 1
            if (found >= 0).all() and (found < tiles).all():
                return found
    raise DataError(
        explain(
            f"hash_file {shown(path)}: no orders of {tiles} tiles",
            expected="two 4-byte numbers, how many orders and how long each is, and as many "
            f"numbers from 1 to {tiles}",
            got=f"{len(data)} bytes that begin with {numbers[:2].tolist()}",
        )
    )
