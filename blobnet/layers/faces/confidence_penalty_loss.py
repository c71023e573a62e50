"""ConfidencePenaltyLoss: the log-likelihood, with a share of it for all other classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces._labels import check_count, read_classes
from blobnet.layers.loss._loss import LOG_THRESHOLD, Loss
from blobnet.types import Array


@register_layer("ConfidencePenaltyLoss")
class ConfidencePenaltyLoss(Loss):
    """Minus the logarithms of probabilities, those of wrong classes with a small share.

    bottom[0]  p: (M, N)       probabilities; those below 1e-20 count as that
    bottom[1]  labels: (M,)    whole numbers from 0
    top[0]     loss: ()        0 for an empty batch

    The true class counts 1 - `beta`, all others together and each of them beta / (M - 1): the fork
    divides by the batch's other items where the number of other classes is meant, and for a batch
    of one by 0; here others do not count then.

    Proto: ConfidencePenaltyLossParameter.  Caffe: confidence_penalty_loss_layer.cpp of
    happynear/caffe-windows.  Paper: Pereyra et al., arXiv:1701.06548.
    """

    formula = "-((1 - beta) log p[label] + beta / (M - 1) sum over others of log p) / M."
    gradient_formula = "dp = -share / p * dloss / M, with the share that each class counts."

    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num = bottom[0].shape[0]
        check_count(self, bottom[1], num)
        if num and bottom[0].count < num:
            raise self.error("there are no probabilities", got=f"shape {bottom[0].shape}")

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        p, share = self._read(bottom)
        top[0].data[...] = -(share * np.log(np.maximum(p, LOG_THRESHOLD))).sum() / max(len(p), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            p, share = self._read(bottom)
            scale = -float(top[0].diff[()]) / max(len(p), 1)
            dp = bottom[0].diff.reshape(p.shape)
            np.divide(share * scale, np.maximum(p, LOG_THRESHOLD), out=dp)

    def _read(self, bottom: Blobs) -> tuple[Array, Array]:
        """The probabilities, and by what their logarithms count."""
        num = bottom[0].shape[0]
        p = bottom[0].data.reshape(num, -1) if num else bottom[0].data.reshape(0, 1)
        beta = self.layer_param_.confidence_penalty_loss_param.beta
        share = np.full_like(p, beta / (num - 1) if num > 1 else 0)
        share[np.arange(num), read_classes(self, bottom[1], p.shape[1])] = 1 - beta
        return p, share
