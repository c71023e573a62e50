"""What YOLO's outputs say is there: boxes, classes and scores; and YOLO v2's DetectionOutput."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layers.detection.yolo._boxes import corners, corners_in_image
from blobnet.layers.detection.yolo._maps import anchor_sizes, boxes_of, map_shape, sigmoid, softmax
from blobnet.ops.detection.boxes import nms
from blobnet.types import Array, IntArray


@dataclass
class Detections:
    """Boxes (4, K) by centre and size, with the class, from 0 on, and the score of each, (K,)."""

    boxes: Array
    labels: IntArray
    scores: Array

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, chosen: IntArray | slice) -> Detections:
        return Detections(self.boxes[:, chosen], self.labels[chosen], self.scores[chosen])

    def by_score(self) -> Detections:
        """The best first; equals as they were. (Caffe's order of equals is that of its sort.)"""
        return self[np.argsort(-self.scores, kind="stable")]

    def by_class(self) -> Detections:
        """By rising class; those of a class as they were."""
        return self[np.argsort(self.labels, kind="stable")]

    def suppressed(self, threshold: float, *, in_image: bool = False) -> Detections:
        """Those that no earlier one overlaps by `threshold` or more, whatever their classes."""
        low, high = (corners_in_image if in_image else corners)(self.boxes)
        rows = np.ascontiguousarray(np.concatenate([low, high]).T)
        return self[nms(rows, threshold, drop_equal=True)]

    def write(self, top: Blob, num: int) -> None:
        """Rows [0, class + 1, score, x1, y1, x2, y2]; without detections, one for each image."""
        if write_none(self, top, num):
            return
        rows = top.data[0, 0]
        low, high = corners(self.boxes)
        rows[:, 0], rows[:, 1], rows[:, 2] = 0, self.labels + 1, self.scores
        rows[:, 3:5], rows[:, 5:7] = low.T, high.T


def write_none(found: Detections, top: Blob, num: int) -> bool:
    """Give the top its shape. Whether nothing was found: a row of -1 is written for each image."""
    top.reshape(1, 1, len(found) or num, 7)
    if not len(found):
        top.data.fill(-1)
        top.data[0, 0, :, 0] = np.arange(num)
    return not len(found)


def joined(parts: list[Detections]) -> Detections:
    """All detections, one part's after the other's."""
    return Detections(
        np.concatenate([part.boxes for part in parts], axis=1),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )


def of_regions(maps: Array, sizes: Array, threshold: float) -> Detections:
    """One detection for each anchor of a map of YOLO v2: its most probable class.

    maps       (N, A, 5 + classes, H, W): x, y, width, height, objectness, classes
    sizes      (A, 2) of the anchors, in cells
    threshold  the least product of objectness and probability that counts

    In the order of images, rows, columns, anchors.
    """
    height, width = maps.shape[-2:]
    p = softmax(maps[:, :, 5:], axis=2)
    scores = by_cell(sigmoid(maps[:, :, 4]) * p.max(axis=2))
    chosen = np.flatnonzero(scores >= threshold)
    cells = np.array([width, height], maps.dtype)
    xy, wh = np.moveaxis(maps[:, :, :4], 2, 0).reshape(2, 2, *maps[:, :, 0].shape)
    boxes = boxes_of(sigmoid(xy), wh, sizes / cells)
    labels = by_cell(p.argmax(axis=2))
    return Detections(by_cell(boxes)[:, chosen], labels[chosen], scores[chosen])


def by_cell(values: Array) -> Array:
    """(..., N, A, H, W) as (..., N * H * W * A): anchors of a cell side by side."""
    count = math.prod(values.shape[-4:])
    return np.moveaxis(values, -3, -1).reshape(*values.shape[:-4], count)


def keep_rows(top: Blob) -> None:
    """Before it is known how many rows there will be: those that are there, or one."""
    if len(top.shape) != 4 or top.shape[:2] != (1, 1) or top.shape[3] != 7:
        top.reshape(1, 1, 1, 7)


class OneBottomOutput:
    """DetectionOutput of YOLO v2: what SSD's layer does where it has one bottom.

    bottom[0]  x: (N, num_box * (5 + num_classes), side, side)  for each anchor x, y, width,
                  height, objectness and classes, which are 20 unless stated
    top[0]     (1, 1, K, 7)  rows [image, class from 0 on, score, centre x, y, width, height];
               for each image a row [image, -1, ...] if there is none at all

    Of each anchor its most probable class, where objectness times probability is at least
    `confidence_threshold`. A box is left out where one before it that is not, in the order of
    rows, columns and anchors, overlaps it by `nms_threshold` or more within the image, whatever
    the scores and classes. `label_map_file` names classes in Caffe's log. Images have nothing to
    do with each other: in the fork, boxes of one suppress those of the next, and all that are left
    have the last one's number.

    A layer makes one in `setup` and hands its `reshape` and `forward_cpu` on to it.

    Proto: DetectionOutputParameter.  Caffe: detection_output_layer.cpp of YOLO v2
    (gklz1982/caffe-yolov2).
    """

    def __init__(self, layer: Layer) -> None:
        param = self._param = layer.layer_param_.detection_output_param
        if param.coords != 4:
            raise layer.error("coords must be 4: x, y, width and height", got=param.coords)
        self._classes = param.num_classes if param.HasField("num_classes") else 20
        if not param.num_box or not self._classes:
            raise layer.error("num_box and num_classes must be at least 1")
        self._layer = layer
        self._sizes = anchor_sizes(layer, param.biases, param.num_box)[: param.num_box]
        has_threshold = param.HasField("confidence_threshold")
        self._threshold = param.confidence_threshold if has_threshold else float(np.float32(0.01))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, side = bottom[0].shape, self._param.side
        if len(shape) != 4 or shape[2:] != (side, side):
            raise self._layer.error(
                "bottom[0] has no maps of this side",
                expected=f"shape (N, C, {side}, {side}), by `side`",
                got=f"shape {shape}",
            )
        self._shape = map_shape(self._layer, shape, self._param.num_box, 5 + self._classes)
        keep_rows(top[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        maps = bottom[0].data.reshape(self._shape)
        if not len(maps):
            top[0].reshape(1, 1, 0, 7)
            return
        each = [
            of_regions(maps[n : n + 1], self._sizes, self._threshold).suppressed(
                self._param.nms_threshold, in_image=True
            )
            for n in range(len(maps))
        ]
        kept = joined(each)
        if not write_none(kept, top[0], len(maps)):
            rows = top[0].data[0, 0]
            rows[:, 0] = np.repeat(np.arange(len(maps)), [len(found) for found in each])
            rows[:, 1], rows[:, 2], rows[:, 3:] = kept.labels, kept.scores, kept.boxes.T
