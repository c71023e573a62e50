"""GenerateAugmentationParameters: draws how images are to be changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._coefficients import (
    NAMES,
    SPATIAL,
    Coefficients,
    Drawing,
    discount,
    from_row,
    to_row,
)
from blobnet.layers.motion._images import check_images
from blobnet.layers.motion._no_gradient import NoGradient
from blobnet.proto import TRAIN
from blobnet.types import Array


@register_layer("GenerateAugmentationParameters")
class GenerateAugmentationParameters(NoGradient):
    """Coefficients for DataAugmentation, often from those of the first image of a pair.

    bottom[0]  coefficients: (N, 42, 1, 1)  or images (N, C, H, W), of which the number and size are
                                            taken
    bottom[1]  images: (N, C, H, W)         optional, with bottom[2]: their size before the crop
    bottom[2]  crops: (N, C, h, w)          theirs after it
    top[0]     coefficients: (N, 42, 1, 1)  factors and powers as logarithms

    Without bottom[1] and [2] the sizes are `crop_height` and `crop_width`, and for coefficients
    `bottomheight` and `bottomwidth`. In TRAIN, and with `augment_during_test`, what is drawn is

    add         on top of bottom[0]: the second image is changed a little differently
    replace     in the place of those of bottom[0] that are drawn anew
    regenerate  alone; always so where bottom[0] is images

    Spreads follow `coeff_schedule_param`, by forward passes.

    Proto: AugmentationParameter, CoeffScheduleParameter.
    Caffe: generate_augmentation_parameters_layer.cu, augmentation_layer_base.cpp of FlowNet2
    (lmb-freiburg/flownet2).
    """

    formula = "y = bottom[0] + random numbers, or random numbers alone"
    gradient_formula = "none: images are not learned"

    min_bottom_blobs = 1
    max_bottom_blobs = 3
    exact_num_top_blobs = 1
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._iteration = 0
        self._param = self.layer_param_.augmentation_param
        if len(bottom) == 2:
            raise self.error(
                "this layer takes one (any blob from which it can take num and potentially "
                "original image size) or three (aug params, orig data, augmented data) input blobs",
                got="2",
            )
        if self._param.mode not in ("add", "replace", "regenerate"):
            raise self.error(
                "unknown mode", expected="add, replace or regenerate", got=f'"{self._param.mode}"'
            )
        if not self.layer_param_.coeff_schedule_param.half_life:
            raise self.error("half_life must not be 0")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self._param
        check_images(self, bottom)
        self._mode = param.mode
        is_images = bottom[0].shape[2:] != (1, 1)
        if len(bottom) == 3:
            self._size, self._crop = bottom[1].shape[2:], bottom[2].shape[2:]
        else:
            if not (param.HasField("crop_width") and param.HasField("crop_height")):
                raise self.error(
                    "Need crop_width and crop_height if there is no blob specifying these"
                )
            self._crop = param.crop_height, param.crop_width
            self._size = bottom[0].shape[2:]
            if is_images:
                self._mode = "regenerate"
            elif param.HasField("bottomwidth") and param.HasField("bottomheight"):
                self._size = param.bottomheight, param.bottomwidth
            else:
                raise self.error(
                    "Need bottomwidth and bottomheight if there is no blob specifying these"
                )
        if min(*self._crop, *self._size) < 1:
            raise self.error(
                "sizes must be at least 1", got=f"{self._size}, cropped to {self._crop}"
            )
        if self._mode != "regenerate" and bottom[0].count != bottom[0].shape[0] * len(NAMES):
            raise self.error(
                f"bottom[0] must have {len(NAMES)} coefficients for each image",
                got=f"shape {bottom[0].shape}",
            )
        top[0].reshape((bottom[0].shape[0], len(NAMES), 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._iteration += 1
        num = len(bottom[0].data)
        rows = np.zeros((num, len(NAMES)))
        if self._mode != "regenerate":
            rows[...] = bottom[0].data.reshape(rows.shape)
        if self.phase == TRAIN or self._param.augment_during_test:
            scale = discount(self.layer_param_.coeff_schedule_param, self._iteration)
            drawing = Drawing(self, self._param, scale, self.rng)
            for row in rows:
                row[...] = self._draw(drawing, row)
        top[0].data[...] = rows[:, :, None, None]

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "iteration": self._iteration}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._iteration = int(state.get("iteration", 0))

    def _draw(self, drawing: Drawing, row: Array) -> Array:
        groups, found = drawing.groups, from_row(row)
        if groups["spatial"]:
            base = {} if self._mode == "replace" else {name: found[name] for name in SPATIAL}
            size, crop = (self._size[0], self._size[1]), (self._crop[0], self._crop[1])
            drawn = drawing.spatial(to_row(base), size, crop)
            found |= {name: drawn[name] for name in SPATIAL}
        drawn = Coefficients()
        for group, draw in (
            ("chromatic", drawing.chromatic),
            ("eigen", drawing.eigen),
            ("effects", drawing.effects),
        ):
            if groups[group]:
                drawn |= draw()
        if self._mode == "add":
            return to_row(found) + to_row(drawn)
        return to_row(found | drawn)
