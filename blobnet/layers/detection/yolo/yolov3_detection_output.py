"""Yolov3DetectionOutput: the detections of YOLO's third version."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.yolo._detections import Detections, by_cell, joined, keep_rows
from blobnet.layers.detection.yolo._maps import anchor_sizes, map_shape, sigmoid
from blobnet.types import Array


@register_layer("Yolov3DetectionOutput")
class Yolov3DetectionOutput(Layer):
    """Boxes, classes and scores out of maps of several resolutions.

    bottom[i]  x: (N, num_box * (5 + num_classes), H, W)  for each anchor x, y, width, height,
                  objectness and classes; `mask_group_num` maps
    top[0]     (1, 1, K, 7)  rows [0, class + 1, score, x1, y1, x2, y2], the best first; N rows
               [image, -1, ...] if there is nothing

    The anchors of bottom[k] are the `biases` that `mask` names from k * (masks / mask_group_num)
    on, in pixels of an image of W * `anchors_scale[k]` by H * `anchors_scale[k]`. In cell i, j the
    box is ((i + sigmoid(x0)) / W, (j + sigmoid(x1)) / H, exp(x2) * bias_w / image_w, exp(x3) *
    bias_h / image_h). Each class whose score, sigmoid(class) * objectness, is above
    `confidence_threshold` has a row of its own. A box is left out where a better one that is not
    overlaps it by `nms_threshold` or more: whatever their classes, and their images, which is why
    the layer is used with one.

    With `gaussian_box` an anchor has x, its deviation, y, its deviation, width, its deviation,
    height, its deviation, objectness, classes: (9 + num_classes); and the objectness
    sigmoid(x8) * (1 - the mean of the four sigmoids of deviations). Caffe's CPU code takes
    classes one channel too early there and never fills in the objectness, and its GPU code
    subtracts the deviation of x twice: both are taken for slips.

    Proto: Yolov3DetectionOutputParameter.  Caffe: yolov3_detection_output_layer.cpp of
    MobileNet-YOLO (eric612/MobileNet-YOLO).
    """

    formula = "The boxes of outputs that are sure enough, and that no better one overlaps."
    gradient_formula = "none."

    min_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    finds_boxes = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self._param = self.layer_param_.yolov3_detection_output_param
        if not param.HasField("num_classes"):
            raise self.error("Must specify num_classes")
        if not param.num_box or not param.num_classes:
            raise self.error("num_box and num_classes must be at least 1")
        count = len(bottom)
        if count != param.mask_group_num:
            raise self.error(
                "a bottom for each group of masks", expected=f"mask_group_num: {count}"
            )
        if len(param.anchors_scale) < count or 0 in param.anchors_scale:
            raise self.error(
                "anchors_scale: by how much each map is smaller than the image",
                expected=f"{count} positive numbers",
                got=list(param.anchors_scale),
            )
        self._sizes = [self._sizes_of(k, count) for k in range(count)]
        self._first = (0, 2, 4, 6, 8) if param.gaussian_box else (0, 1, 2, 3, 4)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num, values = self._param.num_box, self._first[4] + 1 + self._param.num_classes
        self._shapes = [map_shape(self, x.shape, num, values, k) for k, x in enumerate(bottom)]
        keep_rows(top[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        maps = [x.data.reshape(shape) for x, shape in zip(bottom, self._shapes, strict=True)]
        found = joined([self._found_in(x, k) for k, x in enumerate(maps)])
        kept = found.by_score().suppressed(self._param.nms_threshold)
        kept.write(top[0], bottom[0].shape[0])

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    # --- helpers ------------------------------------------------------------------------------

    def _sizes_of(self, k: int, count: int) -> Array:
        """Width and height of the anchors of map k, by the cells of that map."""
        param = self._param
        anchors = anchor_sizes(self, param.biases, 0)
        first = k * (len(param.mask) // count)
        chosen = list(param.mask[first : first + param.num_box])
        if len(chosen) < param.num_box or max(chosen, default=0) >= len(anchors):
            raise self.error(
                "mask names the anchors of each map",
                expected=f"{count * param.num_box} numbers below {len(anchors)}",
                got=list(param.mask),
            )
        sizes: Array = anchors[chosen] / self.dtype.type(param.anchors_scale[k])
        return sizes

    def _found_in(self, maps: Array, k: int) -> Detections:
        """All classes of all anchors that are sure enough, in the order of cells and anchors."""
        height, width = maps.shape[-2:]
        x, y, w, h, o = self._first
        objectness = by_cell(self._objectness(maps))
        sure = np.flatnonzero(objectness > self._param.confidence_threshold)
        shape = (len(maps), height, width, maps.shape[1])
        n, row, column, anchor = np.unravel_index(sure, shape)
        values = maps[n, anchor, :, row, column]  # (sure, values)
        scores = sigmoid(values[:, o + 1 :]) * objectness[sure, None]
        which, label = np.nonzero(scores > self._param.confidence_threshold)
        boxes = np.empty((4, len(sure)), maps.dtype)
        boxes[0] = (column.astype(maps.dtype) + sigmoid(values[:, x])) / width
        boxes[1] = (row.astype(maps.dtype) + sigmoid(values[:, y])) / height
        sizes = self._sizes[k][anchor]
        boxes[2] = np.exp(values[:, w]) * sizes[:, 0] / width
        boxes[3] = np.exp(values[:, h]) * sizes[:, 1] / height
        return Detections(boxes[:, which], label, scores[which, label])

    def _objectness(self, maps: Array) -> Array:
        objectness = sigmoid(maps[:, :, self._first[4]])
        if self._param.gaussian_box:
            objectness *= 1 - sigmoid(maps[:, :, 1:8:2]).mean(axis=2)
        return objectness
