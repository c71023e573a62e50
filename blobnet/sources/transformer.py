"""DataTransformer: mean, scale, crop and mirror, for a batch of records at once.

The same order as in Caffe: cut out a window, subtract the mean that belongs to it, multiply by
the scale, flip. What forks do before that, another size or noise, is in `augmentation`. Caffe:
data_transformer.cpp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import LayerError, explain
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TRAIN, TransformationParameter
from blobnet.sources.augmentation.erasing import Erasing
from blobnet.sources.augmentation.image_changes import ImageChanges
from blobnet.sources.augmentation.older_names import in_todays_words
from blobnet.sources.augmentation.refusals import (
    LABEL_MAPS,
    OF_IMAGE_DATA,
    OF_SEG_DATA,
    PUZZLES,
    SCALED_CROPS,
    WITH_BOXES,
    refuse_settings,
)
from blobnet.sources.augmentation.scaled_crops import ScaledCrops
from blobnet.sources.image import ColorMode
from blobnet.sources.mean_values import check_finite, read_mean
from blobnet.types import Array, Shape


class Window(NamedTuple):
    """Where an image is cut, and whether what is cut out is flipped: 1 or 0."""

    flip: int
    top: int
    left: int


class DataTransformer:
    """What `transform_param` asks for.

    In TRAIN a crop is cut at random, in TEST from the centre; `mirror` flips half of the records
    in both, and `flow` turns the third channel of these round. Random numbers are drawn record by
    record in Caffe's order: mirror, row, column; those of `changes`, which come first, before them.
    Raises LayerError where the settings contradict each other or do not fit the records, and
    DataError where the mean file cannot be read.
    """

    def __init__(
        self,
        param: TransformationParameter,
        phase: int,
        dtype: DTypeLike = np.float32,
        *,
        with_boxes: bool = False,
    ) -> None:
        self.dtype = np.dtype(dtype)
        param, is_anywhere = in_todays_words(param)
        if not with_boxes:
            refuse_settings(param, WITH_BOXES, "it is for layers that read boxes: AnnotatedData")
        else:
            refuse_settings(param, SCALED_CROPS, "it is for layers without boxes, as in TSN")
        refuse_settings(param, LABEL_MAPS, "it is for ImageSegData alone, as in PSPNet")
        refuse_settings(param, OF_IMAGE_DATA, "it is for ImageData alone, as in Intel's fork")
        refuse_settings(param, PUZZLES, "it is for Data alone, with a siamese_size above 1")
        refuse_settings(param, OF_SEG_DATA, "it is for SegData alone, as in TSN")
        self._scale, self._is_flow = param.scale, param.flow
        check_finite("scale", self._scale)
        self._crop = _crop(param)
        self._mirror = param.mirror and (phase == TRAIN or not param.enable_classf_aug)
        is_random = is_anywhere or (phase == TRAIN and not param.center_crop)
        self._random_crop = bool(self._crop) and is_random
        self._erasing = Erasing(param) if param.HasField("erase_ratio") else None
        self._crops = ScaledCrops.asked_for(param, phase, self._mirror)
        if self._crops is not None:
            refuse_settings(param, ("flow",), "crops of several sizes have is_flow")
        self.changes = ImageChanges(param, phase)
        self._mean_image, self._mean_value = read_mean(param, self.dtype)
        self.color_mode = _color_mode(param)

    @property
    def cuts_sizes(self) -> bool:
        """Whether crops are of random sizes."""
        return self._crops is not None

    @property
    def crop_width(self) -> int:
        """0 where there is no crop."""
        return self._crop[1] if self._crop else 0

    def output_shape(self, shape: Shape, choice: int | None = None) -> Shape:
        """The shape of a record after the transformation. Raises LayerError where none fits.

        choice  which of several resize_param is meant, where that is known
        """
        changed = self.changes.size_of(shape, choice) if self.changes else shape
        if changed is None:
            return self._shape_of_random(shape)
        self._check_mean(changed)
        if not self._crop:
            return changed
        if self._crops is None or not self._crops.takes_any_size:
            self._check_crop(changed, self._crop)
        return (shape[0], *self._crop)

    def transform(
        self,
        images: Sequence[Array],
        rng: np.random.Generator,
        out: Array | None = None,
        told: list[Window] | None = None,
    ) -> Array:
        """(N, channels, height, width) from records that `output_shape` makes equal, in `out`.

        Where each was cut out is added to `told`, unless `cuts_sizes`.
        """
        shape = self.output_shape(images[0].shape)
        if self.changes:
            images = [self.change(image, rng) for image in images]
        batch = np.empty((len(images), *shape), self.dtype) if out is None else out
        if self._crops is not None:
            with overflow_allowed():
                self._crops.fill(images, rng, self._mean_image, batch)
                self._scale_in_place(batch)
            return batch
        windows = self.windows(images, rng)
        if told is not None:
            told += windows
        self.write(self.erased(images, windows, rng), windows, batch)
        return batch

    def erased(
        self, images: Sequence[Array], windows: Sequence[Window], rng: np.random.Generator
    ) -> Sequence[Array]:
        """The images, with boxes of noise where `erase_ratio` asks for them."""
        erasing = self._erasing
        if erasing is None:
            return images
        return [
            erasing.apply(image, window[1:], self._crop or image.shape[-2:], rng)
            for image, window in zip(images, windows, strict=True)
        ]

    def change(self, image: Array, rng: np.random.Generator, choice: int | None = None) -> Array:
        """The image as it is before the crop."""
        changed = self.changes.apply(image, rng, choice) if self.changes else image
        if self._crop and (self._crops is None or not self._crops.takes_any_size):
            self._check_crop(changed.shape, self._crop)
        return changed

    def write(self, images: Sequence[Array], windows: Sequence[Window], batch: Array) -> None:
        """Their windows, without the mean and scaled."""
        with overflow_allowed():  # what is too large for the dtype is infinite there
            self._fill(images, windows, batch)

    def _fill(self, images: Sequence[Array], windows: Sequence[Window], batch: Array) -> None:
        if self._crop or self._mirror:
            self._cut_out(images, windows, batch)
        else:
            np.stack(images, out=batch)
            if self._mean_image is not None:
                batch -= self._mean_image
        self._scale_in_place(batch)

    def _scale_in_place(self, batch: Array) -> None:
        """What holds for all pixels: mean values and the scale."""
        if self._mean_value is not None:
            batch -= self._mean_value
        if self._scale != 1:
            batch *= self._scale

    def _cut_out(self, images: Sequence[Array], windows: Sequence[Window], batch: Array) -> None:
        """Every record's window, flipped or not, without the mean file's values there."""
        height, width = batch.shape[-2:]
        for image, target, (flip, top, left) in zip(images, batch, windows, strict=True):
            rows, columns = slice(top, top + height), slice(left, left + width)
            if flip:
                target = target[:, :, ::-1]
                image = _pointing_back(image) if self._is_flow else image
            if self._mean_image is None:
                target[...] = image[:, rows, columns]
            else:
                mean = self._mean_image[:, rows, columns]
                np.subtract(image[:, rows, columns], mean, out=target)

    def windows(self, images: Sequence[Array], rng: np.random.Generator) -> list[Window]:
        """For every record that `change` gave: whether and where its window is cut out."""
        choices = np.ones((len(images), 3), np.int64)  # how many values each number can have
        if self._mirror:
            choices[:, 0] = 2
        if self._crop:
            choices[:, 1:] += np.array([image.shape[1:] for image in images], np.int64) - self._crop
        windows = (choices - 1) // 2  # the centre, not flipped
        drawn = [self._mirror, self._random_crop, self._random_crop]
        if any(drawn):
            windows[:, drawn] = rng.integers(choices[:, drawn])
        return [Window(*window) for window in windows.tolist()]

    # --- checks -------------------------------------------------------------------------------

    @staticmethod
    def _check_crop(shape: Shape, crop: tuple[int, int]) -> None:
        if shape[1] < crop[0] or shape[2] < crop[1]:
            raise LayerError(
                explain(
                    "the record is smaller than the crop",
                    expected=f"at least {crop[0]} rows and {crop[1]} columns, the crop",
                    got=f"{shape[1]} x {shape[2]}",
                )
            )

    def _shape_of_random(self, shape: Shape) -> Shape:
        """The shape where images come in random sizes, of which a crop is cut."""
        if self._mean_image is not None or not self._crop:
            raise LayerError(
                explain(
                    "images come in several sizes",
                    expected="a crop_size, and mean_value in place of a mean_file",
                )
            )
        self._check_mean((shape[0], *self._crop))
        return (shape[0], *self._crop)

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


def _pointing_back(image: Array) -> Array:
    """A picture of a flow whose third channel, along x, points the other way: 255 is 0."""
    turned: Array = image.copy()
    turned[2:3] = 255 - turned[2:3]
    return turned


def _crop(param: TransformationParameter) -> tuple[int, int] | None:
    """Rows and columns to cut out: crop_size, or crop_h and crop_w of forks; None: all."""
    if param.crop_size_l or param.crop_size_h or param.crop_size_w:
        raise LayerError(
            explain(
                "crop_size_l, crop_size_h and crop_size_w are for the volumes of HDF5Data",
                fix="state crop_size, or crop_h and crop_w",
            )
        )
    if param.crop_size:
        if (param.crop_h or param.crop_size, param.crop_w or param.crop_size) != (
            param.crop_size,
            param.crop_size,
        ):
            raise LayerError(
                explain(
                    "crop_size and another size: the forks differ in which of them counts",
                    got=f"{param.crop_size}, and crop_h: {param.crop_h}, crop_w: {param.crop_w}",
                    fix="state crop_h and crop_w alone",
                )
            )
        return (param.crop_size, param.crop_size)
    if bool(param.crop_h) != bool(param.crop_w):
        raise LayerError(
            explain(
                "a crop has two sides",
                expected="both crop_h and crop_w",
                got=f"crop_h: {param.crop_h}, crop_w: {param.crop_w}",
            )
        )
    return (param.crop_h, param.crop_w) if param.crop_h else None


def _color_mode(param: TransformationParameter) -> ColorMode:
    if param.force_color and param.force_gray:
        raise LayerError(
            explain(
                "cannot set both force_color and force_gray",
                fix="remove one of them from transform_param",
            )
        )
    return "color" if param.force_color else "gray" if param.force_gray else "stored"
