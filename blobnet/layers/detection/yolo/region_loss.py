"""RegionLoss: the loss of YOLO's second version."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import refusing_foreign_states
from blobnet.layers.detection.yolo import _truths
from blobnet.layers.detection.yolo._boxes import best_overlap, best_shape
from blobnet.layers.detection.yolo._delta_loss import DeltaLoss
from blobnet.layers.detection.yolo._maps import (
    anchor_sizes,
    boxes_of,
    map_shape,
    sigmoid,
    softmax,
)
from blobnet.layers.detection.yolo._region_rules import rules_of
from blobnet.layers.detection.yolo._tree import ClassTree, read_class_map, read_tree
from blobnet.types import Array

_IMAGE_LABEL = 100000
"""Centres above it mean: the image has this class, nobody knows where (YOLO9000)."""


@register_layer("RegionLoss")
class RegionLoss(DeltaLoss):
    """How far boxes, objectness and classes of a map are from the truth.

    bottom[0]  x: (N, num * (5 + num_class), S, S)  for each anchor x, y, width, height, objectness
                  and classes
    bottom[1]  labels: (N, 150), (N, 1500) or (1, 1, boxes, 8)
    top[0]     loss: ()  the sum of the squared deltas

    The shape of the labels tells which fork is meant: 30 rows [class, x, y, width, height] for an
    image are YOLO v2's, 300 are MobileNet-YOLO's, SSD's labels are YOLO9000's and Intel's;
    `_region_rules.py` says what differs; YOLO v2 compares what is within the image of
    two boxes. Rows after the first with x = 0, or width = 0, are none.

    With cells i, j of a map of S * S: o = sigmoid(x4), p = softmax of the classes (for each group
    of `softmax_tree`), and the box
    ((i + sigmoid(x0)) / S, (j + sigmoid(x1)) / S, exp(x2) * bias_w / S, exp(x3) * bias_h / S).
    - An anchor without object: delta4 = noobject_scale * o * o (1 - o), or 0 where its box has an
      IoU above `thresh` with a true one.
    - In the first 12800 / N forwards of YOLO v2, each box is drawn to its anchor, by 0.01.
    - A true box belongs to the cell of its centre, and there to the anchor of the most similar
      shape (its output's, unless `bias_match`): delta of the box, by coord_scale, the first two
      with the slope of the sigmoid; delta4 = object_scale * (o - 1) * o (1 - o); delta of the
      classes = class_scale * (p - target), target mapped by `class_map`; with a tree, for the
      class and its parents, each among its siblings.
    - An image with a class but without a box (x and y above 100000, with a tree) teaches the
      anchor that finds that class most probable.

    The count of forwards is this layer's, and part of snapshots; in Caffe all layers share one.
    `coords` must be 4. `jitter`, `absolute`, `random`, `softmax`, and `rescore` but in
    MobileNet-YOLO, do nothing in any fork.

    Proto: RegionLossParameter.  Caffe: region_loss_layer.cpp of YOLO v2 (gklz1982/caffe-yolov2).
    """

    formula = "The sum of delta^2; delta says how far each output is from the true boxes."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self._param = self.layer_param_.region_loss_param
        if param.coords != 4:
            raise self.error("coords must be 4: x, y, width and height", got=param.coords)
        if not param.num or not param.num_class:
            raise self.error("num and num_class must be at least 1")
        # without any, a net can be made, to take weights from or into; as in the fork, not run
        sizes = anchor_sizes(self, param.biases or [1] * 2 * param.num, param.num)
        self._sizes = sizes[: param.num]
        self._tree = self._read_tree()
        self._class_map = read_class_map(param.class_map) if param.class_map else []
        self._calls = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self._param
        shape = bottom[0].shape
        self._shape = map_shape(self, shape, param.num, 5 + param.num_class)
        self._rules = rules_of(self, bottom[1].shape, shape[0])
        side = self._side = self._rules.side(param, shape)
        if shape[2:] != (side, side):
            raise self.error(
                "bottom[0] is not a map of this side",
                expected=f"{side} rows and columns",
                got=f"shape {shape}",
                fix=f"region_loss_param {{ side: {shape[2]} }}, for square maps",
            )
        self._delta.reshape_like(bottom[0])
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if not self._param.biases:
            anchor_sizes(self, [], self._param.num)
        p = self._activated(bottom[0].data.reshape(self._shape))
        xy, wh = np.moveaxis(p[:, :, :4], 2, 0).reshape(2, 2, *p[:, :, 0].shape)
        boxes = boxes_of(xy, wh, self._sizes / p.dtype.type(self._side))
        delta = self._delta.data.reshape(self._shape)
        delta.fill(0)
        near, truths = self._truths(bottom[1].data)
        for n in range(len(p)):
            if not self._learn_from_label(p[n], near[n], delta[n]):
                self._learn_no_object(p[n], boxes[:, n], near[n], delta[n])
                self._learn_objects(p[n], boxes[:, n], truths[n], delta[n])
        loss = np.vdot(delta, delta)
        top[0].data[...] = loss / max(len(p), 1) if self._rules.is_mean else loss
        self._calls += 1

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "calls": self._calls}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        with refusing_foreign_states(self):
            self._calls = int(state["calls"])

    # --- what comes in ------------------------------------------------------------------------

    def _read_tree(self) -> ClassTree | None:
        if not self._param.softmax_tree:
            return None
        tree = read_tree(self._param.softmax_tree)
        if len(tree.parents) != self._param.num_class:
            raise self.error(
                "softmax_tree has another number of classes",
                expected=f"{self._param.num_class} lines, one for each class",
                got=f"{len(tree.parents)} lines",
            )
        return tree

    def _activated(self, x: Array) -> Array:
        """x with sigmoid and softmax where they belong."""
        p = np.empty_like(x)
        p[:, :, :2] = sigmoid(x[:, :, :2])
        p[:, :, 2:4] = x[:, :, 2:4]
        p[:, :, 4] = sigmoid(x[:, :, 4])
        p[:, :, 5:] = self._tree.softmax(x[:, :, 5:], 2) if self._tree else softmax(x[:, :, 5:], 2)
        return p

    def _truths(self, labels: Array) -> tuple[list[Array], list[Array]]:
        """For each image the boxes that an anchor may be near to, and those to be learned."""
        if self._rules.is_listed:
            return _truths.listed(labels, 1), _truths.listed(labels, 3)
        first = 0 if self._tree else 1
        truths = _truths.of_ssd(self, labels, self._shape[0], first)
        return truths, truths

    # --- what one image teaches; p and delta are (A, 5 + classes, S, S) -----------------------

    def _learn_no_object(self, p: Array, boxes: Array, near: Array, delta: Array) -> None:
        o = p[:, 4]
        best = best_overlap(boxes, near[:, 1:], self._rules.overlap)
        wrong = self._param.noobject_scale * o * o * (1 - o)
        delta[:, 4] = np.where(best > self._param.thresh, 0, wrong)
        if self._rules.draws_to_anchors and self._calls < 12800 // self._shape[0]:
            middle = np.array([0.5, 0.5, 0, 0], p.dtype).reshape(4, 1, 1)
            for anchor, values in zip(p, delta, strict=True):
                values[:4] = self._rules.box_delta(middle, anchor[:4], 0.01)

    def _learn_objects(self, p: Array, boxes: Array, truths: Array, delta: Array) -> None:
        side = self._side
        cells = _truths.cells_of(self, truths, side, side)
        for truth, (column, row, place) in zip(truths, cells.tolist(), strict=True):
            i, j = divmod(place, side)
            size = truth[3:]
            shapes = boxes[2:, :, i, j].T
            if self._param.bias_match:
                shapes = self._sizes / size.dtype.type(side)
            best = best_shape(shapes, size, self._rules.overlap)
            k = max(best, 0)
            target = np.concatenate(
                [truth[1:3] * side - [column, row], np.log(size * side / self._sizes[k])]
            ).astype(p.dtype)
            shared = self._rules.overlap(boxes[:, k, i, j], truth[1:])
            values, changes = p[k, :, i, j], delta[k, :, i, j]
            scale = self._rules.coord_scale(self._param, size)
            changes[:4] = self._rules.box_delta(target, values[:4], scale)
            o = values[4]
            changes[4] = self._rules.object_delta(self._param, o, shared)
            self._learn_class(values[5:], self._mapped(int(truth[0])), changes[5:])

    def _learn_from_label(self, p: Array, near: Array, delta: Array) -> bool:
        """Whether the image has a class but no box; then the most probable anchor learns it."""
        hidden = (near[:, 1] > _IMAGE_LABEL) & (near[:, 2] > _IMAGE_LABEL)
        if self._tree is None or not hidden.any():
            return False
        label = self._checked(int(near[hidden.argmax(), 0]))
        o = p[:, 4]
        delta[:, 4] = self._param.noobject_scale * o * o * (1 - o)
        probable = o * p[:, [5 + c for c in self._tree.line(label)]].prod(axis=1)
        probable = np.moveaxis(np.where(np.isnan(probable), -1, probable), 0, 2)
        # in Caffe's order: the first of equals
        row, column, k = np.unravel_index(np.argmax(probable), probable.shape)
        here = (k, slice(None), row, column)
        self._learn_class(p[here][5:], label, delta[here][5:])
        found = float(p[here][4])
        missing = min(found - 0.3, 0) * found * (1 - found)
        delta[here][4] = self._param.object_scale * missing
        return True

    def _learn_class(self, p: Array, label: int, delta: Array) -> None:
        scale = self._param.class_scale
        if self._tree is None:
            delta[:] = scale * p
            if 0 <= label < len(p):
                delta[label] -= scale
            return
        for ancestor in self._tree.line(self._checked(label)):
            siblings = self._tree.siblings(ancestor)
            delta[siblings] = scale * p[siblings]
            delta[ancestor] -= scale

    def _mapped(self, label: int) -> int:
        if not self._class_map or not self._rules.maps_classes:
            return label
        if not 0 <= label < len(self._class_map):
            raise self.error(
                "class_map has no line for a label",
                expected=f"labels from 0 to {len(self._class_map) - 1}",
                got=label,
            )
        return self._class_map[label]

    def _checked(self, label: int) -> int:
        if not 0 <= label < self._param.num_class:
            raise self.error(
                "a label in bottom[1] is no class of softmax_tree",
                expected=f"0 to {self._param.num_class - 1}",
                got=label,
            )
        return label
