"""DataAugmentation: images cropped, moved, turned and recoloured at random, less their mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers import _gathered as of_all
from blobnet.layers._gathered import Gather
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._coefficients import (
    CHROMATIC,
    DEFAULTS,
    EIGEN,
    NAMES,
    Coefficients,
    Drawing,
    affine,
    discount,
    from_row,
    to_row,
)
from blobnet.layers.motion._images import check_images, check_not_empty
from blobnet.layers.motion._no_gradient import NoGradient
from blobnet.ops.motion import augment
from blobnet.proto import TRAIN
from blobnet.serialization.stored import StoredBlob
from blobnet.types import Array, Shape


@register_layer("DataAugmentation")
class DataAugmentation(NoGradient):
    """A crop of each image, changed at random in TRAIN (and in TEST with `augment_during_test`).

    bottom[0]  x: (N, C, H, W)
    bottom[1]  coefficients: (N, 42, 1, 1)     optional: how each image is changed, instead of
                                               drawing; see GenerateAugmentationParameters
    top[0]     y: (N, C, height, width)        `crop_height` by `crop_width`; without both, a copy
    top[1]     coefficients: (N, 42, 1, 1)     optional: how each was changed
    blobs_[0]  iteration: (1, 1, 1, 1)         forward passes so far
    blobs_[1]  mean: (1, C, height, width)     with `recompute_mean`: of the first so many passes
    blobs_[2]  mean: (1, C, 1, 1)              its mean for each channel

    In order: place and size (bilinear, the edge goes on outside), colours along
    `chromatic_eigvec`, colours and contrast, shadows, noise; colours need 3 channels. Then
    the mean is subtracted: blobs_[1], or blobs_[2] without `mean_per_pixel`; or three numbers of
    `mean`, only without `mean_per_pixel`. Spreads of random numbers follow `coeff_schedule_param`.
    FlowNet2 draws numbers for fog and motion blur, and does nothing with them. Weights with a mean
    of another size are loaded: there each pixel is the mean of its channel.

    Proto: AugmentationParameter, CoeffScheduleParameter.
    Caffe: data_augmentation_layer.cu, data_augmentation_layer.cpp, augmentation_layer_base.cpp of
    FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y = x at M (column, row, 1), recoloured, - mean"
    gradient_formula = "none: images are not learned"

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    min_top_blobs = 1
    max_top_blobs = 2
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        channels, *size = check_images(self, bottom)[1:]
        self._param = param = self.layer_param_.augmentation_param
        self._gather: Gather | None = None  # where others' batches count, too
        self._is_cropped = param.HasField("crop_width") and param.HasField("crop_height")
        height, width = (param.crop_height, param.crop_width) if self._is_cropped else size
        self.init_blob(0, (1, 1, 1, 1))
        if param.recompute_mean:
            self.init_blob(1, (1, channels, height, width))
            self.init_blob(2, (1, channels, 1, 1))
        for spec in self.layer_param_.param:
            if spec.lr_mult != 0:
                raise self.error("the mean is not learned", got=f"lr_mult: {spec.lr_mult:g}")
        for _ in range(len(self.layer_param_.param), len(self.blobs_)):
            self.layer_param_.param.add(lr_mult=0, decay_mult=0)
        if not self.layer_param_.coeff_schedule_param.half_life:
            raise self.error("half_life must not be 0")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num, channels, *size = check_images(self, bottom[:1])
        check_not_empty(self, bottom[:1])
        crop = (self._param.crop_height, self._param.crop_width) if self._is_cropped else size
        if any(new > old or new < 1 for new, old in zip(crop, size, strict=True)):
            raise self.error(
                "crop width or height greater than original",
                expected=f"a crop of 1 to {size[0]} x {size[1]}",
                got=f"{crop[0]} x {crop[1]}",
            )
        if self._param.recompute_mean and self.blobs_[1].shape[1:] != (channels, *crop):
            raise self.error(
                "the images no longer fit the mean",
                expected=f"shape {self.blobs_[1].shape}",
                got=f"crops of shape {(channels, *crop)}",
            )
        if len(bottom) > 1 and bottom[1].count != num * len(NAMES):
            raise self.error(
                f"bottom[1] must have {len(NAMES)} coefficients for each image",
                got=f"shape {bottom[1].shape} for {num} images",
            )
        top[0].reshape((num, channels, *crop))
        if len(top) > 1:
            top[1].reshape((num, len(NAMES), 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        iteration = self.blobs_[0].data
        iteration[...] = np.trunc(iteration) + 1
        rows = np.zeros((len(x), len(NAMES)))
        if len(bottom) > 1:
            rows[...] = bottom[1].data.reshape(rows.shape)
        elif self._is_cropped:
            for row in rows:
                row[...] = self._draw(x.shape[2:], y.shape[2:])
        if len(top) > 1:
            top[1].data[...] = rows[:, :, None, None]
        if self._is_cropped:
            self._change(x, y, [_without_trifles(from_row(row)) for row in rows])
        else:
            y[...] = x
        self._subtract_mean(y)

    def use_statistics_of(self, gather: Gather) -> bool:
        self._gather = gather
        return self._param.recompute_mean > 0

    # --- drawing ------------------------------------------------------------------------------

    def _draw(self, size: tuple[int, ...], crop: tuple[int, ...]) -> Array:
        """The row of coefficients for an image."""
        if self.phase != TRAIN and not self._param.augment_during_test:
            return to_row({})
        scale = discount(
            self.layer_param_.coeff_schedule_param, float(self.blobs_[0].data[0, 0, 0, 0])
        )
        drawing = Drawing(self, self._param, scale, self.rng)
        groups, found = drawing.groups, Coefficients()
        if groups["spatial"]:
            found |= drawing.spatial(to_row({}), (size[0], size[1]), (crop[0], crop[1]))
        if groups["chromatic"]:
            found |= drawing.chromatic()
        if groups["eigen"]:
            found |= drawing.eigen()
        if groups["effects"]:
            found |= drawing.effects()
        return to_row(found)

    # --- changing -----------------------------------------------------------------------------

    def _change(self, x: Array, y: Array, changes: list[Coefficients]) -> None:
        largest = self._param.max_multiplier
        is_chromatic, is_eigen = (_any_differs(changes, names) for names in (CHROMATIC, EIGEN))
        is_effect = any(_has_effect(change) for change in changes)
        if (is_chromatic or is_eigen or is_effect) and x.shape[1] != 3:
            raise self.error(
                "Chromatic and effect augmentations only work with 3-channel input",
                got=f"bottom[0] of shape {x.shape}",
            )
        space = augment.eigen_space(x, self._axes()) if is_eigen else None
        for image, result, change in zip(x, y, changes, strict=True):
            matrix = affine(change, y.shape[2:], x.shape[2:])
            augment.fetch(image, *augment.positions(matrix, *y.shape[2:]), out=result)
            if space is not None:
                augment.recolour_along_axes(result, change, space, largest)
            if is_chromatic:
                augment.recolour(result, change, largest)
            if is_effect:
                augment.shade(result, change, largest)
                if change["noise"] > 0:
                    result += self.rng.normal(0, change["noise"], result.shape)

    def _axes(self) -> Array:
        axes = self._param.chromatic_eigvec
        if len(axes) != 9:
            raise self.error(
                "You need to specify chromatic eigenvectors for Chromatic-Eigen augmentation",
                expected="9 numbers chromatic_eigvec, an axis after the other",
                got=f"{len(axes)}",
            )
        return np.array(axes).reshape(3, 3)

    # --- the mean -----------------------------------------------------------------------------

    def _subtract_mean(self, y: Array) -> None:
        param = self._param
        if param.recompute_mean:
            mean, by_channel = self.blobs_[1].data, self.blobs_[2].data
            count = float(self.blobs_[0].data[0, 0, 0, 0])
            if count <= param.recompute_mean and len(y):
                mean *= count - 1
                mean += of_all.mean(y, self._gather)
                mean /= count
                by_channel[...] = mean.mean(axis=(2, 3), keepdims=True)
            y -= mean if param.mean_per_pixel else by_channel
        elif len(param.mean) == 3 and not param.mean_per_pixel:
            if y.shape[1] != 3:
                raise self.error("`mean` has 3 values", got=f"images of shape {y.shape}")
            y -= np.array(param.mean, y.dtype)[:, None, None]

    def adapt_stored(
        self, stored: Mapping[int, StoredBlob]
    ) -> tuple[Mapping[int, StoredBlob], Mapping[int, StoredBlob]]:
        """A mean of another size serves by its channels."""
        if 1 not in stored or len(self.blobs_) < 2:
            return stored, {}
        return {**stored, 1: _mean_of_size(stored[1], self.blobs_[1].shape)}, {}


def _without_trifles(change: Coefficients) -> Coefficients:
    """What is nearer than 0.001 to what changes nothing, changes nothing."""
    return {
        name: DEFAULTS[name] if abs(value - DEFAULTS[name]) < 1e-3 else value
        for name, value in change.items()
    }


def _any_differs(changes: list[Coefficients], names: tuple[str, ...]) -> bool:
    return any(change[name] != DEFAULTS[name] for change in changes for name in names)


def _has_effect(change: Coefficients) -> bool:
    has_fog = bool(change["fog_amount"]) and bool(change["fog_size"])
    others = ("motion_blur_size", "shadow_strength", "noise")
    return has_fog or any(change[name] > 0 for name in others)


def _mean_of_size(stored: StoredBlob, shape: Shape) -> StoredBlob:
    """A stored mean image of another size as one of this: the mean of each channel."""
    if stored.fits(shape) or len(stored.shape) != 4 or stored.damage:
        return stored
    if stored.shape[1] != shape[1] or 0 in stored.shape:
        return stored

    def load() -> Array:
        mean = stored.load().reshape(stored.shape).mean(axis=(0, 2, 3), keepdims=True)
        whole: Array = np.broadcast_to(mean, shape).copy()
        return whole

    return replace(stored, shape=shape, legacy=False, load=load, read_into=None)
