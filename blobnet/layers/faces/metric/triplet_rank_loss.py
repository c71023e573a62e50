"""TripletRankLoss: another of one kind has to be nearer than one of another kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("TripletRankLoss")
class TripletRankLoss(Loss):
    """Hinge loss of squared distances of triplets.

    bottom[0]  a: (N, ...)        anchors
    bottom[1]  p: (N, ...)        of the same kind
    bottom[2]  n: (N, ...)        of another kind
    top[0]     loss: (1, 1, 1, 1)

    As in the fork, gradients are divided by the margin, too, and do not depend on the loss weight.

    Proto: TripletRankLossParameter.  Caffe: triplet_rank_loss.cpp of fqzhu001/caffe-pdh-reid-2016.
    """

    formula = "sum(max(0, margin + |a - p|^2 - |a - n|^2)) / N."
    gradient_formula = (
        "Where a triplet loses, with s = 2 / (N margin): da = s (n - p), dp = s (p - a), "
        "dn = s (a - n); else 0."
    )

    exact_num_bottom_blobs = 3
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._margin = self.layer_param_.triplet_rank_loss_param.margin
        if not self._margin:
            raise self.error("gradients are divided by the margin, which cannot be 0")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        for index, blob in enumerate(bottom):
            if (
                not blob.shape
                or blob.shape[0] != bottom[0].shape[0]
                or blob.count != bottom[0].count
            ):
                raise self.error(
                    "the vectors of a triplet must have one length",
                    expected=f"bottom[{index}] of shape {bottom[0].shape}, as bottom[0]",
                    got=f"shape {blob.shape}",
                )
        top[0].reshape((1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = np.maximum(self._lost(bottom), 0).sum() / max(bottom[0].shape[0], 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        vectors = [_rows(blob.data) for blob in bottom]
        num = max(len(vectors[0]), 1)
        share = ((self._lost(bottom) > 0) * (2 / num / self._margin))[:, None]
        for index, (first, second) in enumerate(((2, 1), (1, 0), (0, 2))):
            if propagate_down[index]:
                dx = _rows(bottom[index].diff)
                np.multiply(vectors[first] - vectors[second], share, out=dx)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True

    def _lost(self, bottom: Blobs) -> Array:
        a, p, n = (_rows(blob.data) for blob in bottom)
        lost: Array = self._margin + np.square(a - p).sum(axis=1) - np.square(a - n).sum(axis=1)
        return lost


def _rows(array: Array) -> Array:
    rows: Array = array.reshape(len(array), -1) if array.size else array.reshape(len(array), 0)
    return rows
