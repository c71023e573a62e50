"""EvenDistLoss: bits that are set in half of the items."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._bits import BitLoss


@register_layer("EvenDistLoss")
class EvenDistLoss(BitLoss):
    """How far the share of the set bits is from one half, bit by bit.

    bottom[0]  x: (N, D)    a bit is set where x is above 0.5
    bottom[1]  x again: of the same shape
    top[0]     loss: ()     0 for an empty batch

    Proto: none.  Caffe: K1_even_dist_loss_layer.cpp of DeepBit (kevinlin311tw/cvpr16-deepbit).
    Paper: Lin et al., "Learning Compact Binary Descriptors with Unsupervised Deep Neural
    Networks", CVPR 2016.
    """

    formula = "sum over bits of (share of items that set it - 0.5)^2 / (2 N)."
    gradient_formula = (
        "Every dx[0] is dloss * sum(share - 0.5) / (N N D), every dx[1] minus that: no derivative, "
        "and nothing in all where both bottoms are one blob."
    )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = self.rows(bottom[0].data)
        offset = (x > 0.5).sum(axis=0) / max(len(x), 1) - 0.5
        self._slope = float(offset.sum())
        top[0].data[...] = np.square(offset).sum() / max(2 * len(x), 1) if len(x) else 0
