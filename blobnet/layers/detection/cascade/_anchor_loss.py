"""The loss of anchors: of the classes of those that are chosen, and of the boxes of objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.detection.cascade._anchor_labels import AnchorLabels, read_labels
from blobnet.layers.detection.cascade._box_codes import Anchors, Bounds, read_normalization
from blobnet.ops.softmax import softmax
from blobnet.types import Array

FLT_MIN = float(np.finfo(np.float32).tiny)
"""No probability counts as less."""


class Chosen(NamedTuple):
    """Which anchors to learn from, and how much each class counts: (N, S) both."""

    kept: Array
    weights: Array


Choose = Callable[[AnchorLabels, Array, Array], Chosen]
"""From labels, scores and probabilities, (N, C, S)."""


class AnchorLoss:
    """Two losses, each averaged over what it is of, and their gradients.

    classes  -log of the true class's probability, times the weight of the anchor
    boxes    squares of distances, halved; straight lines from 1 on, unless `is_square`; for the
             four numbers of each chosen object

    Boxes that are further than `bounds` are taken to be there; they learn all the same. They are
    so here alone: Cascade R-CNN moves them in the blob itself.
    """

    def __init__(
        self,
        layer: Layer,
        anchors: Anchors,
        bounds: Bounds | None,
        *,
        num_classes: int,
        objectness: bool,
        is_square: bool,
    ) -> None:
        self._layer, self._anchors, self._is_square = layer, anchors, is_square
        self._num_classes, self._objectness = num_classes, objectness
        self._normalization = read_normalization(layer)
        self._bounds = bounds and bounds.normalized(self._normalization)
        self._d_scores: Array = np.zeros(0, layer.dtype)
        self._d_deltas: Array = np.zeros(0, layer.dtype)

    def forward(
        self, scores: Array, deltas: Array, labels: Array, choose: Choose
    ) -> tuple[float, float]:
        """The loss of classes and that of boxes.

        scores (N, C, H, W), deltas (N, 4, H, W), labels (N, 6, H, W)
        """
        known = read_labels(self._layer, labels, self._num_classes, self._objectness)
        places = known.raw.shape[1]
        flat = scores.reshape(len(scores), self._num_classes, places)
        prob = np.empty_like(flat)
        softmax(flat, 1, out=prob)
        kept, weights = choose(known, flat, prob)
        counted = kept & ~known.is_ignored
        classes = self._learn_classes(prob, known, counted, weights)
        self._d_scores = self._d_scores.reshape(scores.shape)
        return classes, self._learn_boxes(deltas, known, kept & known.has_box)

    def backward(self, scale: float, d_scores: Array, d_deltas: Array, boxes: float) -> None:
        """Write the gradients, those of boxes times `boxes`, but for what has a size of 0."""
        if d_scores.size:
            np.multiply(self._d_scores, scale, out=d_scores)
        if d_deltas.size:
            np.multiply(self._d_deltas, scale * boxes, out=d_deltas)

    def _learn_classes(
        self, prob: Array, known: AnchorLabels, counted: Array, weights: Array
    ) -> float:
        true = known.classes[:, None]
        count = max(np.count_nonzero(counted), 1)
        lost = np.take_along_axis(prob, true, 1)[:, 0]
        lost = np.log(np.maximum(lost, FLT_MIN)) * weights
        np.put_along_axis(prob, true, np.take_along_axis(prob, true, 1) - 1, 1)
        prob *= np.where(counted, weights / prob.dtype.type(count), 0)[:, None]
        np.copyto(prob, 0, where=~counted[:, None])
        self._d_scores = prob
        return float(-lost[counted].sum() / count)

    def _learn_boxes(self, deltas: Array, known: AnchorLabels, learned: Array) -> float:
        self._d_deltas = np.zeros_like(deltas)
        maps, places = np.nonzero(learned)
        if not len(maps):
            return 0.0
        rows, columns = np.divmod(places, deltas.shape[3])
        its = known.boxes[maps, :, places]
        wanted = self._normalization.done(self._anchors.encoded(its, maps, rows, columns), 1)
        found = deltas[maps, :, rows, columns]
        if self._bounds is not None:
            found = self._bounds.cut(found, 1)
        apart = found - wanted
        if self._is_square:
            lost, slope = apart * apart / 2, apart
        else:
            far = np.abs(apart)
            lost = np.where(far < 1, apart * apart / 2, far - 0.5)
            slope = np.clip(apart, -1, 1)
        self._d_deltas[maps, :, rows, columns] = slope / apart.size
        return float(lost.sum() / apart.size)


def balanced(weights: Array, is_object: Array, kept: Array, multiple: int) -> Array:
    """Weights by which objects are 1 / (1 + multiple) of all that is kept, background the rest."""
    share, count = 1 / (1 + multiple), np.count_nonzero(kept)
    found: Array = weights.copy()
    for its, part in ((is_object, share), (~is_object, 1 - share)):
        total = weights[its & kept].sum()
        if total:
            found[its] *= weights.dtype.type(part * count / total)
    return found
