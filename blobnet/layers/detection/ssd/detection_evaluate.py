"""DetectionEvaluate: which detections are right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.cascade._results import (
    as_ssd,
    check_bottoms,
    count_found,
    overlaps_in_image,
    size_of,
)
from blobnet.layers.detection.ssd._image_boxes import (
    Pixels,
    Size,
    check_resize,
    in_pixels,
    overlaps_in_pixels,
)
from blobnet.layers.detection.ssd._saved_results import all_there, read_sizes
from blobnet.layers.detection.ssd._truths import (
    COLUMNS,
    Truths,
    check_rows,
    read_truths,
    truths_of,
    whole_numbers,
)
from blobnet.ops.detection.box_codes import POLYGON, ROTATED
from blobnet.ops.detection.boxes import overlaps
from blobnet.types import Array, IntArray

YOLO_TRUTHS = 150
"""YOLO v2's: 30 rows of [class, x, y, width, height]."""

_DETECTED = (7, 7 + POLYGON, 7 + ROTATED)
NO_CLASS = -1
MOST_CLASSES = 2**20
"""Whole numbers have their place in float32 up to 2^24, and a class has a row of five."""


class Detections(NamedTuple):
    image: IntArray
    label: IntArray
    score: Array
    boxes: Array

    def of(self, chosen: Array) -> Detections:
        return Detections(*(values[chosen] for values in self))


