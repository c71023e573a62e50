"""FlowAugmentation: the flow between two images after each of them was changed."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._coefficients import NAMES, affine, from_row
from blobnet.layers.motion._images import check_images, check_not_empty
from blobnet.layers.motion._no_gradient import NoGradient
from blobnet.ops.motion.augment import positions


@register_layer("FlowAugmentation")
class FlowAugmentation(NoGradient):
    """What the flow becomes when DataAugmentation moves, turns and enlarges its two images.

    bottom[0]  flow: (N, 2, H, W)
    bottom[1]  coefficients of the first image: (N, 42, 1, 1)
    bottom[2]  coefficients of the second: (N, 42, 1, 1)
    top[0]     y: (N, 2, height, width)  `crop_height` by `crop_width`

    A pixel of the crop is sought in the first image, follows the arrow of the nearest pixel there
    (of the nearest at the edge, where that is outside), and is sought in the crop of the second.

    Proto: AugmentationParameter.
    Caffe: flow_augmentation_layer.cu, augmentation_layer_base.cpp of FlowNet2
    (lmb-freiburg/flownet2).
    """

    formula = "y[p] = M2^-1 (M1 p + flow[M1 p]) - p"
    gradient_formula = "none: what is to be learned has no gradient"

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.augmentation_param
        self._crop = param.crop_height, param.crop_width
        if min(self._crop) < 1:
            raise self.error(
                "Please enter crop width and height if you want to perform augmentation",
                fix="augmentation_param { crop_width: ... crop_height: ... }",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num = check_images(self, bottom[:1], channels=2)[0]
        check_not_empty(self, bottom[:1])
        for i in (1, 2):
            if bottom[i].count != num * len(NAMES):
                raise self.error(
                    f"bottom[{i}] must have {len(NAMES)} coefficients for each image",
                    got=f"shape {bottom[i].shape} for {num} images",
                )
        top[0].reshape((num, 2, *self._crop))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        size = bottom[0].shape[2], bottom[0].shape[3]
        first, second = (blob.data.reshape(-1, len(NAMES)) for blob in bottom[1:])
        for n, (flow, result) in enumerate(zip(bottom[0].data, top[0].data, strict=True)):
            there = affine(from_row(first[n]), self._crop, size)
            column, row = positions(there, *self._crop)
            near_row, near_column = (
                np.nan_to_num(np.trunc(at + 0.5)).clip(0, length - 1).astype(np.intp)
                for at, length in zip((row, column), size, strict=True)
            )
            column = column + flow[0, near_row, near_column]
            row = row + flow[1, near_row, near_column]
            back = np.vstack([affine(from_row(second[n]), self._crop, size), [0, 0, 1]])
            if not (np.isfinite(back).all() and np.linalg.det(back)):
                raise self.error(
                    "an image cannot be so small or large",
                    got=f"coefficients of bottom[2] that give the matrix {back[:2].tolist()}",
                )
            inverse = np.linalg.inv(back)
            x, y = np.arange(self._crop[1]), np.arange(self._crop[0])[:, None]
            result[0] = inverse[0, 0] * column + inverse[0, 1] * row + inverse[0, 2] - x
            result[1] = inverse[1, 0] * column + inverse[1, 1] * row + inverse[1, 2] - y
