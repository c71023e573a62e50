"""SoftmaxWithLoss of items that have several labels each, such as the attributes of an object.

In bottom-up attention bottom[1] may be (N, L): an item loses the mean over its labels, without
those that are `ignore_label`, and counts for the divisor where it has any.

Caffe: softmax_loss_layer.cpp of bottom-up attention (peteanderson80/bottom-up-attention).
"""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.loss._loss import divisor
from blobnet.ops.softmax import softmax
from blobnet.types import Array

FLT_MIN = float(np.finfo(np.float32).tiny)


def softmax_of_several(
    layer: Layer, bottom: Blobs, top: Blobs, axis: int, mode: int
) -> SoftmaxOfSeveral | None:
    """What computes the loss where labels stand in rows of which some are ignored; else None."""
    items = bottom[0].count(0, axis)
    is_of_fork = (
        (len(bottom), bottom[1].num_axes, bottom[0].num_axes - axis) == (2, 2, 1)
        and len(top) < 3
        and layer.layer_param_.loss_param.HasField("ignore_label")
    )
    has_several = is_of_fork and items and bottom[1].count() // items > 1
    return SoftmaxOfSeveral(layer, mode) if has_several else None


class SoftmaxOfSeveral:
    """The loss of probabilities, and its gradient."""

    def __init__(self, layer: Layer, mode: int) -> None:
        param = layer.layer_param_.loss_param
        self._layer, self._mode, self._fixed = layer, mode, param.pre_fixed_normalizer
        self._ignore_label = param.ignore_label

    def forward(self, bottom: Blobs, labels: object, axis: int, prob: Array) -> float:
        """The loss; prob = the probabilities. `labels` are those of an item each: not read."""
        softmax(bottom[0].data, axis, out=prob)
        rows = prob.reshape(-1, prob.shape[axis])
        given = np.trunc(bottom[1].data).reshape(len(rows), -1)
        self._counts = given != self._ignore_label
        self._classes = np.where(self._counts, given, 0).astype(np.int64)
        self._check(given, rows.shape[1])
        self._share = 1 / np.maximum(self._counts.sum(axis=1, keepdims=True), 1).astype(prob.dtype)
        of_labels = np.log(np.maximum(np.take_along_axis(rows, self._classes, 1), FLT_MIN))
        valid = int(self._counts.any(axis=1).sum())
        self._divisor = divisor(
            self._mode, outer=len(rows), inner=1, valid=valid, fixed=self._fixed
        )
        return float(-(of_labels * self._counts * self._share).sum() / self._divisor)

    def backward(self, prob: Array, scale: float, out: Array) -> None:
        """out = the gradient of the scores, times `scale`."""
        rows = out.reshape(len(self._classes), -1)
        np.multiply(prob.reshape(rows.shape), self._counts.any(axis=1)[:, None], out=rows)
        at = np.arange(len(rows))[:, None], self._classes
        np.subtract.at(rows, at, self._counts * self._share)
        rows *= scale / self._divisor

    def _check(self, labels: Array, classes: int) -> None:
        wrong = self._counts & ~((labels >= 0) & (labels < classes))
        if wrong.any():
            raise self._layer.error(
                "a label in bottom[1] is no class of bottom[0]",
                expected=f"a whole number from 0 to {classes - 1}, or the ignore_label "
                f"{self._ignore_label}",
                got=f"label {labels[wrong][0]:g} for sample {int(wrong.any(axis=1).argmax())}",
            )
