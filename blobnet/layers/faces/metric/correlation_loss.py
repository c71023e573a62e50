"""CorrelationLoss: the mean product of two columns, to be made small."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss


@register_layer("CorrelationLoss")
class CorrelationLoss(Loss):
    """The mean of the products of two blobs' values.

    bottom[0]  a: (M, 1, ...)  one channel
    bottom[1]  b: (M, 1, ...)  as many values
    top[0]     loss: ()        0 for an empty batch

    The fork writes its gradients over the bottoms' values; here they are gradients.
    Proto: none.  Caffe: correlation_loss_layer.cpp of happynear/caffe-windows.
    """

    formula = "mean(a b)."
    gradient_formula = "da = b * dloss / count,  db = a * dloss / count."

    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        shapes = [blob.shape for blob in bottom]
        if any(len(shape) > 1 and shape[1] != 1 for shape in shapes) or (
            bottom[0].count != bottom[1].count
        ):
            raise self.error(
                "both bottoms must have one channel, and as many values",
                expected="shape (M, 1) for both; further axes may follow",
                got=f"bottom[0] of shape {shapes[0]} and bottom[1] of shape {shapes[1]}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        a, b = (blob.data.reshape(-1) for blob in bottom)
        top[0].data[...] = (a * b).sum() / max(len(a), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        scale = float(top[0].diff[()]) / max(bottom[0].count, 1)
        for index, other in ((0, 1), (1, 0)):
            if propagate_down[index]:
                diff = bottom[index].diff.reshape(-1)
                np.multiply(bottom[other].data.reshape(-1), scale, out=diff)
