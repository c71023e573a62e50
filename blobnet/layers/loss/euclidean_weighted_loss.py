"""EuclideanWeightedLoss: squared distances that count more where there is something to find."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss


@register_layer("EuclideanWeightedLoss")
class EuclideanWeightedLoss(Loss):
    """Half the squared distance; where the target is t, times 1 + lambda t^2.

    bottom[0]  x: (N, ...)
    bottom[1]  t: (N, ...)  as many values per item: heat maps of keypoints
    top[0]     loss: ()

    The gradient is the fork's, with t in place of t^2: both are the same where t is 0 or 1.

    Proto: EuclideanWeightedLossParameter.  Caffe: euclidean_weighted_loss_layer.cpp of
    shubhtuls/ViewpointsAndKeypoints.
    """

    formula = "sum((x - t)^2 (1 + lambda t^2)) / (2 N)."
    gradient_formula = "dx = (x - t) (1 + lambda t) * dloss / N;  none for t."

    exact_num_bottom_blobs = 2
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.euclidean_weight_param
        self._lambda = getattr(param, "lambda")  # Python has that word

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count(1) != bottom[1].count(1):
            raise self.error(
                "there must be a target for each value",
                expected=f"{bottom[0].count(1)} values per item, as bottom[0] has",
                got=f"shape {bottom[1].shape}",
            )
        self._num = max(bottom[0].shape[0], 1)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        t = bottom[1].data.reshape(bottom[0].shape)
        difference = bottom[0].data - t
        positive = difference * t
        squares = np.vdot(difference, difference) + self._lambda * np.vdot(positive, positive)
        top[0].data[...] = squares / self._num / 2

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            t = bottom[1].data.reshape(bottom[0].shape)
            scale = float(top[0].diff[()]) / self._num
            np.multiply(bottom[0].data - t, (1 + self._lambda * t) * scale, out=bottom[0].diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0
