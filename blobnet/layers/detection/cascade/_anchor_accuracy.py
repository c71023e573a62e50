"""How well a net tells what anchors are: their classes, and the boxes of those that are objects."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.detection.cascade._anchor_labels import AnchorLabels
from blobnet.layers.detection.cascade._box_codes import (
    Anchors,
    Bounds,
    read_normalization,
)
from blobnet.ops.detection.overlap import paired_overlaps
from blobnet.types import Array

NOTHING = -1.0
"""What there is no number of."""


class Accuracy(NamedTuple):
    """of all anchors, of objects; and the mean overlap of boxes. NOTHING where none counts."""

    all: float
    objects: float
    overlap: float


class AnchorAccuracy:
    """Compares scores and deltas with labels.

    top_k         how many classes may be better than the true one, plus 1
    last_is_best  which of classes with equal scores comes first: the last, or the first
    bg_threshold  from which overlap on an anchor that is no object does not count
    """

    def __init__(
        self,
        layer: Layer,
        anchors: Anchors,
        bounds: Bounds,
        *,
        top_k: int,
        last_is_best: bool,
        bg_threshold: float,
    ) -> None:
        self._anchors, self._bounds, self._top_k = anchors, bounds, top_k
        self._last_is_best, self._threshold = last_is_best, bg_threshold
        self._normalization = read_normalization(layer)

    def of(self, scores: Array, deltas: Array, labels: AnchorLabels) -> Accuracy:
        """Scores (N, C, H, W), deltas (N, 4, H, W)."""
        right = self._is_right(scores.reshape(*scores.shape[:2], labels.raw.shape[1]), labels)
        is_object = labels.classes != 0
        threshold = labels.overlap.dtype.type(self._threshold)
        counts = ~labels.is_ignored & (is_object | (labels.overlap < threshold))
        return Accuracy(
            _share(right, counts),
            _share(right, counts & is_object),
            self._overlap(deltas, labels),
        )

    def _is_right(self, scores: Array, labels: AnchorLabels) -> Array:
        true = np.take_along_axis(scores, labels.classes[:, None], 1)
        number, its = np.arange(scores.shape[1])[:, None], labels.classes[:, None]
        comes_first = number > its if self._last_is_best else number < its
        better = (scores > true) | ((scores == true) & comes_first)
        right: Array = (better.sum(axis=1) < self._top_k) & ~np.isnan(true[:, 0])
        return right

    def _overlap(self, deltas: Array, labels: AnchorLabels) -> float:
        if not labels.has_box.any():
            return NOTHING
        deltas = self._bounds.cut(self._normalization.undone(deltas, 1), 1)
        boxes = self._anchors.decoded(deltas).reshape(*labels.boxes.shape)
        found, true = (
            _corners(np.moveaxis(each, 1, 2)[labels.has_box]) for each in (boxes, labels.boxes)
        )
        return float(paired_overlaps(found, true, border=0).mean())


def _share(right: Array, counts: Array) -> float:
    number = np.count_nonzero(counts)
    return np.count_nonzero(right & counts) / number if number else NOTHING


def _corners(boxes: Array) -> Array:
    """Of boxes by centre and size."""
    first = boxes[:, :2] - boxes[:, 2:] / 2
    return np.concatenate([first, first + boxes[:, 2:]], axis=1)
