"""EntropyLoss: probabilities that are sure of one class, without a label."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers._schedule import CountingLayer
from blobnet.layers.loss._entropy_of_scores import EntropyOfScores
from blobnet.layers.loss._loss import Loss

_LEAST = 1e-5
"""Probabilities below count as 0 in the loss."""


@register_layer("EntropyLoss")
class EntropyLoss(CountingLayer, Loss):
    """The entropy of each item's probabilities.

    bottom[0]  p: (N, ...)       probabilities, L for each item
    bottom[1]  labels: (N, ...)  not read; none in AutoDIAL
    top[0]     loss: ()          minus the entropy, as in the fork: sum of p log(p)

    Gradients are those of the mean entropy. Until `iterations_num` backward passes are done, loss
    and gradients are 0. `ignore_label` is read nowhere.

    This is Xlearn's. With one bottom the layer is AutoDIAL's, of scores: the mean entropy of their
    softmax (_entropy_of_scores.py).

    Proto: EntropyParameter, LossParameter, SoftmaxParameter.
    Caffe: entropy_loss_layer.cu of thuml/Xlearn, entropy_loss_layer.cpp of ducksoup/autodial.
    Paper: Long et al., "Unsupervised Domain Adaptation with Residual Transfer Networks", NIPS 2016.
    """

    formula = "sum of p * log(p), over p of 0.00001 and more."
    gradient_formula = "dp = -(1 + log(p)) * dloss / N; 0 where p is below `threshold`."

    exact_num_bottom_blobs = None
    min_bottom_blobs = 1
    max_bottom_blobs = 2
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = self.layer_param_.entropy_param
        self._of_scores = EntropyOfScores(self) if len(bottom) == 1 else None
        if self._of_scores is not None and self.layer_param_.HasField("entropy_param"):
            raise self.error(
                "entropy_param is for two bottoms, as in Xlearn",
                fix="take it out, or give the layer labels",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._of_scores is None:
            super().reshape(bottom, top)
            return
        self._of_scores.reshape(bottom)
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._of_scores is not None:
            top[0].data[...] = self._of_scores.forward(bottom)
            return
        if self._iteration < self._param.iterations_num:
            top[0].data[...] = 0
            return
        p = bottom[0].data
        counts = p >= _LEAST
        top[0].data[...] = -np.abs(p * np.log(np.where(counts, p, 1))).sum()

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self._of_scores is not None:
            if propagate_down[0]:
                self._of_scores.backward(float(top[0].diff[()]), bottom[0].diff)
            return
        self.refuse_label_gradient(propagate_down)
        is_early = self._iteration < self._param.iterations_num
        self._iteration += is_early
        if not propagate_down[0]:
            return
        p, dp = bottom[0].data, bottom[0].diff
        if is_early:
            dp[...] = 0
            return
        counts = p >= max(self._param.threshold, math.ulp(0))
        slope = -(1 + np.log(np.where(counts, p, 1)))
        scale = float(top[0].diff[()]) / max(bottom[0].shape[0], 1)
        np.multiply(np.where(counts, slope, 0), scale, out=dp)
