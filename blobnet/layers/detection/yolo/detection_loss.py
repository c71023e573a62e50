"""DetectionLoss: the loss of YOLO's first version, or of one of MS-CNN's maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._mscnn_loss import MSCNNLoss
from blobnet.layers.detection.yolo._boxes import iou
from blobnet.layers.detection.yolo._delta_loss import DeltaLoss
from blobnet.layers.detection.yolo._planes import Planes, check_planes
from blobnet.types import Array, IntArray


@register_layer("DetectionLoss")
class DetectionLoss(DeltaLoss):
    """How far classes, objectness and boxes of a grid are from the truth.

    bottom[0]  x: (N, L * (num_class + 5 * num_object))  L = side * side cells; all cells' values
                  of a class, all of the next; of the boxes' objectness; of x, y, width, height
                  of each box
    bottom[1]  labels: (N, L * 7)  of BoxData: all cells' difficult, object, class; then x, y,
                  width, height cell by cell
    top[0]     loss: ()

    Each of a cell's `num_object` boxes has delta noobject_scale * o, o its objectness. In a cell
    with an object, classes have class_scale * (p - target), and one box is responsible: that of
    the largest IoU, or if none overlaps, of the smallest distance of its numbers, if that is
    below 20, else the first. It has object_scale * (o - IoU), and coord_scale * (box - truth).
    With `sqrt` outputs are square roots of width and height, with `constriant` x and y are those
    in the cell, in cells.

    loss = the squares by their scales, of class, box and objectness (o - 1, not o - IoU) by the
    number of objects, of other boxes' o by the number of these. Where there are none, that part
    is 0 here; in Caffe the loss is no number then.

    With `cls_num` it is MS-CNN's instead: bottom[0] is (N, C + 4, H, W), scores of cls_num = C
    classes and x, y, width and height by `bbox_reg_param`; bottom[1] is (N, 6, H, W) of
    ImageGtData; top[0] is (1, 1, 1, 2), classes + lambda * boxes, and lambda * boxes alone, which
    has no gradient though it counts in the loss of the net. All objects are learned, and of
    background `bg_multiple` times as much: drawn, or with `sample_mode` bootstrap what has the
    highest scores for each class; mixture: half of each; any other word: all. Losses are means, see
    cascade/_anchor_loss.py. `iou_weighted` weights the classes of objects by their overlap,
    `pos_neg_weighted` gives objects a share of 1 / (1 + bg_multiple).

    Proto: DetectionLossParameter, BBoxRegParameter, LossParameter.
    Caffe: detection_loss_layer.cpp of YOLO (yeahkun/caffe-yolo) and of MS-CNN (zhaoweicai/mscnn).
    """

    formula = "Squared distances of classes, boxes and objectness, each averaged."
    gradient_formula = "dx = delta * dloss / N: not the slope of the loss that is printed."

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self._param = self.layer_param_.detection_loss_param
        self._mscnn = MSCNNLoss(self, bottom, top) if param.HasField("cls_num") else None
        if self._mscnn is not None:
            return
        super().setup(bottom, top)
        self._planes = Planes(self, param.side, param.num_class, param.num_object)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._mscnn is not None:
            self._mscnn.reshape(bottom, top)
            return
        super().reshape(bottom, top)
        check_planes(self, self._planes, bottom)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._mscnn is not None:
            self._mscnn.forward(bottom, top)
            return
        planes, param = self._planes, self._param
        classes, objectness, boxes = planes.outputs(bottom[0].data)
        class_delta, object_delta, box_delta = planes.outputs(self._delta.data)
        labels = planes.labels(self, bottom[1].data)
        self._delta.data.fill(0)
        n, cell = np.nonzero(labels.has_object)
        wanted = np.zeros((len(n), param.num_class), classes.dtype)
        wanted[np.arange(len(n)), labels.classes[n, cell]] = 1
        truth = labels.boxes[n, cell]  # (K, 4)
        best, shared = self._responsible(boxes[n, :, :, cell], truth, cell)

        distance = classes[n, :, cell] - wanted
        class_delta[n, :, cell] = param.class_scale * distance
        o = objectness[n, best, cell]
        np.multiply(objectness, param.noobject_scale, out=object_delta)
        object_delta[n, best, cell] = param.object_scale * (o - shared)
        apart = boxes[n, best, :, cell] - self._as_output(truth, cell)
        box_delta[n, best, :, cell] = param.coord_scale * apart

        others = objectness.size - len(n)
        loss = param.noobject_scale * (np.vdot(objectness, objectness) - o @ o) / max(others, 1)
        found = param.class_scale * np.vdot(distance, distance)
        found += param.object_scale * ((o - 1) @ (o - 1)) + param.coord_scale * np.vdot(
            apart, apart
        )
        top[0].data[...] = loss + found / max(len(n), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self._mscnn is not None:
            self._mscnn.backward(top, propagate_down, bottom)
            return
        super().backward_cpu(top, propagate_down, bottom)

    # --- helpers ------------------------------------------------------------------------------

    def _responsible(self, boxes: Array, truth: Array, cell: IntArray) -> tuple[IntArray, Array]:
        """Of (K, num_object, 4) outputs the box that learns each of (K, 4), and its IoU."""
        found = np.moveaxis(boxes, 2, 0).copy()
        if self._param.constriant:
            column, row = self._planes.places(cell, found.dtype)
            found[0] = (found[0] + column[:, None]) / self._param.side
            found[1] = (found[1] + row[:, None]) / self._param.side
        if self._param.sqrt:
            found[2:] **= 2
        true = truth.T[:, :, None]
        shared = iou(found, true)
        shared = np.where(shared > 0, shared, 0)
        distance = np.sqrt(((found - true) ** 2).sum(axis=0))
        distance = np.where(distance < 20, distance, 20)
        best = np.where(shared.any(axis=1), shared.argmax(axis=1), distance.argmin(axis=1))
        return best, shared[np.arange(len(best)), best]

    def _as_output(self, truth: Array, cell: IntArray) -> Array:
        """What the outputs for true boxes (K, 4) should be."""
        wanted: Array = truth.copy()
        if self._param.constriant:
            column, row = self._planes.places(cell, truth.dtype)
            wanted[:, 0] = truth[:, 0] * self._param.side - column
            wanted[:, 1] = truth[:, 1] * self._param.side - row
        if self._param.sqrt:
            wanted[:, 2:] = np.sqrt(truth[:, 2:])
        return wanted
