"""EvalDetection: which of a net's detections are right, for the average precision."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.ssd._saved_results import all_there
from blobnet.layers.detection.yolo import _truths
from blobnet.layers.detection.yolo._boxes import Overlap, iou, iou_in_image
from blobnet.layers.detection.yolo._detections import Detections, by_cell, joined
from blobnet.layers.detection.yolo._evaluation import matched
from blobnet.layers.detection.yolo._maps import anchor_sizes, boxes_of, map_shape, sigmoid, softmax
from blobnet.layers.detection.yolo._planes import Planes, check_planes
from blobnet.layers.detection.yolo._saved_detections import SavedDetections
from blobnet.proto import EvalDetectionParameter
from blobnet.types import Array

_LEAST = np.float64(0.005)
"""Lower scores are left out, from the second version on."""


@dataclass
class Truths:
    """What is in an image: boxes (4, G), classes, and which need not be found, (G,)."""

    boxes: Array
    classes: Array
    is_difficult: NDArray[np.bool_]


@register_layer("EvalDetection")
class EvalDetection(Layer):
    """Detections of a map, and which of them are right.

    bottom[0]  x: (N, ...)  what DetectionLoss or RegionLoss takes, of `side` * `side` cells
    bottom[1]  labels: (N, side * side * 7), (N, 150) or (1, 1, boxes, 8)
    bottom[i]  further ones, of any shape: not read; some nets name the images here
    top[0]     (N, num_class + side * side * num_object * 4)  of each image: how many boxes each
               class has; then [class, score, 1 if right, 1 if wrong] of each detection, by class
               and falling score; then zeros

    The labels tell which fork is meant: those of BoxData with cells are YOLO's first version's
    (see DetectionLoss), 150 are YOLO v2's, SSD's are Intel's; or YOLO9000's, which alone has
    `save_output_param`.
    - A detection is a box with the class of the highest probability; in YOLO9000 one with each
      class of a product of objectness and probability above 0.005. Its score is objectness (OBJ),
      probability (PROB) or their product (MULTIPLY).
    - `nms` from 0 on: a box is left out where a better one that is not overlaps it by as much or
      more; in YOLO9000, of the same class. Below 0 the first version keeps all boxes, the others
      put out none.
    - From the second version on, scores below 0.005 are left out.
    - A detection looks at the box of its class that it shares most with. It is right if that is at
      least `threshold` and no better detection has found it; wrong if one has, or if the class is
      not there; and if it shares less, wrong in the first version, else neither. In the first
      version, what finds a difficult box is neither.

    `sqrt` and `constriant` (see DetectionLoss) are the first version's, `biases` those of the
    anchors of the others. YOLO v2 compares what is within the image of two boxes. YOLO9000 writes
    what it has found into a file for COCO: `save_output_param` (Caffe needs it). Where it finds
    more than there is room for, which is beyond Caffe's memory, the best are put out.

    Proto: EvalDetectionParameter.  Caffe: eval_detection_layer.cpp of YOLO (yeahkun/caffe-yolo),
    YOLO v2 (gklz1982/caffe-yolov2), YOLO9000 (choasup/caffe-yolo9000) and Intel (intel/caffe).
    """

    formula = "Which of the detections share enough with a true box of their class."
    gradient_formula = "none."

    min_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self._param = self.layer_param_.eval_detection_param
        self._planes = Planes(self, param.side, param.num_class, param.num_object)
        self._sizes: Array | None = None
        saved = param.save_output_param if param.HasField("save_output_param") else None
        if saved is not None and not all_there(self, saved, "writes no results"):
            saved = None
        self._saved = SavedDetections(self, saved) if saved is not None else None

    def take_turns(self, turn: int, turns: int) -> str | None:
        reason = super().take_turns(turn, turns)
        writes = "it writes what is found in all images, of which each process sees some"
        return reason or (None if self._saved is None else writes)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, x, labels = self._param, bottom[0].shape, bottom[1].shape
        self._is_of_ssd = _truths.are_of_ssd(labels)
        self._is_first = not self._is_of_ssd and math.prod(labels[1:]) != 150
        if not x or (not self._is_of_ssd and labels[:1] != x[:1]):
            raise self.error("labels of another number of images", got=f"{x} and {labels}")
        if self._is_first:
            check_planes(self, self._planes, bottom)
        else:
            self._sizes = anchor_sizes(self, param.biases, param.num_object)[: param.num_object]
            self._shape = map_shape(self, x, param.num_object, param.num_class + 5)
            if x[2:] != (param.side, param.side):
                raise self.error("bottom[0] is not a map of this side", got=f"shape {x}")
        self._overlap: Overlap = iou if self._is_first or self._is_of_ssd else iou_in_image
        top[0].reshape(x[0], param.num_class + self._planes.cells * param.num_object * 4)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        found = self._found_first if self._is_first else self._found_by_anchors
        room = self._planes.cells * self._param.num_object
        images = zip(found(bottom[0].data), self._truths(bottom), top[0].data, strict=True)
        for best, truths, row in images:
            if self._saved is not None:
                self._saved.add(best.by_class())
            self._write(best[:room].by_class(), truths, row)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    # --- what is there ------------------------------------------------------------------------

    def _truths(self, bottom: Blobs) -> list[Truths]:
        labels, num = bottom[1].data, bottom[0].shape[0]
        if self._is_first:
            grid = self._planes.labels(self, labels)
            return [
                Truths(grid.boxes[n, has].T, grid.classes[n, has], grid.is_difficult[n, has])
                for n, has in enumerate(grid.has_object)
            ]
        listed = (
            _truths.of_ssd(self, labels, num, 1) if self._is_of_ssd else _truths.listed(labels, 1)
        )
        return [
            Truths(rows[:, 1:].T, self._classes_of(rows), np.zeros(len(rows), bool))
            for rows in listed
        ]

    def _classes_of(self, rows: Array) -> Array:
        classes = np.trunc(rows[:, 0])
        if not ((classes >= 0) & (classes < self._param.num_class)).all():
            raise self.error(
                "a label in bottom[1] is no class",
                expected=f"num_class: more than {self._param.num_class}, or other labels",
                got=rows[:, 0].tolist(),
            )
        return classes

    # --- what is found in each image, the best first ------------------------------------------

    def _score(self, objectness: Array, p: Array) -> Array:
        objectness, p = np.broadcast_arrays(objectness, p)
        if self._param.score_type == EvalDetectionParameter.OBJ:
            return objectness
        return p if self._param.score_type == EvalDetectionParameter.PROB else objectness * p

    def _found_first(self, x: Array) -> Iterator[Detections]:
        param, planes = self._param, self._planes
        classes, objectness, outputs = planes.outputs(x)
        labels = np.repeat(classes.argmax(axis=1), param.num_object, axis=1)  # (N, L * B)
        scores = self._score(objectness.transpose(0, 2, 1), classes.max(axis=1)[:, :, None])
        boxes = outputs.transpose(2, 0, 3, 1).copy()  # (4, N, L, B)
        if param.constriant:
            column, row = planes.places(np.arange(planes.cells), boxes.dtype)
            boxes[0] = (boxes[0] + column[:, None]) / param.side
            boxes[1] = (boxes[1] + row[:, None]) / param.side
        if param.sqrt:
            boxes[2:] **= 2
        for n in range(len(x)):
            its = boxes[:, n].reshape(4, -1)
            found = Detections(its, labels[n], scores[n].reshape(-1)).by_score()
            yield found.suppressed(param.nms) if param.nms >= 0 else found

    def _found_by_anchors(self, x: Array) -> Iterator[Detections]:
        maps = x.reshape(self._shape)
        p, objectness = softmax(maps[:, :, 5:], axis=2), sigmoid(maps[:, :, 4])
        xy, wh = np.moveaxis(maps[:, :, :4], 2, 0).reshape(2, 2, *objectness.shape)
        boxes = boxes_of(sigmoid(xy), wh, self._sizes / x.dtype.type(self._param.side))
        for n in range(len(x)):
            part = slice(n, n + 1)
            yield self._found_in(by_cell(boxes[:, part]), objectness[part], p[part])

    def _found_in(self, boxes: Array, objectness: Array, p: Array) -> Detections:
        if self._param.nms < 0:
            return Detections(boxes[:, :0], np.zeros(0, np.int64), boxes[0, :0])
        if self._saved is not None:
            found = self._all_classes(boxes, by_cell(objectness), p).by_score()
            kept = _suppressed_by_class(found, self._param.nms)
        else:
            scores = by_cell(self._score(objectness, p.max(axis=2)))
            found = Detections(boxes, by_cell(p.argmax(axis=2)), scores).by_score()
            kept = found.suppressed(self._param.nms, in_image=not self._is_of_ssd)
        return kept[np.flatnonzero(kept.scores >= _LEAST)]

    def _all_classes(self, boxes: Array, objectness: Array, p: Array) -> Detections:
        """Each class of each anchor that is probable enough, cell by cell."""
        by_class = by_cell(np.moveaxis(p, 2, 0))  # (C, K)
        sure = (by_class * objectness > _LEAST) & (objectness >= _LEAST)
        which, label = np.nonzero(sure.T)
        scores = self._score(objectness[which], by_class[label, which])
        return Detections(boxes[:, which], label, scores)

    # --- what is right ------------------------------------------------------------------------

    def _write(self, found: Detections, truths: Truths, row: Array) -> None:
        """The row of one image; detections come by class and falling score."""
        classes = self._param.num_class
        row.fill(0)
        counted = truths.classes[~truths.is_difficult].astype(np.intp)
        row[:classes] = np.bincount(counted, minlength=classes)
        rows = row[classes:].reshape(-1, 4)[: len(found)]
        rows[:, 0], rows[:, 1], rows[:, 3] = found.labels, found.scores, 1
        for label in np.unique(truths.classes):
            true = truths.classes == label
            its = np.flatnonzero(found.labels == label)
            boxes = found.boxes[:, its]
            shared = self._overlap(boxes[:, :, None], truths.boxes[:, None, true])
            right, again = matched(shared, self._param.threshold, truths.is_difficult[true])
            wrong = again
            if self._is_first:
                shares_enough = np.nan_to_num(shared, nan=-1).max(axis=1) >= self._param.threshold
                wrong = again | ~shares_enough
            rows[its, 2], rows[its, 3] = right, wrong


def _suppressed_by_class(found: Detections, threshold: float) -> Detections:
    if not len(found):
        return found
    labels = np.unique(found.labels)
    parts = [found[np.flatnonzero(found.labels == label)] for label in labels]
    return joined([part.suppressed(threshold) for part in parts]).by_score()
