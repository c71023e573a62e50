"""SigmoidCrossEntropyWeightedLoss: a loss of yes and no where some answers are not known."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss.sigmoid_cross_entropy_loss import SigmoidCrossEntropyLoss
from blobnet.proto import LossParameter


@register_layer("SigmoidCrossEntropyWeightedLoss")
class SigmoidCrossEntropyWeightedLoss(SigmoidCrossEntropyLoss):
    """Cross entropy of sigmoid(x) and targets; those that are -1 do not count.

    bottom[0]  x: (N, ...)  scores, any range; p = sigmoid(x)
    bottom[1]  t: (N, ...)  targets from 0 to 1, or -1; as many as scores
    top[0]     loss: ()

    Proto: none.  Caffe: sigmoid_cross_entropy_weighted_loss_layer.cpp of gkioxari/caffe-fast-rcnn.
    """

    formula = "sum(-t log(p) - (1 - t) log(1 - p)) / N, without those where t = -1."
    gradient_formula = "dx = (p - t) * dloss / N; 0 where t = -1."

    exact_num_bottom_blobs = 2
    min_bottom_blobs = None
    max_bottom_blobs = None

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._mode, self._ignore_label = LossParameter.BATCH_SIZE, -1
