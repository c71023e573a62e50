"""GaussianYolov3: the loss of YOLO's third version where boxes have deviations."""

from __future__ import annotations

import math

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.detection.yolo._boxes import iou
from blobnet.layers.detection.yolo._v3_loss import V3Loss
from blobnet.types import Array


@register_layer("GaussianYolov3")
class GaussianYolov3(V3Loss):
    """Yolov3 with a deviation for each number of a box.

    bottom[0]  x: (N, num * (9 + num_class), H, W)  for each anchor x, its deviation, y, its
                  deviation, width, its deviation, height, its deviation, objectness, classes
    bottom[1]  labels: (N, 1500)  300 rows [class, x, y, width, height] for each image
    top[0]     loss: ()

    As Yolov3 with `iou_loss: IOU`, but for two things. With z = (target - y) / s, s the deviation,
    q = exp(-z^2 / 2) / (sqrt(2 pi) (s + 0.3)) and c = coord_scale * (2 - w * h) / 2 *
    q / (q + 1e-9), the delta of y is -c * z / s and that of s is -c * (z^2 / s - 1 / (s + 0.3)),
    times iou_normalizer, limited and added up as there. And classes are not smoothed; where the
    first class has a delta already, that of the new one becomes y - 1, whatever class_scale.
    The loss has the mean of 1 - IoU. `iou_loss` and `label_smooth_eps` do nothing.

    Proto: Yolov3Parameter.  Caffe: gaussian_yolov3_layer.cpp of MobileNet-YOLO
    (eric612/MobileNet-YOLO).
    """

    formula = "The sum of delta^2 by N; delta says how far each output is from the true boxes."

    places = (0, 2, 4, 6)
    objectness = 8
    counts_boxes = False

    def learn_box(self, values: Array, box: Array, target: Array, delta: Array) -> float:
        truth, wanted = target[:4], target[4:]
        mean, deviation = values[0:8:2], values[1:8:2]
        z = (wanted - mean) / deviation
        wide = deviation + 0.3
        density = np.exp(-z * z / 2) / (math.sqrt(2 * math.pi) * wide)
        scale = self._param.coord_scale * (2 - truth[2] * truth[3])
        weight = scale / 2 * density / (density + 1e-9)
        self.put(delta, [0, 2, 4, 6], weight * z / deviation)
        self.put(delta, [1, 3, 5, 7], weight * (z * z / deviation - 1 / wide))
        return float(iou(box, truth))

    def learn_class(self, p: Array, label: int, delta: Array) -> None:
        if delta[0]:
            delta[label] = p[label] - 1
        elif self._param.use_focal_loss:
            self.learn_class_in_focus(p, label, delta)
        else:
            delta[:] = self._param.class_scale * p
            delta[label] -= self._param.class_scale
