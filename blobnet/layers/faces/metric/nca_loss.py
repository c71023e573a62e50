"""NCALoss: near to the own centre, and far from all others (neighbourhood components)."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces._labels import IndexArray
from blobnet.layers.faces.metric._distance_loss import DistanceLoss, is_label, of_label
from blobnet.types import Array


@register_layer("NCALoss")
class NCALoss(DistanceLoss):
    """The distance to the own centre, and exp(-distance) to the others.

    bottom[0]  x: (M, N)          distances to N centres
    bottom[1]  labels: (M,)       whole numbers from 0
    bottom[2]  weights: (M,)      of the items' gradients, divided by their mean (optional)
    top[0]     loss: ()
    top[1]     mean distances: (2,)   to own and to other centres (optional)

    With `min_negative_only` of the others only the nearest counts; the fork takes class 0 for it
    where that is the own class and no other centre is nearer.

    Proto: NCAParameter.  Caffe: nca_loss_layer.cpp of happynear/caffe-windows.
    """

    formula = "sum(x[label] + sum over others of exp(-x)) / M."
    gradient_formula = (
        "dx[label] = w dloss / M, dx[others] = -w exp(-x) dloss / M: with weights w no derivative, "
        "since they are not in the loss."
    )

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._nearest_only = self.layer_param_.nca_param.min_negative_only

    def losses(self, x: Array, label: IndexArray) -> Array:
        near = np.exp(-x)
        if self._nearest_only:
            return of_label(x, label) + of_label(near, _nearest(x, label))
        near[is_label(x, label)] = 0
        total: Array = of_label(x, label) + near.sum(axis=1)
        return total

    def slopes(self, x: Array, label: IndexArray) -> Array:
        slopes, items = -np.exp(-x), np.arange(len(x))
        if not self._nearest_only:
            slopes[items, label] = 1
            return slopes
        nearest = _nearest(x, label)
        chosen = np.zeros_like(x)
        chosen[items, label] = 1
        chosen[items, nearest] = slopes[items, nearest]
        return chosen


def _nearest(x: Array, label: IndexArray) -> IndexArray:
    """The first of the nearest other centres; 0 where none is nearer than that."""
    others = np.where(is_label(x, label) & (label != 0)[:, None], np.inf, x)
    nearest: IndexArray = others.argmin(axis=1) if x.size else np.zeros(len(x), np.intp)
    return nearest
