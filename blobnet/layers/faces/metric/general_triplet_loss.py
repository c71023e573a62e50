"""GeneralTripletLoss: nearer to the own centre than to all others, by a margin."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces._labels import IndexArray
from blobnet.layers.faces.metric._distance_loss import DistanceLoss, is_label, of_label
from blobnet.types import Array


@register_layer("GeneralTripletLoss")
class GeneralTripletLoss(DistanceLoss):
    """By how much other centres are not further away than the own one and a margin.

    bottom[0]  x: (M, N)          distances to N centres
    bottom[1]  labels: (M,)       whole numbers from 0
    bottom[2]  weights: (M,)      of the items' gradients (optional)
    top[0]     loss: ()
    top[1]     mean distances: (2,)   to own and to other centres (optional)

    With `hardest_only` of an item's other centres only that which it loses most by counts. With
    `positive_first` an item that is further than `positive_upper_bound` from its own centre loses
    nothing, and is drawn to that centre alone. `add_center_loss` draws all items to their centres.

    Proto: GeneralTripletParameter.  Caffe: general_triplet_loss_layer.cpp of
    happynear/caffe-windows.
    """

    formula = "sum(|negative_weight| max(0, x[label] + margin - x[others])) / M."
    gradient_formula = (
        "No derivative, but one number whatever the losses are: dx[others that lose] = "
        "-negative_weight dloss / M, dx[label] = positive_weight dloss / M where one of them does, "
        "or `add_center_loss` is set; times the weight."
    )

    weighs_by_mean = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._param = self.layer_param_.general_triplet_loss_param

    def losses(self, x: Array, label: IndexArray) -> Array:
        lost = self._missing(x, label)
        lost[~self._loses(x, label)] = 0
        total: Array = np.abs(lost).sum(axis=1) * abs(self._param.negative_weight)
        return total

    def slopes(self, x: Array, label: IndexArray) -> Array:
        loses = self._loses(x, label)
        slopes = np.where(loses, -self._param.negative_weight, 0).astype(x.dtype)
        is_drawn = loses.any(axis=1) | self._is_far(x, label) | self._param.add_center_loss
        slopes[np.arange(len(x)), label] = np.where(is_drawn, self._param.positive_weight, 0)
        return slopes

    def _missing(self, x: Array, label: IndexArray) -> Array:
        """How much each other centre is too near."""
        missing = np.maximum(of_label(x, label)[:, None] + self._param.margin - x, 0)
        missing[is_label(x, label)] = 0
        return missing

    def _is_far(self, x: Array, label: IndexArray) -> Array:
        far: Array = of_label(x, label) > self._param.positive_upper_bound
        return far & self._param.positive_first

    def _loses(self, x: Array, label: IndexArray) -> Array:
        """Which other centres count, (M, N)."""
        missing = self._missing(x, label)
        loses = missing > 0
        if self._param.hardest_only and x.size:
            loses &= np.arange(x.shape[1]) == missing.argmax(axis=1)[:, None]
        loses &= ~self._is_far(x, label)[:, None]
        return loses
