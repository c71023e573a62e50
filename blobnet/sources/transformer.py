"""DataTransformer: mean, scale, crop and mirror, for a batch of records at once.

The same order as in Caffe: cut out a window, subtract the mean that belongs to it, multiply by
the scale, flip. Caffe: data_transformer.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import DataError, LayerError, explain
from blobnet.input_files import shown
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TRAIN, TransformationParameter
from blobnet.serialization.blob_file import read_blob
from blobnet.sources.image import ColorMode
from blobnet.types import Array, Shape


class DataTransformer:
    """What `transform_param` asks for.

    In TRAIN a crop is cut at random, in TEST from the centre; `mirror` flips half of the records
    in both. Random numbers are drawn record by record in Caffe's order: mirror, row, column.
    Raises LayerError where the settings contradict each other or do not fit the records, and
    DataError where the mean file cannot be read.
    """

    def __init__(
        self, param: TransformationParameter, phase: int, dtype: DTypeLike = np.float32
    ) -> None:
        self.dtype = np.dtype(dtype)
        _refuse_what_is_for_label_maps(param)
        self._scale = param.scale
        check_finite("scale", self._scale)
        self._crop = param.crop_size
        self._mirror = param.mirror
        self._random_crop = bool(param.crop_size) and phase == TRAIN
        self._mean_image, self._mean_value = read_mean(param, self.dtype)
        self.color_mode = _color_mode(param)

    def output_shape(self, shape: Shape) -> Shape:
        """The shape of a record after the transformation. Raises LayerError where none fits."""
        channels, height, width = shape
        self._check_mean(shape)
        if not self._crop:
            return shape
        if height < self._crop or width < self._crop:
            raise LayerError(
                explain(
                    "the record is smaller than the crop",
                    expected=f"at least {self._crop} rows and columns, the crop_size",
                    got=f"{height} x {width}",
                )
            )
        return (channels, self._crop, self._crop)

    def transform(
        self, images: Sequence[Array], rng: np.random.Generator, out: Array | None = None
    ) -> Array:
        """(N, channels, height, width) from records that `output_shape` makes equal, in `out`."""
        shape = self.output_shape(images[0].shape)
        batch = np.empty((len(images), *shape), self.dtype) if out is None else out
        with overflow_allowed():  # what is too large for the dtype is infinite there
            self._fill(images, batch, rng)
        return batch

    def _fill(self, images: Sequence[Array], batch: Array, rng: np.random.Generator) -> None:
        if self._crop or self._mirror:
            self._cut_out(images, batch, rng)
        else:
            np.stack(images, out=batch)
            if self._mean_image is not None:
                batch -= self._mean_image
        if self._mean_value is not None:
            batch -= self._mean_value
        if self._scale != 1:
            batch *= self._scale

    def _cut_out(self, images: Sequence[Array], batch: Array, rng: np.random.Generator) -> None:
        """Every record's window, flipped or not, without the mean file's values there."""
        height, width = batch.shape[-2:]
        for image, target, (flip, top, left) in zip(
            images, batch, self._windows(images, rng), strict=True
        ):
            rows, columns = slice(top, top + height), slice(left, left + width)
            if flip:
                target = target[:, :, ::-1]
            if self._mean_image is None:
                target[...] = image[:, rows, columns]
            else:
                mean = self._mean_image[:, rows, columns]
                np.subtract(image[:, rows, columns], mean, out=target)

    def _windows(self, images: Sequence[Array], rng: np.random.Generator) -> list[list[int]]:
        """For every record: 1 to flip it or 0, and the row and column where its window begins."""
        choices = np.ones((len(images), 3), np.int64)  # how many values each number can have
        if self._mirror:
            choices[:, 0] = 2
        if self._crop:
            choices[:, 1:] += np.array([image.shape[1:] for image in images]) - self._crop
        windows = (choices - 1) // 2  # the centre, not flipped
        drawn = [self._mirror, self._random_crop, self._random_crop]
        if any(drawn):
            windows[:, drawn] = rng.integers(choices[:, drawn])
        return windows.tolist()

    # --- the mean -----------------------------------------------------------------------------

    def _check_mean(self, shape: Shape) -> None:
        if self._mean_image is not None and self._mean_image.shape != shape:
            raise LayerError(
                explain(
                    "the mean file does not fit the records",
                    expected=f"a mean of shape {shape}, as the records have before the crop",
                    got=f"shape {self._mean_image.shape}",
                    fix="compute the mean of this very database (compute_image_mean)",
                )
            )
        if self._mean_value is not None and len(self._mean_value) not in (1, shape[0]):
            raise LayerError(
                explain(
                    "Specify either 1 mean_value or as many as channels",
                    expected=f"1 or {shape[0]} values",
                    got=f"{len(self._mean_value)} values",
                )
            )


def _refuse_what_is_for_label_maps(param: TransformationParameter) -> None:
    for name in ("scale_factors", "crop_height", "crop_width"):
        if getattr(param, name):
            what = f"`{name}` of transform_param is for ImageSegData alone, as in PSPNet"
            raise LayerError(explain(what, fix="write crop_size"))


def read_mean(
    param: TransformationParameter, dtype: DTypeLike
) -> tuple[Array | None, Array | None]:
    """The image to subtract, or the values, one per channel: (C, H, W) or (C, 1, 1)."""
    if param.mean_file and param.mean_value:
        raise LayerError(
            explain(
                "Cannot specify mean_file and mean_value at the same time",
                got=f'mean_file "{param.mean_file}" and {len(param.mean_value)} mean_value',
                fix="remove one of them from transform_param",
            )
        )
    for value in param.mean_value:
        check_finite("mean_value", value)
    if param.mean_file:
        return _read_mean_file(Path(param.mean_file)).astype(dtype), None
    if param.mean_value:
        return None, np.array(param.mean_value, dtype)[:, None, None]
    return None, None


def check_finite(setting: str, value: float) -> None:
    """Raise LayerError where nothing that is computed with the value would be a number."""
    if not math.isfinite(value):
        raise LayerError(
            explain(f"{setting} of transform_param must be a number", expected="finite", got=value)
        )


def _color_mode(param: TransformationParameter) -> ColorMode:
    if param.force_color and param.force_gray:
        raise LayerError(
            explain(
                "cannot set both force_color and force_gray",
                fix="remove one of them from transform_param",
            )
        )
    return "color" if param.force_color else "gray" if param.force_gray else "stored"


def _read_mean_file(path: Path) -> Array:
    """The mean image (channels, height, width) in a .binaryproto."""
    blob = read_blob(path, "mean_file")
    if blob.num_axes not in (3, 4) or not blob.count or blob.count != blob.count(-3):
        raise DataError(
            explain(
                f"mean_file {shown(path)}: not one image",
                expected="shape (1, channels, height, width)",
                got=f"shape {blob.shape}",
            )
        )
    if not np.isfinite(blob.data).all():
        raise DataError(
            explain(
                f"mean_file {shown(path)}: holds values that are no numbers",
                got="infinite ones, or NaN",
                fix="compute the mean anew (compute_image_mean)",
            )
        )
    return blob.data.reshape(blob.shape[-3:])
