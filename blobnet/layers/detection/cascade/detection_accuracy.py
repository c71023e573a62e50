"""DetectionAccuracy: how well a map of MS-CNN tells objects."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._anchor_accuracy import AnchorAccuracy
from blobnet.layers.detection.cascade._anchor_labels import (
    check_classes,
    check_maps,
    read_labels,
)
from blobnet.layers.detection.cascade._box_codes import read_anchors, read_bounds
from blobnet.layers.detection.cascade._chooser import Chooser


@register_layer("DetectionAccuracy")
class DetectionAccuracy(Chooser):
    """The share of anchors whose class is right, and how well boxes fit.

    bottom[0]  x: (N, C + 4, H, W)    scores of `cls_num` = C classes, then x, y, width and height
                                      by `bbox_reg_param`
    bottom[1]  labels: (N, 6, H, W)   of ImageGtData: label, x, y, width, height, overlap
    top[0]     accuracy: (1, 1, 1, 2)  of all anchors, of objects
    top[1]     overlap: (1, 1, 1, 1)   the mean one of boxes with their objects; optional

    A class is right that is among the `top_k` best; of equal scores the last class is better. With
    `objectness` all objects are class 1. Background that overlaps with an object by `bg_threshold`
    does not count, nor does an `ignore_label` of loss_param. Boxes are bounded as in BoxOutput. A
    number that nothing counts for is -1.

    Proto: DetectionAccuracyParameter, BBoxRegParameter, LossParameter.
    Caffe: detection_accuracy_layer.cpp of MS-CNN (zhaoweicai/mscnn).
    """

    formula = "the share of right classes, that of objects, and the mean overlap of boxes"

    exact_num_bottom_blobs = 2
    min_top_blobs = 1
    max_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.detection_accuracy_param
        check_classes(self, param.cls_num, param.objectness)
        if param.coord_num != 4:
            raise self.error("a box has 4 coordinates", got=f"coord_num {param.coord_num}")
        if not 0 < param.top_k <= param.cls_num:
            raise self.error("top_k is a number of classes", got=param.top_k)
        anchors = read_anchors(
            self, [param.field_w], [param.field_h], param.downsample_rate, "downsample_rate"
        )
        self._accuracy = AnchorAccuracy(
            self,
            anchors,
            read_bounds(self, param.field_xyr, param.field_whr),
            top_k=param.top_k,
            last_is_best=True,
            bg_threshold=param.bg_threshold,
        )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.detection_accuracy_param
        check_maps(self, bottom[0], bottom[1], 1, param.cls_num + 4)
        for blob, count in zip(top, (2, 1), strict=False):
            blob.reshape((1, 1, 1, count))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param, x = self.layer_param_.detection_accuracy_param, bottom[0].data
        labels = read_labels(self, bottom[1].data, param.cls_num, param.objectness)
        found = self._accuracy.of(x[:, :-4], x[:, -4:], labels)
        top[0].data[...] = found[:2]
        if len(top) > 1:
            top[1].data[...] = found.overlap
