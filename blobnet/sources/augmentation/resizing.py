"""resize_param: images in another size, in three modes; and their boxes.

Caffe: ApplyResize, InferNewSize and UpdateBBoxByResizePolicy of im_transforms.cpp, ExtrapolateBBox
of bbox_util.cpp, of SSD.
"""

from __future__ import annotations

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.limits import check_bytes, enough_memory
from blobnet.ops.images.interpolation import Interpolation, resize
from blobnet.proto import ResizeParameter
from blobnet.sources.augmentation.settings import check_bytes_of_image, per_channel
from blobnet.types import Array

_INTERPOLATIONS: dict[int, Interpolation] = {
    ResizeParameter.LINEAR: "linear",
    ResizeParameter.AREA: "area",
    ResizeParameter.NEAREST: "nearest",
    ResizeParameter.CUBIC: "cubic",
    ResizeParameter.LANCZOS4: "lanczos4",
}
_OTHERS = ("center_object", "max_angle", "is_pyramid_test", "out_height_scale", "out_width_scale")
_BYTES_PER_PIXEL = 16  # while one is made


class Resizing:
    """What a resize_param asks for. Raises LayerError where it states no size.

    Of several interp_mode, each is as likely as any. With FIT_LARGE_SIZE_AND_PAD the image is put
    into the middle; with FIT_SMALL_SIZE the result has the size in one direction and more in the
    other.
    """

    def __init__(self, param: ResizeParameter) -> None:
        self.mode, self.prob = param.resize_mode, param.prob
        self.keeps_all = self.mode == ResizeParameter.FIT_SMALL_SIZE
        self.pads = self.mode == ResizeParameter.FIT_LARGE_SIZE_AND_PAD
        self._height, self._width = param.height, param.width
        self._scales = param.height_scale, param.width_scale
        self._interpolations = [_INTERPOLATIONS[mode] for mode in param.interp_mode] or ["linear"]
        self._pad_mode, self._pad_value = param.pad_mode, list(param.pad_value)
        if not (param.height and param.width):
            raise LayerError(
                explain(
                    "resize_param states no size",
                    expected="height and width, both 1 or more",
                    got=f"height: {param.height}, width: {param.width}",
                )
            )
        for name in _OTHERS:
            if param.HasField(name):
                raise LayerError(explain(f"resize_param: `{name}` is not supported"))

    def size_of(self, rows: int, columns: int) -> tuple[int, int]:
        """Height and width of what becomes of an image of this size."""
        if not self.keeps_all:
            return self._height, self._width
        return self._fitted(rows, columns, smaller=True)

    def apply(self, image: Array, rng: np.random.Generator) -> Array:
        """The image in its new size. Raises DataError where it is no image of bytes."""
        check_bytes_of_image(image, "resize_param")
        _, rows, columns = image.shape
        number = len(self._interpolations)
        kind = self._interpolations[int(rng.integers(number)) if number > 1 else 0]
        height, width = self._fitted(rows, columns) if self.pads else self.size_of(rows, columns)
        resized = resize_checked(image, height, width, kind)
        return self._padded(resized) if self.pads else resized

    def _fitted(self, rows: int, columns: int, *, smaller: bool = False) -> tuple[int, int]:
        """The size within the stated one, or around it, that has the image's proportions."""
        aspect, wanted = self._aspects(rows, columns)
        height, width = self._height, self._width
        if (aspect < wanted) if smaller else (aspect > wanted):
            height = int(np.float32(width) / aspect)
        else:
            width = int(aspect * np.float32(height))
        if not (height and width):
            raise DataError(
                explain(
                    "nothing would be left of the image",
                    expected="proportions nearer to those of resize_param",
                    got=f"{rows} x {columns} pixels",
                )
            )
        return height, width

    def _aspects(self, rows: int, columns: int) -> tuple[np.float32, np.float32]:
        """Width by height, of the image and of what it shall be."""
        return (
            np.float32(columns) / np.float32(rows),
            np.float32(self._width) / np.float32(self._height),
        )

    def _padded(self, image: Array) -> Array:
        channels, rows, columns = image.shape
        top, left = (self._height - rows) // 2, (self._width - columns) // 2
        around = (top, self._height - rows - top), (left, self._width - columns - left)
        if self._pad_mode == ResizeParameter.MIRRORED:
            return np.pad(image, ((0, 0), *around), "reflect")
        if self._pad_mode == ResizeParameter.REPEAT_NEAREST:
            return np.pad(image, ((0, 0), *around), "edge")
        canvas = np.empty((channels, self._height, self._width), np.uint8)
        canvas[:] = per_channel(self._pad_value, channels, "pad_value")
        canvas[:, top : top + rows, left : left + columns] = image
        return canvas

    # --- boxes --------------------------------------------------------------------------------

    def moved(self, boxes: Array, rows: int, columns: int) -> Array:
        """The boxes of an image of this size, in shares of what becomes of it."""
        old = np.array([columns, rows] * 2, np.float32)
        new = np.array([self._width, self._height] * 2, np.float32)
        aspect, wanted = self._aspects(rows, columns)
        padding = np.zeros(4, np.float32)
        if self.pads:
            if aspect > wanted:
                padding[1::2] = (new[1] - new[0] / aspect) / 2
            else:
                padding[::2] = (new[0] - aspect * new[1]) / 2
        elif self.keeps_all:
            if aspect < wanted:
                new[1::2] = new[0] / aspect
            else:
                new[::2] = aspect * new[1]
        at = boxes * old * (new - 2 * padding) / old
        at[:, :2] = np.maximum(at[:, :2], np.float32(0))
        at[:, 2:] = np.minimum(at[:, 2:], new[2:])
        return (padding + at) / new

    def extrapolated(self, boxes: Array, rows: int, columns: int, window: Array) -> Array:
        """With height_scale and width_scale: shares of that size, not of the window's."""
        if not (all(self._scales) and self.keeps_all):
            return boxes
        height, width = np.float32(self._height), np.float32(self._width)
        aspect, wanted = self._aspects(rows, columns)
        if aspect < wanted:
            height = width / aspect
        else:
            width = height * aspect
        window_height, window_width = (
            height * (window[3] - window[1]),
            width * (window[2] - window[0]),
        )
        if window_width < self._scales[1] or window_height < self._scales[0]:
            raise DataError(
                explain(
                    "the image is smaller than height_scale and width_scale",
                    expected=f"at least {self._scales[0]} x {self._scales[1]} pixels",
                    got=f"{float(window_height):g} x {float(window_width):g}",
                )
            )
        factors = np.array(
            [window_width / self._scales[1], window_height / self._scales[0]] * 2, np.float32
        )
        return boxes * factors


def resize_checked(image: Array, height: int, width: int, interpolation: Interpolation) -> Array:
    """`resize` for sizes that a file states. Raises DataError where they are too large."""
    channels, rows, columns = image.shape
    who = f"an image of {height} x {width} pixels, made from one of {rows} x {columns},"
    asked = _BYTES_PER_PIXEL * channels * width * (rows + height)
    check_bytes(asked, who, DataError, stored=image.nbytes)
    with enough_memory(who.rstrip(","), DataError):
        return resize(image, height, width, interpolation)
