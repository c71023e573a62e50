"""What anchors are, as ImageGtData and DetectionData say."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.ops.rounding import whole_numbers
from blobnet.types import Array, IntArray

CHANNELS = 6
"""Label; x and y of the centre, width and height of its object; the overlap with it."""


class AnchorLabels(NamedTuple):
    """Of N maps with S places each.

    raw         (N, S) the class, 0 for background, as the labels have it
    classes     (N, S) the same; with `objectness` 1 for every object; 0 where it is ignored
    is_ignored  (N, S) whether the class does not count
    has_box     (N, S) whether it is of an object whose box counts
    boxes       (N, 4, S) centre x, y, width, height of the object
    overlap     (N, S) with it
    """

    raw: IntArray
    classes: IntArray
    is_ignored: Array
    has_box: Array
    boxes: Array
    overlap: Array


def read_labels(layer: Layer, labels: Array, num_classes: int, objectness: bool) -> AnchorLabels:
    """From (N, 6, H, W). Raises LayerError for a label that is no class."""
    param = layer.layer_param_.loss_param
    maps = labels.reshape(len(labels), CHANNELS, math.prod(labels.shape[2:]))
    raw = np.trunc(maps[:, 0])
    classes = np.minimum(raw, 1) if objectness else raw
    is_ignored, has_box = np.zeros(raw.shape, np.bool_), raw != 0
    if param.HasField("ignore_label"):
        is_ignored, has_box = classes == param.ignore_label, has_box & (raw != param.ignore_label)
    is_class = (classes >= 0) & (classes < num_classes)
    wrong = np.flatnonzero(~(is_class | is_ignored))
    if wrong.size:
        raise layer.error(
            "an anchor's label is no class",
            expected=f"a whole number from 0 to {num_classes - 1}, or the ignore_label",
            got=f"{maps[:, 0].reshape(-1)[wrong[0]]:g}",
        )
    classes = np.where(is_ignored, 0, classes)
    return AnchorLabels(
        whole_numbers(raw), whole_numbers(classes), is_ignored, has_box, maps[:, 1:5], maps[:, 5]
    )


def check_maps(layer: Layer, scores: Blob, labels: Blob, index: int, channels: int) -> None:
    """Refuse maps of scores and labels that do not have the same places."""
    for number, blob, wanted in ((0, scores, channels), (index, labels, CHANNELS)):
        if blob.num_axes != 4 or blob.shape[1] != wanted:
            raise layer.error(
                "the maps do not have the channels that they should",
                expected=f"(N, {wanted}, H, W)",
                got=f"bottom[{number}] of shape {blob.shape}",
            )
    if (scores.shape[0], *scores.shape[2:]) != (labels.shape[0], *labels.shape[2:]):
        raise layer.error(
            "the maps do not have the same places",
            expected=f"those of bottom[0], shape {scores.shape}",
            got=f"bottom[{index}] of shape {labels.shape}",
        )


def check_classes(layer: Layer, cls_num: int, objectness: bool) -> None:
    if cls_num < 2 or (objectness and cls_num != 2):
        raise layer.error(
            "cls_num is the number of classes, with the background",
            expected="2 with objectness, else 2 at least",
            got=cls_num,
        )