@register_layer("DetectionEvaluate")
class DetectionEvaluate(Layer):
    """Tells right detections from wrong ones, for the average precision that a solver computes.

    bottom[0]  detections: (1, 1, K, 7)  of DetectionOutput; TextBoxes++'s have 15 or 12 columns
    bottom[1]  truth: (1, 1, G, 8)  [image, class, instance, x1, y1, x2, y2, difficult]; or 16
    bottom[2]  sizes: (N, 2)  Cascade R-CNN's alone, see below
    top[0]     (1, 1, C + K, 5)  [-1, class, number of truths, -1, -1] for each class but the
               background, then [image, class, score, is right, is wrong] for each detection

    By falling score, a detection is right if the truth of its class that it overlaps with most, by
    `overlap_threshold` at least, has none yet. It is neither right nor wrong where that truth is
    difficult, unless `evaluate_difficult_gt`. With `name_size_file` (lines: name, height, width)
    boxes are compared in pixels of the images, in this order, undoing `resize_param`; where that
    file is not there, as shares of the image, with a warning (Caffe ends).

    YOLO v2's has a truth of (1, 150): 30 rows [class, x, y, width, height] of one image, which a
    width of 0 ends; detections have centres and sizes, too, and no class is the background.

    With three bottoms it is Cascade R-CNN's: detections (K, 7) [image, x1, y1, x2, y2, class,
    score] of FrcnnOutput, truth (G, 8) [image, x1, y1, x2, y2, class, ignored, difficult] of
    EvalData, and sizes are height and width of each image as the net has seen it. Boxes are in
    pixels of that, and compared in pixels of the images. The top is (C + K, 5, 1, 1).

    Proto: DetectionEvaluateParameter.
    Caffe: detection_evaluate_layer.cpp of SSD (weiliu89/caffe), of gklz1982/caffe-yolov2 and of
    Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "right where the best overlap with a free truth is >= overlap_threshold"
    gradient_formula = "none: counting has no gradient."

    min_bottom_blobs = 2
    max_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.detection_evaluate_param
        if not param.num_classes:
            raise self.error("Must provide num_classes.")
        if param.num_classes > MOST_CLASSES:
            raise self.error(
                "too many classes: a blob cannot tell their numbers apart",
                expected=f"at most {MOST_CLASSES}",
                got=param.num_classes,
            )
        if not param.overlap_threshold > 0:
            raise self.error("overlap_threshold must be positive.", got=param.overlap_threshold)
        self._sizes: list[Size] = []
        if param.name_size_file and all_there(self, param, "compares shares of the image"):
            self._sizes = [size for _, size in read_sizes(self, param.name_size_file)]
        self._resize = None
        if param.HasField("resize_param"):
            self._resize = check_resize(self, param.resize_param)
        self._seen = 0  # images, in the order of `name_size_file`
        self._shown: Array | None = None  # Cascade R-CNN's: the size of the image that is looked at

    def take_turns(self, turn: int, turns: int) -> str | None:
        reason = super().take_turns(turn, turns)
        follows = "it counts images for their sizes, of which each process sees some"
        return reason or (follows if self._sizes else None)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, truth = self.layer_param_.detection_evaluate_param, bottom[1]
        if len(bottom) == 3:
            self._is_yolo, self._background = False, 0
            self._classes = np.arange(1, param.num_classes)
            check_bottoms(self, bottom)
            top[0].reshape((len(self._classes) + count_found(bottom), 5, 1, 1))
            return
        check_rows(self, bottom[0], 0, _DETECTED)
        shape = truth.shape
        self._is_yolo = truth.count == YOLO_TRUTHS and shape[:1] == (1,) and shape[-1] != COLUMNS
        self._background = NO_CLASS if self._is_yolo else param.background_label_id
        if not self._is_yolo:
            check_rows(self, truth, 1, (COLUMNS, COLUMNS + POLYGON))
        classes = np.arange(param.num_classes)
        self._classes = classes[classes != self._background]
        found = np.count_nonzero(bottom[0].data[..., 1] != NO_CLASS)
        top[0].reshape((1, 1, len(self._classes) + int(found), 5))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        detections, truths = self._read(bottom)
        counted = truths.label
        if not self.layer_param_.detection_evaluate_param.evaluate_difficult_gt:
            counted = counted[~truths.is_difficult]
        rows = top[0].data.reshape(-1, 5)
        rows[...] = 0
        at = len(self._classes)
        rows[:at] = -1
        rows[:at, 1], rows[:at, 2] = self._classes, 0
        for label, number in zip(*np.unique(counted, return_counts=True), strict=True):
            rows[:at, 2][self._classes == label] = number
        for image in np.unique(detections.image):
            its = detections.of(detections.image == image)
            self._shown = size_of(self, bottom, int(image)) if len(bottom) == 3 else None
            for label in np.unique(its.label[its.label != NO_CLASS]):
                judged = self._judge(its.of(its.label == label), truths)
                rows[at : at + len(judged)] = judged
                at += len(judged)
            self._go_to_next_size()

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def _judge(self, found: Detections, truths: Truths) -> Array:
        """Rows of the top for the detections of one class in one image."""
        param = self.layer_param_.detection_evaluate_param
        mine = (truths.image == found.image[0]) & (truths.label == found.label[0])
        right = np.zeros(len(found.label), np.bool_)
        counts = np.ones_like(right)
        if mine.any():
            found = found.of(np.argsort(-found.score, kind="stable"))
            common = self._overlaps(found.boxes, truths.boxes[mine])
            best = common.argmax(axis=1)
            enough = np.flatnonzero(common.max(axis=1) >= np.float32(param.overlap_threshold))
            if not param.evaluate_difficult_gt:
                is_difficult = truths.is_difficult[mine][best[enough]]
                counts[enough[is_difficult]] = False
                enough = enough[~is_difficult]
            right[enough[np.unique(best[enough], return_index=True)[1]]] = True
        wrong = counts & ~right
        return np.column_stack((found.image, found.label, found.score, right, wrong))

    def _overlaps(self, found: Array, truths: Array) -> Array:
        found, truths = (np.ascontiguousarray(b[:, :4], np.float32) for b in (found, truths))
        if self._shown is not None:
            size = self._sizes[self._seen] if self._sizes else None
            return overlaps_in_image(self, found, truths, self._shown, size)
        if not self._sizes:
            return overlaps(found, truths, border=0)
        sizes = [self._in_pixels(boxes) for boxes in (found, truths)]
        return overlaps_in_pixels(*sizes)

    def _in_pixels(self, boxes: Array) -> Pixels:
        return in_pixels(boxes, self._sizes[self._seen], self._resize)

    def _go_to_next_size(self) -> None:
        if self._sizes:
            self._seen = (self._seen + 1) % len(self._sizes)

    def _read(self, bottom: Blobs) -> tuple[Detections, Truths]:
        if len(bottom) == 3:
            rows, true_rows = as_ssd(bottom)
        else:
            rows = bottom[0].data.reshape(-1, bottom[0].shape[-1])
        image = whole_numbers(self, rows[:, 0], "an image's number in bottom[0]")
        label = whole_numbers(self, rows[:, 1], "a label in bottom[0]")
        used = image != -1
        if not self._is_yolo and (label[used] == self._background).any():
            raise self.error("Found background label in the detection results.")
        detections = Detections(image, label, rows[:, 2], rows[:, 3:7]).of(used)
        if len(bottom) == 3:
            return detections, truths_of(self, true_rows, 1, self._background)
        if not self._is_yolo:
            return detections, read_truths(self, bottom[1], 1, self._background, stops=True)
        truths = bottom[1].data.reshape(-1, 5)
        ended = np.flatnonzero(truths[:, 3] == 0)
        truths = truths[: ended[0]] if len(ended) else truths
        labels = whole_numbers(self, truths[:, 0], "a label in bottom[1]")
        none, boxes = np.zeros(len(truths), np.int64), _corners(truths[:, 1:])
        detections = detections._replace(boxes=_corners(detections.boxes))
        return detections, Truths(none, labels, boxes, none.astype(np.bool_))


def _corners(boxes: Array) -> Array:
    """Of boxes by their centres and sizes, cut to the image."""
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    found: Array = np.clip(np.concatenate((centre - half, centre + half), axis=1), 0, 1)
    return found
