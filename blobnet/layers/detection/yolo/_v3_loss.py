"""What the losses of YOLO's third version share: which anchor learns which box."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.detection.yolo import _truths
from blobnet.layers.detection.yolo._boxes import Overlap, best_overlap, iou, shape_overlaps
from blobnet.layers.detection.yolo._delta_loss import DeltaLoss
from blobnet.layers.detection.yolo._maps import anchor_sizes, boxes_of, map_shape, sigmoid
from blobnet.types import Array

_ROWS = 300
"""Boxes that the labels of an image have room for."""

_NO_LIMIT = float(np.finfo(np.float32).max)


class V3Loss(DeltaLoss):
    """A loss over one map of YOLO's third version.

    A subclass says what stands before the objectness of an anchor, and how a box and a class
    are learned.

    Caffe: yolov3_layer.cpp of MobileNet-YOLO.
    """

    places: ClassVar[tuple[int, int, int, int]]
    """Where x, y, width and height of an anchor stand."""
    objectness: ClassVar[int]
    """Where its objectness stands; the classes follow."""
    overlap: Overlap = staticmethod(iou)
    counts_boxes: bool = True
    """Whether the deltas of boxes are part of the loss; if not, 1 - overlap is."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self._param = self.layer_param_.yolov3_param
        if not param.num or not param.num_class or not param.anchors_scale:
            raise self.error("num, num_class and anchors_scale must be at least 1")
        self._anchors = anchor_sizes(self, param.biases, 1)
        self._mask = list(param.mask[: param.num])
        if len(self._mask) < param.num or max(self._mask) >= len(self._anchors):
            raise self.error(
                "mask names the anchors of this map",
                expected=f"{param.num} numbers below {len(self._anchors)}",
                got=list(param.mask),
            )
        self._slopes: Array | None = None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        param = self._param
        values = self.objectness + 1 + param.num_class
        self._shape = map_shape(self, bottom[0].shape, param.num, values)
        if bottom[1].count(1) != _ROWS * 5:
            raise self.error(
                "bottom[1] are no labels of YOLO",
                expected=f"{_ROWS} rows [class, x, y, width, height] for each image",
                got=f"shape {bottom[1].shape}",
            )
        height, width = self._shape[3:]
        cells = np.array([width, height], self.dtype)
        self._sizes = self._anchors / (cells * self.dtype.type(param.anchors_scale))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data.reshape(self._shape)
        values = sigmoid(x)
        for place in self.places[2:]:
            values[:, :, place] = x[:, :, place]
        maps = [values[:, :, place] for place in self.places]
        boxes = boxes_of(np.stack(maps[:2]), np.stack(maps[2:]), self._sizes[self._mask])
        delta = self._delta.data.reshape(self._shape)
        delta.fill(0)
        labels = bottom[1].data
        near, truths = _truths.listed(labels, 1), _truths.listed(labels, 3)
        overlaps: list[float] = []
        for n in range(len(x)):
            self._learn_no_object(values[n], boxes[:, n], near[n], delta[n])
            overlaps += self._learn_objects(values[n], boxes[:, n], truths[n], delta[n])
        top[0].data[...] = self._loss(delta, overlaps) / max(len(x), 1)
        self._slopes = self._logistic_slopes(x, values) if self._param.use_logic_gradient else None

    def delta_of_outputs(self) -> Array:
        delta = self._delta.data
        return delta if self._slopes is None else delta * self._slopes.reshape(delta.shape)

    @abstractmethod
    def learn_box(self, values: Array, box: Array, target: Array, delta: Array) -> float:
        """Write the deltas of the box of an anchor; returns what it shares with the true one.

        values, delta  (5 + classes) or more: what the anchor says, and how far it is off
        target         see `_Target`
        """

    @abstractmethod
    def learn_class(self, p: Array, label: int, delta: Array) -> None:
        """Write the deltas of the classes."""

    def put(self, delta: Array, places: list[int], slopes: Array) -> None:
        """Write slopes of an overlap, or of a probability, as deltas."""
        slopes = slopes * self._param.iou_normalizer
        slopes = np.where(np.isfinite(slopes), slopes, 0)
        largest = self._param.max_delta
        if largest != _NO_LIMIT:
            slopes = np.clip(slopes, -largest, largest)
        if not self._param.accumulate:
            delta[places] = 0
        delta[places] -= slopes

    def learn_class_in_focus(self, p: Array, label: int, delta: Array) -> None:
        """The focal loss: classes that are nearly right count less."""
        right = float(p[label]) + 1e-15
        focus = -(1 - right) * (2 * right * np.log(right) + right - 1) / 2
        delta[:] = p * self._param.class_scale * focus
        delta[label] -= self._param.class_scale * focus

    # --- helpers ------------------------------------------------------------------------------

    def _learn_no_object(self, values: Array, boxes: Array, near: Array, delta: Array) -> None:
        o = values[:, self.objectness]
        best = best_overlap(boxes, near[:, 1:], self.overlap)
        delta[:, self.objectness] = np.where(best > self._param.thresh, 0, o)

    def _learn_objects(
        self, values: Array, boxes: Array, truths: Array, delta: Array
    ) -> list[float]:
        """What each box that was learned shares with the true one."""
        height, width = self._shape[3:]
        cells = _truths.cells_of(self, truths, width, height)
        scale = self._param.object_scale if self._param.use_logic_gradient else 1
        overlaps = []
        for truth, (column, row, place) in zip(truths, cells.tolist(), strict=True):
            i, j = divmod(place, width)
            label = self._class_of(truth)
            for k in self._anchors_for(truth[3:]):
                its, changes = values[k, :, i, j], delta[k, :, i, j]
                target = np.concatenate([truth[1:], self._target(truth, k, column, row)])
                overlaps.append(self.learn_box(its, boxes[:, k, i, j], target, changes))
                changes[self.objectness] = -scale * (1 - its[self.objectness])
                classes = slice(self.objectness + 1, None)
                self.learn_class(its[classes], label, changes[classes])
        return overlaps

    def _target(self, truth: Array, k: int, column: int, row: int) -> Array:
        """What the four outputs of anchor k should be."""
        height, width = self._shape[3:]
        place = truth[1:3] * np.array([width, height], truth.dtype) - [column, row]
        size = np.log(truth[3:] / self._sizes[self._mask[k]])
        target: Array = np.concatenate([place, size])
        return target

    def _anchors_for(self, size: Array) -> list[int]:
        """Which anchors of this map learn a box of this size: places in `mask`.

        The one of the best shape, if it is here; and all here whose shape is good enough. Caffe
        means to pass over the best one then, but compares its place with numbers of anchors.
        """
        boxes = np.zeros((4, len(self._sizes)), self._sizes.dtype)
        boxes[2:] = self._sizes.T
        shared = shape_overlaps(boxes, size, self.overlap)
        best = int(np.argmax(shared)) if (shared > 0).any() else -1
        chosen = []
        if best in self._mask:
            best = self._mask.index(best)
            chosen.append(best)
        if self._param.iou_thresh < 1:
            good = np.flatnonzero(shared > self._param.iou_thresh).tolist()
            chosen += [self._mask.index(n) for n in good if n in self._mask and n != best]
        return chosen

    def _class_of(self, truth: Array) -> int:
        label = int(truth[0])
        if not 0 <= label < self._param.num_class:
            raise self.error(
                "a label in bottom[1] is no class",
                expected=f"0 to {self._param.num_class - 1}",
                got=label,
            )
        return label

    def _loss(self, delta: Array, overlaps: list[float]) -> float:
        if self.counts_boxes:
            return float(np.vdot(delta, delta))
        rest = delta[:, :, self.objectness :]
        loss = float(np.vdot(rest, rest))
        if overlaps:
            loss += self._param.iou_normalizer * (1 - sum(overlaps) / len(overlaps))
        return loss

    def _logistic_slopes(self, x: Array, values: Array) -> Array:
        """y (1 - y) of the outputs that went through a sigmoid, 1 of the others.

        Where boxes are not part of the loss, Caffe takes x instead of y for their places.
        """
        y = values.copy()
        if not self.counts_boxes:
            y[:, :, : self.objectness] = x[:, :, : self.objectness]
        slopes: Array = y * (1 - y)
        for place in self.places[2:]:
            slopes[:, :, place] = 1
        return slopes
