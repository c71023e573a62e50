"""PairwiseLoss: products of codes that are high for like items, and low for others."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("PairwiseLoss")
class PairwiseLoss(Loss):
    """The cross entropy of whether two items are alike, by the product of their codes.

    bottom[0]  x: (N, ...)        D values for each item
    bottom[1]  labels: (N, ...)   L values for each item
    bottom[2]  z: (N, ...)        D values
    bottom[3]  labels of z: (N, ...)   L values
    top[0]     loss: ()           0 where no pair counts

    Each x meets each z. Items are alike where the product of their labels is above 0; where it is
    below 0, or L and more, the pair does not count. With p = `sigmoid_param` x @ z, a pair loses
    log(1 + exp(p)) - p if it is alike, else log(1 + exp(p)); from an `l_threshold` on, that is 0
    or more, simply 0 or p. Like pairs count `class_num` times. Without `l_lambda` > 0 the loss is
    0. `continous_similarity` scales gradients by four times the squared cosine of both labels, or
    by 1 where they are unlike. Two fields of the message, `q_threshold` and `q_gamma`, are read
    nowhere.

    Proto: PairwiseParameter.  Caffe: pairwise_loss_layer.cu of thuml/HashNet.
    Paper: Cao et al., "HashNet: Deep Learning to Hash by Continuation", ICCV 2017.
    """

    formula = "sum over pairs of what they lose * class_num / sum of class_num (1 for unlike)."
    gradient_formula = (
        "dx = 2 l_lambda (sigmoid(p) - alike) class_num @ z / count, dz likewise; as in the fork "
        "without the loss weight, and only the first N values of either by sigmoid_param."
    )

    exact_num_bottom_blobs = 4
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._param = self.layer_param_.pairwise_param

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        x, labels, z, z_labels = (blob.shape for blob in bottom)
        sizes = [math.prod(shape[1:]) for shape in (x, labels, z, z_labels)]
        nums = {shape[:1] for shape in (x, labels, z, z_labels)}
        if len(nums) != 1 or sizes[0] != sizes[2] or sizes[1] != sizes[3]:
            raise self.error(
                "codes and labels do not fit together",
                expected="shapes (N, D), (N, L), (N, D) and (N, L)",
                got=", ".join(str(blob.shape) for blob in bottom),
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self._param
        p, alike, weight, _ = self._pairs(bottom)
        lost = np.logaddexp(0, p) - alike * p
        if param.l_threshold >= 0:
            lost = np.where(p >= param.l_threshold, p * ~alike, lost)
        total = float((np.abs(lost) * weight).sum())
        top[0].data[...] = total / (weight.sum() or 1) if param.l_lambda > 0 else 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient([propagate_down[0], propagate_down[1] or propagate_down[3]])
        param = self._param
        p, alike, weight, similarity = self._pairs(bottom)
        slope = 2 * (np.exp(-np.logaddexp(0, -p)) - alike) * weight
        if param.continous_similarity:
            slope *= 4 * similarity
        slope *= param.l_lambda / (weight.sum() or 1)
        num = len(p)
        for mine, other, by in ((0, 2, slope), (2, 0, slope.T)):
            if propagate_down[mine]:
                diff = bottom[mine].diff
                np.matmul(by, _rows(bottom[other].data), out=_rows(diff))
                diff.reshape(-1)[:num] *= param.sigmoid_param

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index in (0, 2)

    def _pairs(self, bottom: Blobs) -> tuple[Array, Array, Array, Array]:
        """Of each pair p, whether it is alike, how much it counts and how alike it is: (N, N)."""
        x, labels, z, z_labels = (_rows(blob.data) for blob in bottom)
        product = labels @ z_labels.T
        alike = (product > 0) & (product < labels.shape[1])
        counts = (product >= 0) & (product < labels.shape[1])
        weight = np.where(alike, self._param.class_num, counts)
        lengths = [np.einsum("nl,nl->n", each, each) for each in (labels, z_labels)]
        own, other = (np.where(length == 0, 1, length) for length in lengths)
        similarity = product * product / (own[:, None] * other)
        similarity[similarity == 0] = 0.25
        return self._param.sigmoid_param * (x @ z.T), alike, weight, similarity


def _rows(array: Array) -> Array:
    rows: Array = array.reshape(len(array), math.prod(array.shape[1:]))
    return rows
