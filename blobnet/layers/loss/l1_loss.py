"""L1Loss: the distance of two blobs, value by value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss


@register_layer("L1Loss")
class L1Loss(Loss):
    """The sum of absolute differences, averaged over the batch.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)  as many values per item as a
    top[0]     loss: ()     0 for an empty batch

    This is NVCaffe's. FlowNet2 has another loss of the same name: with `l1_loss_param`, which
    NVCaffe's does not have, or with one bottom.

    Proto: L1LossParameter.  Caffe: l1_loss_layer.cpp of NVCaffe (NVIDIA/caffe).
    """

    formula = "The sum of absolute differences, averaged over the batch: sum(|a - b|) / N."
    gradient_formula = "da = sign(a - b) * dloss / N,  db = -da."

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if self.layer_param_.HasField("l1_loss_param"):  # the place for FlowNet2's
            raise self.error(
                "the L1Loss of FlowNet2 is not known here",
                expected="no l1_loss_param, as in NVCaffe",
                got="l1_loss_param",
            )
        self._sign = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count(1) != bottom[1].count(1):
            raise self.error(
                "Inputs must have the same dimension.",
                expected=f"{bottom[0].count(1)} values per item, as bottom[0] has",
                got=f"bottom[0] of shape {bottom[0].shape} and bottom[1] of {bottom[1].shape}",
            )
        self._sign.reshape_like(bottom[0])
        self._num = max(bottom[0].shape[0], 1)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        sign = self._sign.data
        np.subtract(bottom[0].data, bottom[1].data.reshape(sign.shape), out=sign)
        top[0].data[...] = np.abs(sign).sum() / self._num
        np.sign(sign, out=sign)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        scale = float(top[0].diff[()]) / self._num
        for blob, wanted, factor in zip(bottom, propagate_down, (scale, -scale), strict=True):
            if wanted:
                diff = blob.diff.reshape(self._sign.shape)
                np.multiply(self._sign.data, factor, out=diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label
