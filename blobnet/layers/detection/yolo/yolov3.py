"""Yolov3: the loss of YOLO's third version."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.yolo._boxes import Overlap, ciou, diou, giou, iou
from blobnet.layers.detection.yolo._overlap_slopes import overlap_slopes
from blobnet.layers.detection.yolo._v3_loss import V3Loss
from blobnet.proto import Yolov3Parameter
from blobnet.types import Array

_OVERLAPS: dict[int, Overlap] = {
    Yolov3Parameter.IOU: iou,
    Yolov3Parameter.MSE: iou,
    Yolov3Parameter.GIOU: giou,
    Yolov3Parameter.DIOU: diou,
    Yolov3Parameter.CIOU: ciou,
}


@register_layer("Yolov3")
class Yolov3(V3Loss):
    """How far boxes, objectness and classes of one of several maps are from the truth.

    bottom[0]  x: (N, num * (5 + num_class), H, W)  for each anchor x, y, width, height,
                  objectness and classes
    bottom[1]  labels: (N, 1500)  300 rows [class, x, y, width, height] for each image
    top[0]     loss: ()

    y is x through a sigmoid, but for width and height. The anchors are the `biases` that `mask`
    names, in pixels of an image of W * `anchors_scale` by H * `anchors_scale`; boxes are as in
    Yolov3DetectionOutput. Overlaps are those of `iou_loss`; IOU and MSE have IoU.
    - An anchor without object: the delta of y4 is y4; or 0 where its box overlaps a true one by
      more than `thresh`.
    - A true box belongs to the cell of its centre. There it is learned by the anchor of the most
      similar shape of all `biases`, if that is of this map, and by those of this map whose shape
      overlaps its by more than `iou_thresh`. The best one may learn twice, as in Caffe.
    - Its box: with MSE, coord_scale * (2 - w * h) * (y - target); else minus the slopes of the
      overlap, as darknet has them, times iou_normalizer, from -max_delta to max_delta, added up
      if several boxes are learned there (`accumulate`), or the last alone.
    - Its objectness: y4 - 1, times object_scale with `use_logic_gradient`.
    - Its classes: class_scale * (y - target) with targets of 1 - e / 2 and e / 2, e =
      label_smooth_eps; where one box has been learned before, of the new class alone. With
      `use_focal_loss` weighted by that loss of the true class, and not smoothed.

    loss = sum(delta^2) / N; unless it is MSE, without those of boxes, but with
    iou_normalizer * the mean of 1 - overlap, for IOU that of DIOU. With `use_logic_gradient`
    backward multiplies by y (1 - y), but for width and height; unless it is MSE, by x (1 - x)
    for the places of boxes, which is what Caffe does. `noobject_scale` and `side` do nothing.

    Proto: Yolov3Parameter.  Caffe: yolov3_layer.cpp of MobileNet-YOLO (eric612/MobileNet-YOLO).
    """

    formula = "The sum of delta^2 by N; delta says how far each output is from the true boxes."

    places = (0, 1, 2, 3)
    objectness = 4

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        kind = self._kind = self._param.iou_loss
        self.overlap = _OVERLAPS[kind]
        self.counts_boxes = kind == Yolov3Parameter.MSE
        self._told = diou if kind == Yolov3Parameter.IOU else self.overlap

    def learn_box(self, values: Array, box: Array, target: Array, delta: Array) -> float:
        truth, wanted = target[:4], target[4:]
        shared = float(self._told(box, truth))
        if self._kind == Yolov3Parameter.MSE:
            scale = self._param.coord_scale * (2 - truth[2] * truth[3])
            delta[:4] = scale * (values[:4] - wanted)
            return shared
        box = box.copy()
        box[2:][box[2:] == 0] = 1
        slopes = overlap_slopes(box, truth, self._kind)
        slopes[2:] *= np.exp(values[2:4])
        self.put(delta, [0, 1, 2, 3], slopes)
        return shared

    def learn_class(self, p: Array, label: int, delta: Array) -> None:
        scale, smoothed = self._param.class_scale, self._param.label_smooth_eps
        if delta[label]:
            delta[label] = scale * (p[label] - 1 + smoothed / 2)
        elif self._param.use_focal_loss:
            self.learn_class_in_focus(p, label, delta)
        else:
            delta[:] = scale * (p - smoothed / 2)
            delta[label] -= scale * (1 - smoothed)
