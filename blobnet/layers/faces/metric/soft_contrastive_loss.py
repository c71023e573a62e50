"""SoftContrastiveLoss: other centres push the more the nearer they are, in total a logarithm."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces._labels import IndexArray
from blobnet.layers.faces.metric._distance_loss import DistanceLoss, is_label, of_label
from blobnet.layers.loss._loss import Mask
from blobnet.types import Array


@register_layer("SoftContrastiveLoss")
class SoftContrastiveLoss(DistanceLoss):
    """What the own centre is too far, and log-sum-exp of what others are too near.

    bottom[0]  x: (M, N)          distances to N centres
    bottom[1]  labels: (M,)       whole numbers from 0
    bottom[2]  weights: (M,)      of the items' gradients, divided by their mean (optional)
    top[0]     loss: ()
    top[1]     mean distances: (2,)   beyond the margins, of own and of other centres (optional)

    Too far is x - positive_margin, from 0 to `positive_outlier_thresh` (4 unless stated in
    general_contrastive_loss_param); too near is negative_margin - x, if it is above 0; both are
    squared with `square`. The exponent is scaled by `negative_weight`: the fork reads that in place
    of `exponent_scale`.

    Proto: SoftContrastiveParameter.  Caffe: soft_contrastive_loss_layer.cpp of
    happynear/caffe-windows.
    """

    formula = "sum(positive_weight far + log(sum over others of exp(negative_weight near))) / M."
    gradient_formula = (
        "As in the fork: dx[label] = positive_weight (x if `square`) where positive_margin < x < "
        "threshold;  dx[others] = -negative_weight share (near if `square`), with each one's share "
        "in the sum of exp;  times w dloss / M."
    )

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.soft_contrastive_loss_param
        self._positive, self._negative = param.positive_weight, param.negative_weight
        self._far_from, self._near_from = param.positive_margin, param.negative_margin
        self._is_square = param.square
        other = self.layer_param_.general_contrastive_loss_param
        self._most = other.positive_outlier_thresh

    def losses(self, x: Array, label: IndexArray) -> Array:
        far = np.clip(of_label(x, label) - self._far_from, 0, self._most)
        exponent = self._exponent(x, label)
        largest = exponent.max(axis=1, initial=-np.inf)
        start = np.where(np.isfinite(largest), largest, 0)
        total = np.exp(exponent - start[:, None]).sum(axis=1)
        logs = np.where(total > 0, np.log(np.where(total > 0, total, 1)) + start, 0)
        losses: Array = self._positive * (far * far if self._is_square else far) + logs
        return losses

    def slopes(self, x: Array, label: IndexArray) -> Array:
        exponent = self._exponent(x, label)
        largest = exponent.max(axis=1, initial=-np.inf)
        share = np.exp(exponent - np.where(np.isfinite(largest), largest, 0)[:, None])
        total = share.sum(axis=1, keepdims=True)
        np.divide(share, total, out=share, where=total > 0)
        slopes: Array = -self._negative * share
        if self._is_square:
            slopes *= np.where(share > 0, self._near_from - x, 0)
        own = of_label(x, label)
        is_drawn = (own > self._far_from) & (own < self._most)
        draws = self._positive * (own if self._is_square else 1)
        slopes[np.arange(len(x)), label] = np.where(is_drawn, draws, 0)
        return slopes

    def told(self, x: Array, is_true: Mask) -> tuple[Array, Array]:
        far = np.clip(x[is_true] - self._far_from, 0, self._most)
        return far, np.maximum(self._near_from - x[~is_true], 0)

    def _exponent(self, x: Array, label: IndexArray) -> Array:
        """What exp is taken of; -inf of what does not count."""
        near = self._near_from - x
        counts = (near > 0) & ~is_label(x, label)
        exponent = (near * near if self._is_square else near) * self._negative
        exponents: Array = np.where(counts, exponent, -np.inf)
        return exponents
