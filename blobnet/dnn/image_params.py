"""How images become a blob: cv2.dnn's Image2BlobParams, and arguments as cv2 takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.dnn.constants import (
    CV_32F,
    DNN_LAYOUT_NCHW,
    DNN_PMODE_CROP_CENTER,
    DNN_PMODE_LETTERBOX,
    DNN_PMODE_NULL,
)
from blobnet.dnn.errors import error
from blobnet.errors import explain
from blobnet.types import Array

Scalar = float | Sequence[float]
"""A number, which counts for the first channel alone, or up to four, one for each channel."""


@dataclass
class Image2BlobParams:
    """What blobFromImageWithParams is told.

    scalefactor  one for each channel
    size         (width, height) of the blob; (0, 0) for that of the first image
    mean         is subtracted first; in the order of the blob's channels
    swapRB       whether the first and the third channel change places
    ddepth       the numbers of the blob: 5 (CV_32F) or 0 (CV_8U)
    datalayout   DNN_LAYOUT_NCHW or DNN_LAYOUT_NHWC
    paddingmode  DNN_PMODE_NULL: stretched to size; DNN_PMODE_CROP_CENTER: the shorter side fits,
                 the middle is cut out; DNN_PMODE_LETTERBOX: the longer side fits, in a frame
    borderValue  of that frame, in the order of the image's channels, before `mean` is subtracted
    """

    scalefactor: Scalar = (1.0, 1.0, 1.0, 1.0)
    size: tuple[int, int] = (0, 0)
    mean: Scalar = (0.0, 0.0, 0.0, 0.0)
    swapRB: bool = False
    ddepth: int = CV_32F
    datalayout: int = DNN_LAYOUT_NCHW
    paddingmode: int = DNN_PMODE_NULL
    borderValue: Scalar = (0.0, 0.0, 0.0, 0.0)

    def __setattr__(self, name: str, value: Any) -> None:
        """Scalars are four numbers from then on, as cv2 keeps them."""
        if name in ("scalefactor", "mean", "borderValue"):
            value = four_numbers(value, name)
        super().__setattr__(name, width_and_height(value) if name == "size" else value)

    def blobRectToImageRect(
        self, rBlob: Sequence[int], size: Sequence[int]
    ) -> tuple[int, int, int, int]:
        """Where in an image of `size` (width, height) a rectangle of its blob lies.

        rBlob  x, y, width, height in pixels of the blob

        Raises error where one of the sizes is not stated.
        """
        x, y, width, height = self._in_image([rBlob], size)[0].tolist()
        return x, y, width, height

    def blobRectsToImageRects(self, rBlob: ArrayLike, size: Sequence[int]) -> Any:
        """The same for several: int32 (n, 4), or () for none, as cv2 has it."""
        found = self._in_image(rBlob, size)
        return found if len(found) else ()

    def _in_image(self, rBlob: ArrayLike, size: Sequence[int]) -> Array:
        """Cut to whole pixels. Where the blob is as large as the image, OpenCV has zeros only."""
        rectangles = _rectangles(rBlob)
        image = np.array(_stated(size, "the image's size"))
        blob = np.array(_stated(self.size, "params.size"))
        if (image == blob).all():
            return rectangles
        factors = blob.astype(np.float32) / image.astype(np.float32)
        found = rectangles.astype(np.float32)
        if self.paddingmode == DNN_PMODE_CROP_CENTER:
            factor = factors.max()
            cut = 0.5 * (image.astype(np.float32) * factor - blob)
            found = np.hstack([(found[:, :2] + cut) / factor, found[:, 2:] / factor])
        elif self.paddingmode == DNN_PMODE_LETTERBOX:
            factor = factors.min()
            frame = (blob - (image.astype(np.float32) * factor).astype(int)) // 2
            found = (found - np.array([*frame, 0, 0], np.float32)) / factor
        else:
            both = [side.astype(np.float32) for side in (np.tile(image, 2), np.tile(blob, 2))]
            found = found * both[0] / both[1]
        return found.astype(np.int32)


def four_numbers(value: Any, name: str) -> tuple[float, ...]:
    """A cv::Scalar: what is left out, or None, is 0. Raises error for what is none."""
    try:
        values = (value,) if isinstance(value, Real) else tuple(() if value is None else value)
        numbers = tuple(float(one) for one in values)
    except (TypeError, ValueError) as reason:
        what = f"Scalar value for argument '{name}' is not numeric"
        raise error(explain(what, expected="one to four numbers", got=value)) from reason
    if len(values) > 4:
        what = f"Scalar value for argument '{name}' is longer than 4"
        raise error(explain(what, got=f"{len(values)} numbers"))
    return numbers + (0.0,) * (4 - len(numbers))


def width_and_height(size: Any) -> tuple[int, int]:
    """A cv::Size. Raises error where it is none."""
    if size is None:
        return (0, 0)
    sides = list(size) if isinstance(size, Sequence | np.ndarray) else [size]
    whole = all(isinstance(side, int | np.integer) for side in sides)
    if len(sides) != 2 or not whole or min(sides) < 0 or (0 in sides and any(sides)):
        expected = "(width, height) in whole pixels, or (0, 0) for the image's own"
        raise error(explain("Can't parse 'size'", expected=expected, got=size))
    return int(sides[0]), int(sides[1])


def _stated(size: Any, what: str) -> tuple[int, int]:
    width, height = width_and_height(size)
    if not width:
        raise error(explain(f"{what} is not stated", expected="(width, height)", got=size))
    return width, height


def _rectangles(rBlob: ArrayLike) -> Array:
    """(n, 4) int32. Raises TypeError for what is no list of rectangles in whole pixels."""
    try:
        array = np.asarray(rBlob)
    except ValueError:  # rows of different lengths
        array = np.empty(1)
    if array.ndim <= 2 and not array.size:
        return np.empty((0, 4), np.int32)
    if array.ndim != 2 or array.shape[1] != 4 or array.dtype.kind not in "iu":
        raise TypeError("Can't parse 'rBlob'. Each is four whole numbers: x, y, width, height")
    return array.astype(np.int32)
