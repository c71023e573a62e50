"""BatchContrastiveLoss: the contrastive loss of all pairs of a batch, from their distances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import check_count
from blobnet.layers.loss._loss import Loss, Mask
from blobnet.types import Array


@register_layer("BatchContrastiveLoss")
class BatchContrastiveLoss(Loss):
    """By how much like items are too far from each other, and others too near.

    bottom[0]  x: (M, M)         distances of all items of a batch; those above the diagonal count
    bottom[1]  labels: (M,)      items of equal labels are alike
    top[0]     loss: ()
    top[1]     mean distances: (2,)   of like pairs and of others; 0 where there are none (optional)

    A like pair loses positive_weight max(0, x - positive_margin), any other negative_weight max(0,
    negative_margin - x), on average over the pairs. With `max_only` the worst pair of either kind
    counts alone, the first of equals, and there is no average.

    Proto: BatchContrastiveParameter.  Caffe: batch_contrastive_loss_layer.cpp of
    happynear/caffe-windows.
    """

    formula = "Mean over pairs of weight * max(0, distance beyond the margin)."
    gradient_formula = (
        "Not the derivative, but by the batch: dx = weight dloss / M where a like pair loses, "
        "-weight dloss / M where another does; with `max_only` half of the weight."
    )

    exact_num_top_blobs = None
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = self.layer_param_.batch_contrastive_loss_param

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num = bottom[0].shape[0]
        if bottom[0].count != num * num:
            raise self.error(
                "bottom[0] must have the distances of all pairs",
                expected=f"shape ({num}, {num})",
                got=f"shape {bottom[0].shape}",
            )
        check_count(self, bottom[1], num)
        if len(top) > 1:
            top[1].reshape((2,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, alike, other = self._pairs(bottom)
        beyond, loses = self._beyond(x, alike, other)
        total = float(np.where(loses, beyond, 0).sum())
        pairs = len(x) * (len(x) - 1) / 2
        top[0].data[...] = total / (1 if self._param.max_only else max(pairs, 1))
        if len(top) > 1:
            for index, chosen in enumerate((alike, other)):
                top[1].data[index] = x[chosen].mean() if chosen.any() else 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            x, alike, other = self._pairs(bottom)
            _, loses = self._beyond(x, alike, other)
            weight = np.where(alike, self._param.positive_weight, -self._param.negative_weight)
            scale = float(top[0].diff[()]) / (2 if self._param.max_only else max(len(x), 1))
            bottom[0].diff.reshape(x.shape)[...] = np.where(loses, weight * scale, 0)

    def _pairs(self, bottom: Blobs) -> tuple[Array, Mask, Mask]:
        """The distances, and which of them are of like pairs and of others."""
        labels = bottom[1].data.reshape(-1)
        x = bottom[0].data.reshape(len(labels), len(labels))
        is_pair = np.triu(np.ones(x.shape, np.bool_), 1)
        alike = labels[:, None] == labels
        return x, alike & is_pair, ~alike & is_pair

    def _beyond(self, x: Array, alike: Mask, other: Mask) -> tuple[Array, Mask]:
        """What each pair loses, and which count."""
        param = self._param
        far, near = x - param.positive_margin, param.negative_margin - x
        loses = (alike & (far > 0), other & (near > 0))
        if param.max_only and x.size:
            loses = (_largest(far, loses[0]), _largest(near, loses[1]))
        lost = np.where(alike, param.positive_weight * far, param.negative_weight * near)
        return lost, loses[0] | loses[1]


def _largest(values: Array, counts: Mask) -> Mask:
    """The first of the largest values that count, if any does."""
    chosen = np.zeros_like(counts)
    if counts.any():
        chosen.reshape(-1)[np.where(counts, values, -np.inf).argmax()] = True
    return chosen
