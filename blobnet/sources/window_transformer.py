"""WindowTransformer: cuts windows out of images and gives them one size. For WindowData.

Caffe: window_data_layer.cpp.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import DataError, LayerError, explain
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TransformationParameter, WindowDataParameter
from blobnet.sources.augmentation.refusals import BEFORE_THE_CROP, refuse_settings
from blobnet.sources.image import resize_image
from blobnet.sources.mean_values import check_finite, read_mean
from blobnet.sources.window_file import WindowRow
from blobnet.types import Array, Shape

_CHANNELS = 3  # images are always read in colours
_CROP_MODES = ("warp", "square")


class Span(NamedTuple):
    """Where a window comes from along one axis, and where it goes."""

    first: int  # the first and the last pixel of the image
    last: int
    size: int  # how many pixels they become
    before: int  # how many pixels of the result stay empty on both sides
    after: int


class WindowTransformer:
    """A window, with some of its surroundings, as a square of `crop_size` pixels.

    With a `context_pad` the window becomes as much larger as it takes for that many pixels of
    surroundings on each side of the result; with "square" its shorter side first becomes as long
    as the other. What then lies outside of the image is 0 in the result, after the mean.

    Raises LayerError where the settings contradict each other.
    """

    def __init__(
        self,
        param: WindowDataParameter,
        transform_param: TransformationParameter,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.dtype = np.dtype(dtype)
        refuse_settings(transform_param, BEFORE_THE_CROP, "WindowData cuts and resizes by itself")
        self._real = self.dtype.type
        self.mirror = transform_param.mirror
        self._crop, self._context = transform_param.crop_size, param.context_pad
        self._square = param.crop_mode == "square"
        self._scale = param.scale * transform_param.scale
        check_finite("scale", self._scale)
        self._check(param.crop_mode)
        self._mean_image, self._mean_value = read_mean(transform_param, dtype)
        self._check_mean()

    @property
    def shape(self) -> Shape:
        return (_CHANNELS, self._crop, self._crop)

    def write(self, image: Array, window: WindowRow, flip: bool, out: Array) -> None:
        """Fill `out`, of that shape, with a window of a (channels, height, width) image.

        Raises DataError where nothing of the window lies in the image.
        """
        rows, columns = self._spans(image.shape, window)
        top, left = rows.before, columns.after if flip else columns.before
        height, width = min(rows.size, self._crop - top), min(columns.size, self._crop - left)
        if height < 1 or width < 1:  # less than half a pixel of the image
            out.fill(0)
            return
        pixels = image[:, rows.first : rows.last + 1, columns.first : columns.last + 1]
        pixels = resize_image(pixels, height, width)  # may refuse: before memory is touched
        out.fill(0)
        if flip:
            pixels = pixels[:, :, ::-1]
        target = out[:, top : top + height, left : left + width]
        with overflow_allowed():  # what is too large for the dtype is infinite there
            np.subtract(pixels, self._mean(top, left, height, width), out=target, dtype=out.dtype)
            if self._scale != 1:
                target *= self._scale

    def _mean(self, top: int, left: int, height: int, width: int) -> Any:
        """What to subtract from the given part of the result."""
        if self._mean_image is None:
            return 0 if self._mean_value is None else self._mean_value
        top, left = top + self._mean_offset, left + self._mean_offset
        return self._mean_image[:, top : top + height, left : left + width]

    # --- the geometry -------------------------------------------------------------------------

    def _spans(self, shape: Shape, window: WindowRow) -> tuple[Span, Span]:
        """Rows and columns."""
        _, height, width = shape
        x, y = (window.x1, window.x2), (window.y1, window.y2)
        if x[0] > x[1] or y[0] > y[1]:
            raise _outside(shape, window)
        if self._context or self._square:
            y, x = self._widened(y, x)
            rows, columns = self._clipped(*y, height), self._clipped(*x, width)
        else:
            rows, columns = (Span(*ends, self._crop, 0, 0) for ends in (y, x))
        for span, extent in ((rows, height), (columns, width)):
            if not 0 <= span.first <= span.last < extent:
                raise _outside(shape, window)
        return rows, columns

    def _widened(self, *sides: tuple[int, int]) -> list[tuple[int, int]]:
        """The first and the last pixel of both sides, with the surroundings."""
        real = self._real
        larger = real(self._crop) / real(self._crop - 2 * self._context)
        halves = [real(last - first + 1) / real(2) for first, last in sides]
        centres = [real(first) + half for (first, _), half in zip(sides, halves, strict=True)]
        if self._square:
            halves = [max(halves)] * 2
        return [
            (_round(centre - half * larger), _round(centre + half * larger))
            for centre, half in zip(centres, halves, strict=True)
        ]

    def _clipped(self, first: int, last: int, extent: int) -> Span:
        """The part that lies in the image, which has `extent` pixels."""
        real = self._real
        before, after = max(0, -first), max(0, last - extent + 1)
        scale = real(self._crop) / real(last - first + 1)
        inside = last - after - (first + before) + 1
        sizes = (_round(real(pixels) * scale) for pixels in (inside, before, after))
        return Span(first + before, last - after, *sizes)

    # --- checks -------------------------------------------------------------------------------

    def _check(self, crop_mode: str) -> None:
        if not self._crop:
            raise LayerError(
                explain(
                    "crop_size must be greater than 0",
                    got=f"crop_size: {self._crop}",
                    fix="transform_param { crop_size: 227 }",
                )
            )
        if crop_mode not in _CROP_MODES:
            raise LayerError(
                explain(
                    "unknown crop_mode", expected=" or ".join(_CROP_MODES), got=f'"{crop_mode}"'
                )
            )
        if 2 * self._context >= self._crop:
            raise LayerError(
                explain(
                    "context_pad leaves no room for the window",
                    expected=f"less than half of crop_size: {self._crop}",
                    got=f"context_pad: {self._context}",
                )
            )

    def _check_mean(self) -> None:
        if self._mean_value is not None and len(self._mean_value) not in (1, _CHANNELS):
            raise LayerError(
                explain(
                    f"Specify either 1 mean_value or as many as channels: {_CHANNELS}",
                    got=f"{len(self._mean_value)} values",
                )
            )
        if self._mean_image is None:
            return
        channels, height, width = self._mean_image.shape
        self._mean_offset = (width - self._crop) // 2  # for rows too, as in Caffe
        if channels != _CHANNELS or width < self._crop or height < self._crop + self._mean_offset:
            raise LayerError(
                explain(
                    "the mean file does not fit the windows",
                    expected=f"{_CHANNELS} channels, and a square of at least crop_size: "
                    f"{self._crop}",
                    got=f"shape {self._mean_image.shape}",
                )
            )


def _round(value: np.floating[Any]) -> int:
    """To the nearest, halves away from 0: C's round, which Python's is not."""
    return int(math.copysign(math.floor(abs(float(value)) + 0.5), value))


def _outside(shape: Shape, window: WindowRow) -> DataError:
    return DataError(
        explain(
            "the window does not lie in its image",
            expected=f"x from 0 to {shape[2] - 1}, y from 0 to {shape[1] - 1}",
            got=f"x1 y1 x2 y2 = {window.x1} {window.y1} {window.x2} {window.y2}",
        )
    )
