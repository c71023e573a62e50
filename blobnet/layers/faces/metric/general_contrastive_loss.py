"""GeneralContrastiveLoss: near to the own centre, and away from all others, each by a margin."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces._labels import IndexArray
from blobnet.layers.faces.metric._distance_loss import DistanceLoss, is_label, of_label
from blobnet.layers.loss._loss import Mask
from blobnet.types import Array


@register_layer("GeneralContrastiveLoss")
class GeneralContrastiveLoss(DistanceLoss):
    """What the own centre is too far, and what others are too near, whatever moves the items.

    bottom[0]  x: (M, N)          distances to N centres
    bottom[1]  labels: (M,)       whole numbers from 0
    bottom[2]  x: (M, N)          distances to be judged, the gradient of which goes to bottom[0]
                                  (optional)
    top[0]     loss: ()
    top[1]     mean distances: (2,)   beyond the margins, of own and of other centres; a third value
                                      is the running mean with `add_intra_mae` (optional)

    Too far is x - positive_margin, from 0 to `positive_outlier_thresh`; too near is
    negative_margin - x, if it is above 0, or exp(-x) of these with `exp_negative_weight`.

    With `max_negative_only` of an item's other centres only that which it loses most by counts;
    where the own class is 0 it must lose more than the own centre does. With `max_positive_only`
    only one item's own centre counts, the one that is *least* too far, as in the fork. With
    `positive_first` an item that is further than `positive_upper_bound` from its own centre is
    drawn to that centre alone. `add_intra_mae` adds to the negative margin a running mean (0.99
    and 0.01, at most `max_negative_margin`) of what own centres are too far; snapshots keep it.
    `square` is read nowhere, in the fork either.

    Proto: GeneralContrastiveParameter.  Caffe: general_constrastive_loss_layer.cpp of
    happynear/caffe-windows.  Paper: Wang et al., NormFace, arXiv:1704.06369.
    """

    formula = "sum(|positive_weight| far + |negative_weight| sum over others of near) / M."
    gradient_formula = (
        "As in the fork, which judges own centres by x itself: dx[label] = positive_weight where "
        "positive_margin < x < threshold;  dx[others] = -negative_weight (times exp(-x)) where "
        "near; with `normalize_negative` n divided by s = |their sum| / (n M), if that is above "
        "positive_weight;  times dloss / M."
    )

    has_weights = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._param = self.layer_param_.general_contrastive_loss_param
        self.values_told = 3 if self._param.add_intra_mae else 2
        self._intra_mae, self._near_from = 0.0, self._param.negative_margin

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if len(bottom) > 2 and bottom[2].count != bottom[0].count:
            raise self.error(
                "bottom[2] must have as many distances as bottom[0]",
                expected=f"shape {bottom[0].shape}",
                got=f"shape {bottom[2].shape}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self._param
        if param.add_intra_mae:
            self._near_from = param.negative_margin + self._intra_mae
        super().forward_cpu(bottom, top)
        x, label = self._read(bottom)
        far = float(self._far(of_label(x, label)).sum()) / max(len(x), 1)
        self._intra_mae = min(0.99 * self._intra_mae + 0.01 * far, param.max_negative_margin)
        if len(top) > 1 and param.add_intra_mae:
            top[1].data[2] = self._intra_mae

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "intra_mae": self._intra_mae}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._intra_mae = float(state["intra_mae"])

    def losses(self, x: Array, label: IndexArray) -> Array:
        far, near = self._lost(x, label)
        total: Array = np.abs(far) + np.abs(near).sum(axis=1)
        return total

    def slopes(self, x: Array, label: IndexArray) -> Array:
        param, own = self._param, of_label(x, label)
        slopes = np.where(self._counts(x, label), -param.negative_weight, 0).astype(x.dtype)
        if param.exp_negative_weight:
            slopes *= np.exp(-x)
        if param.HasField("normalize_negative") and len(x):
            total = np.divide(abs(slopes.sum()), param.normalize_negative * len(x))
            slopes /= total if total > param.positive_weight else 1
        is_drawn = (own > param.positive_margin) & (own < param.positive_outlier_thresh)
        is_drawn &= self._is_chosen(self._far(own) * param.positive_weight)
        draws = np.where(is_drawn | self._is_first(x, label), param.positive_weight, 0)
        slopes[np.arange(len(x)), label] = draws
        return slopes

    def told(self, x: Array, is_true: Mask) -> tuple[Array, Array]:
        return self._far(x[is_true]), np.maximum(self._near_from - x[~is_true], 0)

    def _distances(self, bottom: Blobs) -> Blob:
        return bottom[2] if len(bottom) > 2 else bottom[0]

    def _far(self, own: Array) -> Array:
        param = self._param
        beyond = np.maximum(own - param.positive_margin, 0)
        far: Array = np.minimum(beyond, param.positive_outlier_thresh)
        return far

    def _lost(self, x: Array, label: IndexArray) -> tuple[Array, Array]:
        """What each item loses by its own centre, (M,), and by the others, (M, N)."""
        far = self._far(of_label(x, label)) * self._param.positive_weight
        near = np.where(self._counts(x, label), self._near(x), 0)
        return np.where(self._is_chosen(far), far, 0), near

    def _near(self, x: Array) -> Array:
        near = np.exp(-x) if self._param.exp_negative_weight else np.maximum(self._near_from - x, 0)
        weighed: Array = near * self._param.negative_weight
        return weighed

    def _counts(self, x: Array, label: IndexArray) -> Mask:
        """Which other centres count, (M, N)."""
        is_own = is_label(x, label)
        counts: Mask = (x < self._near_from) & ~is_own
        if self._param.max_negative_only and x.size:
            lost = np.where(counts, self._near(x), -np.inf)
            start = self._param.positive_weight * self._far(of_label(x, label))
            lost[:, 0] = np.where(label == 0, start, np.where(counts[:, 0], lost[:, 0], 0))
            counts &= np.arange(x.shape[1]) == lost.argmax(axis=1)[:, None]
        counts &= ~self._is_first(x, label)[:, None]
        return counts

    def _is_chosen(self, far: Array) -> Mask:
        """Whose own centre counts."""
        if not (self._param.max_positive_only and len(far)):
            return np.ones(far.shape, np.bool_)
        chosen: Mask = np.arange(len(far)) == far.argmin()
        return chosen

    def _is_first(self, x: Array, label: IndexArray) -> Mask:
        """Which items are so far from their centres that nothing else counts."""
        if not self._param.positive_first:
            return np.zeros(len(x), np.bool_)
        is_first: Mask = of_label(x, label) > self._param.positive_upper_bound
        return is_first
