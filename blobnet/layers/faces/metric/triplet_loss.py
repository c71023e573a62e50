"""TripletLoss: an anchor shall be nearer to its like than to another, by a margin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array

WITHOUT_GRADIENT = {2: 1, 4: 3, 6: 5}
"""By the number of bottoms, which of them holds labels or weights."""


@register_layer("TripletLoss")
class TripletLoss(Loss):
    """Hinge loss of squared distances, of triplets that are given or found by labels.

    bottom[0]  anchors: (M, D)     any shape behind the first axis
    bottom[1]  positives: (M, D)   of two bottoms: labels (M,)
    bottom[2]  negatives: (M, D)   (optional)
    bottom[3]  weights: (M,)       of triplets; of five or six bottoms: (M, D), the first of pairs
    bottom[4]  others: (M, D)      the second of pairs (optional)
    bottom[5]  labels: (M,)        not read (optional)
    top[0]     loss: ()            0 without triplets

    Each triplet loses w max(0, margin + |a - p|^2 - |a - n|^2), halved, on average over the batch.
    Of five bottoms or six, as many pairs lose their |d - e|^2 halved. Of two, the items that begin
    the batch with one label are the positives and all behind them the negatives: all triplets of
    two positives, the first being the anchor, and a negative count, on average and not halved.

    Proto: TripletLossParameter.  Caffe: triplet_loss_layer.cpp of happynear/caffe-windows (three
    bottoms), lchia/caffe-triplet (four), BVLC/caffe#2603 (six), MSRCCS/Caffe (two).
    """

    formula = "sum(w max(0, margin + |a - p|^2 - |a - n|^2)) / (2 M)."
    gradient_formula = (
        "With s = w dloss / M where the triplet loses, else 0: da = s (n - p), dp = s (p - a), "
        "dn = s (a - n);  none for weights and labels."
    )

    exact_num_bottom_blobs = None
    min_bottom_blobs = 2
    max_bottom_blobs = 6
    backward_reads_top = False
    _count = 3  # of bottoms

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._margin = self.layer_param_.triplet_loss_param.margin
        self._count, self._has_pairs = len(bottom), len(bottom) > 4
        self._loses: Array = np.empty(0, self.dtype)  # of each triplet in the last forward

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num, count = bottom[0].shape[0], bottom[0].count
        is_vectors = [True, len(bottom) > 2, True, self._has_pairs, True, False]
        for index, blob in enumerate(bottom):
            if blob.shape[:1] != (num,) or blob.count != (count if is_vectors[index] else num):
                what = "vectors" if is_vectors[index] else "values"
                raise self.error(
                    "Inputs must have the same dimension.",
                    expected=f"bottom[{index}]: {what} as bottom[0] has, shape {bottom[0].shape}",
                    got=f"shape {blob.shape}",
                )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        vectors = [_rows(blob.data) for blob in bottom]
        if len(bottom) == 2:
            top[0].data[...] = self._mine(vectors[0], bottom[1].data.reshape(-1))
            return
        to_positive, to_negative = vectors[0] - vectors[1], vectors[0] - vectors[2]
        lost = np.maximum(self._margin + _squares(to_positive) - _squares(to_negative), 0)
        self._loses = (lost > 0).astype(self.dtype)
        if len(bottom) == 4:
            weights = bottom[3].data.reshape(-1)
            lost *= weights
            self._loses *= weights
        total = lost.sum()
        if self._has_pairs:
            total += _squares(vectors[3] - vectors[4]).sum()
        top[0].data[...] = total / max(len(lost), 1) / 2

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if len(bottom) == 2:
            self.refuse_label_gradient(propagate_down)
            if propagate_down[0]:
                self._mined_gradient(top, bottom)
            return
        vectors = [_rows(blob.data) for blob in bottom]
        scale = float(top[0].diff[()]) / max(len(vectors[0]), 1)
        share = (self._loses * scale)[:, None]
        for index, (first, second) in enumerate([(2, 1), (1, 0), (0, 2), (3, 4), (4, 3)]):
            if index >= len(bottom) or not propagate_down[index]:
                continue
            if not self.allow_force_backward(index):
                bottom[index].diff[...] = 0
                continue
            dx = _rows(bottom[index].diff)
            np.subtract(vectors[first], vectors[second], out=dx)
            dx *= share if index < 3 else scale
        if len(bottom) == 6 and propagate_down[5]:
            bottom[5].diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        """Labels and weights have none; which they are, the number of bottoms says."""
        return bottom_index != WITHOUT_GRADIENT.get(self._count)

    def _mine(self, x: Array, labels: Array) -> float:
        """The loss of all triplets that the labels make; keeps by how much each one loses."""
        first = labels[:1].astype(np.int64)
        others = np.flatnonzero(labels.astype(np.int64) != first) if labels.size else first
        self._end = int(others[0]) if others.size else len(labels)
        distances = _squares(x[: self._end, None] - x[None])
        to_positive, to_negative = np.split(distances, [self._end], axis=1)
        lost = np.maximum(self._margin + to_positive[:, :, None] - to_negative[:, None], 0)
        lost[np.tril_indices(self._end)] = 0
        self._loses = (lost > 0).astype(self.dtype)
        self._triplets = self._end * (self._end - 1) // 2 * (len(x) - self._end)
        return float(lost.sum()) / max(self._triplets, 1)

    def _mined_gradient(self, top: Blobs, bottom: Blobs) -> None:
        x, dx = _rows(bottom[0].data), _rows(bottom[0].diff)
        scale = 2 * float(top[0].diff[()]) / max(self._triplets, 1)
        pairs = np.zeros((len(x), len(x)), self.dtype)  # by how often |x_i - x_j|^2 counts
        pairs[: self._end, : self._end] = self._loses.sum(axis=2)
        pairs[: self._end, self._end :] = -self._loses.sum(axis=1)
        pairs += pairs.T
        dx[...] = (pairs.sum(axis=1)[:, None] * x - pairs @ x) * scale


def _rows(array: Array) -> Array:
    return array.reshape(len(array), -1) if array.size else array.reshape(len(array), 0)


def _squares(x: Array) -> Array:
    """The squared lengths of vectors on the last axis."""
    squares: Array = np.einsum("...d,...d->...", x, x)
    return squares
