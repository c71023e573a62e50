"""VoxelSoftmaxWithLoss: minus the logarithm of the true class's probability, voxel by voxel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.layers.loss.softmax_with_loss import FLT_MIN
from blobnet.layers.volume._volume import check_volumes
from blobnet.ops.softmax import softmax
from blobnet.types import Array


@register_layer("VoxelSoftmaxWithLoss")
class VoxelSoftmaxWithLoss(Loss):
    """The mean over all voxels of -log of the probability of a voxel's class.

    bottom[0]  x: scores, (N, C, L, H, W)
    bottom[1]  labels: (N, 1, L, H, W)  whole numbers from 0; those from C on do not count, but
                                        their voxels do: also where they are pulled to nothing
    top[0]     loss: ()

    As in C3D, a voxel whose label does not count still has the gradient p / voxels.

    Proto: none.  Caffe: voxel_wise_softmax_loss_layer.cpp of C3D 1.0 (facebook/C3D).
    """

    formula = "loss = sum over voxels of -log(p[label]) / (N L H W)"
    gradient_formula = "dx = (p - onehot(label)) * dloss / (N L H W), onehot 0 for labels from C on"

    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        check_volumes(self, bottom)
        num, channels, *size = bottom[0].shape
        if bottom[1].shape != (num, 1, *size) or not channels:
            raise self.error(
                "there must be a label for each voxel",
                expected=f"labels of shape {(num, 1, *size)}, and scores with channels",
                got=f"shapes {bottom[0].shape} and {bottom[1].shape}",
            )
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, labels = bottom[0].data, bottom[1].data
        if labels.size and not labels.min() > -1:  # or NaN
            raise self.error("a label is no class", expected="0 or more", got=labels.min())
        self._prob: Array = np.empty_like(x)
        softmax(x, 1, out=self._prob)
        counts = labels < x.shape[1]
        self._hot = np.where(counts, labels, 0).astype(np.intp), counts
        likelihood = np.take_along_axis(self._prob, self._hot[0], axis=1)
        loss = np.log(np.maximum(likelihood, FLT_MIN))[counts]
        top[0].data[...] = -loss.sum() / max(labels.size, 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            hot, counts = self._hot
            dx = bottom[0].diff
            dx[...] = self._prob
            at = np.take_along_axis(dx, hot, axis=1)
            np.put_along_axis(dx, hot, at - counts, axis=1)
            dx *= float(top[0].diff[()]) / max(hot.size, 1)
