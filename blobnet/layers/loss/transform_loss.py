"""TransformLoss: equal features of an image and of the same image turned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss


@register_layer("TransformLoss")
class TransformLoss(Loss):
    """Squared distances of pairs, with a weight of either side.

    bottom[0]  a: (N, D)     axes of length 1 may follow, here and below
    bottom[1]  b: (N, D)
    bottom[2]  u: (N, 1)     how much each a counts
    bottom[3]  v: (N, 1)     how much each b counts
    top[0]     loss: ()      0 for an empty batch

    Proto: none.  Caffe: K3_transform_loss_layer.cpp of DeepBit (kevinlin311tw/cvpr16-deepbit).
    Paper: Lin et al., CVPR 2016.
    """

    formula = "sum over pairs of u * v * |a - b|^2 / (2 N)."
    gradient_formula = "da = (a - b) * dloss / N, db = -da: as in the fork without the weights."

    exact_num_bottom_blobs = 4
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._difference = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        a, b = bottom[0], bottom[1]
        is_flat = a.num_axes > 1 and a.count == a.num * a.channels
        weights = all(blob.count == a.num for blob in bottom[2:])
        if not is_flat or b.shape[:1] != a.shape[:1] or b.count != a.count or not weights:
            raise self.error(
                "pairs and weights do not fit together",
                expected="shapes (N, D), (N, D), (N, 1) and (N, 1)",
                got=", ".join(str(blob.shape) for blob in bottom),
            )
        self._difference.reshape(a.shape[:2])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        difference = self._difference.data
        a, b = (blob.data.reshape(difference.shape) for blob in bottom[:2])
        np.subtract(a, b, out=difference)
        squares = np.einsum("nd,nd->n", difference, difference)
        weights = bottom[2].data.reshape(-1) * bottom[3].data.reshape(-1)
        top[0].data[...] = np.vdot(weights, squares) / max(2 * len(squares), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        scale = float(top[0].diff[()]) / max(len(self._difference.data), 1)
        for blob, wanted, sign in zip(bottom[:2], propagate_down, (1, -1), strict=False):
            if wanted:
                diff = blob.diff.reshape(self._difference.shape)
                np.multiply(self._difference.data, sign * scale, out=diff)
        for blob, wanted in zip(bottom[2:], propagate_down[2:], strict=True):
            if wanted:
                blob.diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 2
