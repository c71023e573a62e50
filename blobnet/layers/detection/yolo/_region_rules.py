"""What the forks' RegionLoss differ in. The shape of the labels tells which is meant."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.detection.yolo._boxes import Overlap, iou, iou_in_image
from blobnet.layers.detection.yolo._truths import are_of_ssd
from blobnet.proto import RegionLossParameter
from blobnet.types import Array, Shape


@dataclass(frozen=True)
class Rules:
    """How one fork computes.

    is_listed         labels are rows of 5 for each image, not SSD's
    draws_to_anchors  at first boxes are drawn to their anchors
    is_smooth         distances of boxes above 1 count as 1
    is_focal          an object that is nearly found counts less
    scores_by_iou     with `rescore` objectness is to be the IoU; without it small boxes count more
    maps_classes      `class_map` is used
    is_mean           the loss is divided by the batch size
    takes_any_side    the side is that of the map, not `side`
    overlap           how much two boxes share
    """

    is_listed: bool = True
    draws_to_anchors: bool = False
    is_smooth: bool = False
    is_focal: bool = False
    scores_by_iou: bool = False
    maps_classes: bool = True
    is_mean: bool = False
    takes_any_side: bool = False
    overlap: Overlap = iou

    def side(self, param: RegionLossParameter, shape: Shape) -> int:
        """How many rows and columns the map has to have."""
        return shape[3] if self.takes_any_side else param.side

    def box_delta(self, target: Array, value: Array, scale: float) -> Array:
        """delta of (4, ...) values, of which the first two are sigmoids."""
        distance = target - value
        if self.is_smooth:
            distance = np.clip(distance, -1, 1)
        delta: Array = -scale * distance
        delta[:2] *= value[:2] * (1 - value[:2])
        return delta

    def coord_scale(self, param: RegionLossParameter, size: Array) -> float:
        """What a box of this size counts."""
        if self.scores_by_iou and not param.rescore:
            return float(param.coord_scale * (2 - size[0] * size[1]))
        return param.coord_scale

    def object_delta(self, param: RegionLossParameter, o: Array, shared: Array) -> Array:
        """delta of the objectness o where there is an object, and the box has this IoU with it."""
        wanted = shared if self.scores_by_iou and param.rescore else 1
        delta: Array = -param.object_scale * (wanted - o) * o * (1 - o)
        return delta * 2 * (1 - o) ** 2 if self.is_focal else delta


YOLO_V2 = Rules(draws_to_anchors=True, overlap=iou_in_image)
YOLO9000 = Rules(is_listed=False, is_smooth=True, is_focal=True)
MOBILENET_YOLO = Rules(scores_by_iou=True, maps_classes=False, is_mean=True, takes_any_side=True)

_BY_COUNT = {30 * 5: YOLO_V2, 300 * 5: MOBILENET_YOLO}


def rules_of(layer: Layer, labels: Shape, num: int) -> Rules:
    """Which fork has labels of this shape for `num` images. Raises LayerError for any other."""
    if are_of_ssd(labels):
        return YOLO9000
    count = math.prod(labels[1:])
    if not labels or labels[0] != num or count not in _BY_COUNT:
        raise layer.error(
            "bottom[1] are no labels of any YOLO",
            expected=f"({num}, 150) of YOLO v2, ({num}, 1500) of MobileNet-YOLO, or "
            "(1, 1, boxes, 8) of YOLO9000",
            got=f"shape {labels}",
            fix="BoxData lists boxes where its data_param has no `side`, or 13"
            if count % 7 == 0 and count
            else None,
        )
    return _BY_COUNT[count]
