"""LiftedStructSimilaritySoftmaxLoss: every like pair of a batch against all that are unlike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import check_count
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("LiftedStructSimilaritySoftmaxLoss")
class LiftedStructSimilaritySoftmaxLoss(Loss):
    """Like items near to each other, and by a margin nearer than any other item to one of them.

    bottom[0]  x: (M, D)       axes of length 1 may follow
    bottom[1]  labels: (M,)    items of equal labels are alike
    top[0]     loss: ()        0 where no two items are alike

    With the distance d, a like pair i, j loses J^2, J = max(0, d[i, j] + log sum exp(margin - d)),
    the sum going over the distances of all unlike items to i and to j; a pair that everything is
    like loses nothing. A distance of 0 has no gradient, where the fork divides by it.

    Proto: LiftedStructSimilaritySoftmaxLossParameter.
    Caffe: lifted_struct_similarity_softmax_layer.cpp of huangyangyu/SeqFace.
    Paper: Song et al., "Deep Metric Learning via Lifted Structured Feature Embedding",
    arXiv:1511.06452.
    """

    formula = "sum over like pairs of J^2 / (2 pairs)."
    gradient_formula = "dx: the derivative, over all distances; none for labels."

    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._margin = self.layer_param_.lifted_struct_sim_softmax_loss_param.margin
        self._slopes = Blob(dtype=self.dtype)  # dx but for the loss weight, from the last forward

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        x = bottom[0]
        if x.num_axes < 2 or x.count != x.num * x.channels:
            raise self.error("items must be vectors", expected="shape (M, D)", got=x.shape)
        check_count(self, bottom[1], x.num)
        self._slopes.reshape(x.shape[:2])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, labels = bottom[0].data.reshape(self._slopes.shape), bottom[1].data.reshape(-1)
        distances = _distances(x)
        is_like = labels[:, None] == labels
        total, pairs, slopes = 0.0, 0, np.zeros_like(distances)
        for i, j in zip(*np.nonzero(np.triu(is_like, 1)), strict=True):
            total += self._lose(i, j, distances, ~is_like[i], slopes)
            pairs += 1
        top[0].data[...] = total / max(2 * pairs, 1)
        slopes += slopes.T
        np.divide(slopes, distances, out=slopes, where=distances > 0)
        slopes[distances == 0] = 0
        dx = slopes.sum(axis=1, keepdims=True) * x - np.einsum("ab,bd->ad", slopes, x)
        np.divide(dx, max(2 * pairs, 1), out=self._slopes.data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            dx = bottom[0].diff.reshape(self._slopes.shape)
            np.multiply(self._slopes.data, float(top[0].diff[()]), out=dx)

    def _lose(self, i: int, j: int, distances: Array, unlike: Array, slopes: Array) -> float:
        """J^2 of a pair; the slopes of the distances are added."""
        if not unlike.any():
            return 0.0
        exponents = self._margin - distances[[i, j]][:, unlike]
        largest = exponents.max()
        share = np.exp(exponents - largest)
        lost = max(0.0, float(np.log(share.sum()) + largest + distances[i, j]))
        slopes[i, j] += 2 * lost
        for row, its in zip((i, j), share, strict=True):
            slopes[row, unlike] -= 2 * lost * its / share.sum()
        return lost * lost


def _distances(x: Array) -> Array:
    """Of all pairs of rows: (M, M)."""
    squares = np.einsum("md,md->m", x, x)
    squared = squares[:, None] + squares - 2 * np.einsum("ad,bd->ab", x, x)
    np.fill_diagonal(squared, 0)
    distances: Array = np.sqrt(np.maximum(squared, 0))
    return distances
