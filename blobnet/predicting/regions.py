"""Detectors that judge regions: Fast and Faster R-CNN, R-FCN, as they were published for Caffe.

Their outputs are scores (R, C) and changes (R, 4 C or 8) of R regions, which are a blob (R, 5) in
between; they ask for the image's size as a second input. fast_rcnn/test.py of py-faster-rcnn.
"""

from __future__ import annotations

import numpy as np

from blobnet.net import Net
from blobnet.ops.detection.box_changes import changed_by, clipped
from blobnet.ops.detection.boxes import nms
from blobnet.types import Array, Shape

IMAGE_INFO = (3,)
"""The shape of the second input but for the batch: rows, columns, and how much it was resized."""
_LEAST = 0.05  # of a score, to be looked at
_OVERLAP = 0.3  # of boxes of a class, of which one stays
_REGION = (5,)  # image, x1, y1, x2, y2
_WHATEVER_CLASS = 8  # columns of changes: those of the background, and of everything else


def blobs_of_regions(net: Net) -> tuple[str, ...]:
    """The names of scores, changes and regions; none where the net is no such detector."""
    asks = any(net.blobs[name].shape[1:] == IMAGE_INFO for name in net.inputs)
    shapes = {name: _row(net.blobs[name].shape) for name in net.outputs}
    regions = [
        name
        for wired in net.wired
        for name, blob in zip(wired.top_names, wired.top, strict=True)
        if blob.shape[1:] == _REGION
    ]
    if not asks or not regions or len(shapes) != 2:
        return ()
    for scores, changes in (tuple(shapes), tuple(reversed(shapes))):
        if shapes[scores] > 1 and shapes[changes] in (4 * shapes[scores], _WHATEVER_CLASS):
            return (scores, changes, regions[0])
    return ()


def rows_of(scores: Array, changes: Array, regions: Array, size: tuple[int, int]) -> Array:
    """As a detection layer's: (K, 7), image, class, score, and corners as shares of the size.

    size  rows and columns of the net's input, in whose pixels regions are
    """
    scores, changes = (each.reshape(len(each), -1) for each in (scores, changes))
    height, width = size
    found = [np.zeros((0, 7), np.float32)]
    for label in range(1, scores.shape[1]):
        ones = np.flatnonzero(scores[:, label] > _LEAST)
        ones = ones[np.argsort(-scores[ones, label], kind="stable")]
        first = 4 if changes.shape[1] == _WHATEVER_CLASS else 4 * label
        boxes = changed_by(regions[ones, 1:], changes[ones, first : first + 4])
        boxes = clipped(boxes, height, width)
        kept = nms(boxes, np.float32(_OVERLAP), border=1)
        rows = np.zeros((len(kept), 7), np.float32)
        rows[:, 1], rows[:, 2] = label, scores[ones[kept], label]
        rows[:, 3:] = boxes[kept] / np.array([width, height, width, height])
        found.append(rows)
    return np.concatenate(found)


def _row(shape: Shape) -> int:
    """How many values a region has."""
    count = 1
    for length in shape[1:]:
        count *= length
    return count
