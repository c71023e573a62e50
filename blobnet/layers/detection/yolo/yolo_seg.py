"""YoloSeg: a loss for masks of classes that may overlap."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.yolo._delta_loss import DeltaLoss
from blobnet.layers.detection.yolo._maps import sigmoid
from blobnet.types import Array


@register_layer("YoloSeg")
class YoloSeg(DeltaLoss):
    """How far the masks of all classes are from the true ones.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  masks: (N, C, H, W)  from 0 to 1
    bottom[2]  counts: (M, C)  how many pixels of an image each class has; may be left out
    top[0]     loss: ()  the sum of delta^2 / N

    delta = object_scale * (sigmoid(x) - mask). With counts, where the mask is above 0.5, it is
    multiplied by 2 - r, r = a class's pixels by those of others (not by all: its share is meant).
    `num_class`, `class_scale`, `use_logic_gradient` and `use_hardsigmoid` do nothing in Caffe,
    and the weights must be there.

    Proto: YoloSegParameter.  Caffe: yolo_seg.cpp of MobileNet-YOLO (eric612/MobileNet-YOLO).
    """

    formula = "The sum of delta^2 / N; delta = object_scale * (sigmoid(x) - mask), weighted."

    exact_num_bottom_blobs = None
    min_bottom_blobs = 2
    max_bottom_blobs = 3

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        x, masks = bottom[0].shape, bottom[1].shape
        if len(x) != 4 or len(masks) != 4 or masks[:2] != x[:2] or masks[2:] != x[2:]:
            raise self.error(
                "YoloSeg layer inputs must have the same count.",
                expected="two blobs of one shape (N, C, H, W)",
                got=f"bottom[0] of shape {x} and bottom[1] of {masks}",
            )
        if len(bottom) > 2 and (bottom[2].num_axes < 2 or bottom[2].count(1) != x[1]):
            raise self.error(
                "bottom[2] says how many pixels each class has",
                expected=f"shape (images, {x[1]})",
                got=f"shape {bottom[2].shape}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        delta, masks = self._delta.data, bottom[1].data
        np.subtract(sigmoid(bottom[0].data), masks, out=delta)
        delta *= self.layer_param_.yolo_seg_param.object_scale
        if len(bottom) > 2:
            weights = self._weights(bottom[2].data, bottom[0].count(2))
            np.multiply(delta, weights[:, None, None], out=delta, where=masks > 0.5)
        top[0].data[...] = np.vdot(delta, delta) / max(len(delta), 1)

    def _weights(self, counts: Array, pixels: int) -> Array:
        """What each class counts where it is."""
        rows = counts.reshape(len(counts), self._delta.shape[1])
        weights: Array = 2 - rows.sum(axis=0) / (pixels - rows).sum(axis=0)
        return weights
