"""MinQuantizeLoss: values that are nearly bits."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._bits import BitLoss
from blobnet.types import Array


@register_layer("MinQuantizeLoss")
class MinQuantizeLoss(BitLoss):
    """How far values are from their bits, which are 1 where a value is above 0.5 and 0 elsewhere.

    bottom[0]  x: (N, D)
    bottom[1]  x again: of the same shape
    top[0]     loss: ()     0 for an empty batch

    The fork's sum for the gradient goes on over all forwards; here it is of the last one.

    Proto: none.  Caffe: K2_min_quantize_loss_layer.cpp of DeepBit (kevinlin311tw/cvpr16-deepbit).
    Paper: Lin et al., CVPR 2016.
    """

    formula = "sum((bit - x)^2) / (2 N)."
    gradient_formula = (
        "Every dx[0] is dloss * sum((bit - x) * -x) / (N N D), every dx[1] minus that: no "
        "derivative, and nothing in all where both bottoms are one blob."
    )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = self.rows(bottom[0].data)
        distance: Array = (x > 0.5) - x
        self._slope = -float(np.vdot(distance, x))
        top[0].data[...] = np.vdot(distance, distance) / max(2 * len(x), 1)
