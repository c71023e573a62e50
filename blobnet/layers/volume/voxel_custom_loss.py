"""VoxelCustomLoss: squared differences, of which none counts as more than 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.layers.volume._volume import check_volumes


@register_layer("VoxelCustomLoss")
class VoxelCustomLoss(Loss):
    """The mean square of differences that are cut off at -1 and 1.

    bottom[0]  a: (N, C, L, H, W)
    bottom[1]  b: (N, C, L, H, W)
    top[0]     loss: ()

    The gradient is C3D's: of the sum of half the squares, divided by N alone, and it goes on beyond
    -1 and 1. bottom[1] has none.

    Proto: none.  Caffe: voxel_custom_loss_layer.cpp of C3D 1.0 (facebook/C3D).
    """

    formula = "loss = mean of d * d,  d = min(max(a - b, -1), 1)"
    gradient_formula = "da = d * dloss / N"

    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        check_volumes(self, bottom)
        if bottom[0].shape != bottom[1].shape:
            raise self.error(
                "both bottoms must have the same shape",
                got=f"{bottom[0].shape} and {bottom[1].shape}",
            )
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._difference = np.clip(bottom[0].data - bottom[1].data, -1, 1)
        total = np.vdot(self._difference, self._difference)
        top[0].data[...] = total / max(self._difference.size, 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            scale = float(top[0].diff[()]) / max(len(self._difference), 1)
            np.multiply(self._difference, scale, out=bottom[0].diff)
