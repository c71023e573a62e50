"""L1Loss: the distance of two blobs, value by value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.layers.motion._l1_loss import FlowNetL1


@register_layer("L1Loss")
class L1Loss(Loss):
    """The sum of absolute differences, averaged over the batch.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)  as many values per item as a; optional in FlowNet2
    top[0]     loss: ()     0 for an empty batch

    This is NVCaffe's. FlowNet2 has another loss of the same name: with `l1_loss_param`, which
    NVCaffe's does not have, or with one bottom. It leaves out values that are NaN, may measure the
    lengths of vectors (`l2_per_location`), and has settings: motion/_l1_loss.py.

    Proto: L1LossParameter.  Caffe: l1_loss_layer.cpp of NVCaffe (NVIDIA/caffe), l1loss_layer.cu of
    FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "The sum of absolute differences, averaged over the batch: sum(|a - b|) / N."
    gradient_formula = "da = sign(a - b) * dloss / N,  db = -da."

    exact_num_bottom_blobs = None
    min_bottom_blobs = 1
    max_bottom_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        is_flownets = self.layer_param_.HasField("l1_loss_param") or len(bottom) == 1
        self._flownet = FlowNetL1(self) if is_flownets else None
        self._sign = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._flownet is not None:
            refuse_in_place(self, bottom, top)
            self._flownet.reshape(bottom)
            top[0].reshape(())
            return
        super().reshape(bottom, top)
        self.check_same_sizes(bottom)
        self._sign.reshape_like(bottom[0])
        self._num = max(bottom[0].shape[0], 1)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._flownet is not None:
            top[0].data[...] = self._flownet.forward(bottom)
            return
        sign = self._sign.data
        np.subtract(bottom[0].data, bottom[1].data.reshape(sign.shape), out=sign)
        top[0].data[...] = np.abs(sign).sum() / self._num
        np.sign(sign, out=sign)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self._flownet is not None:
            self._flownet.backward(float(top[0].diff[()]), propagate_down, bottom)
            return
        scale = float(top[0].diff[()]) / self._num
        for blob, wanted, factor in zip(bottom, propagate_down, (scale, -scale), strict=True):
            if wanted:
                diff = blob.diff.reshape(self._sign.shape)
                np.multiply(self._sign.data, factor, out=diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label
