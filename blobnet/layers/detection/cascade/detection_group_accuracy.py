"""DetectionGroupAccuracy: how well a proposal network of Cascade R-CNN tells objects."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._anchor_accuracy import AnchorAccuracy
from blobnet.layers.detection.cascade._anchor_labels import (
    check_classes,
    read_labels,
)
from blobnet.layers.detection.cascade._box_codes import read_anchors, read_bounds
from blobnet.layers.detection.cascade._chooser import Chooser
from blobnet.layers.detection.cascade._group_maps import check_group_maps


@register_layer("DetectionGroupAccuracy")
class DetectionGroupAccuracy(Chooser):
    """The share of anchors whose class is right, and how well boxes fit.

    bottom[0]  scores: (N * G, C, H, W)  of `cls_num` = C classes; an image's maps, one for each of
                                         G anchors, follow one another
    bottom[1]  deltas: (N * G, 4, H, W)  x, y, width and height by `bbox_reg_param`
    bottom[2]  labels: (N * G, 6, H, W)  of DetectionData: label, x, y, width, height, overlap
    top[0]     accuracy: (1, 1, 1, 2)  of all anchors, of objects
    top[1]     overlap: (1, 1, 1, 1)   the mean one of boxes with their objects; optional

    A class is right that has the highest score, of equal ones the first. With `objectness` all
    objects are class 1. Background that overlaps with an object by `bg_threshold` does not count,
    nor does an `ignore_label` of loss_param. Boxes are bounded as in BoxGroupOutput. A number that
    nothing counts for is -1.

    Proto: DetectionGroupAccuracyParameter, BBoxRegParameter, LossParameter.
    Caffe: detection_group_accuracy_layer.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "the share of right classes, that of objects, and the mean overlap of boxes"

    exact_num_bottom_blobs = 3
    min_top_blobs = 1
    max_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.detection_group_accuracy_param
        check_classes(self, param.cls_num, param.objectness)
        anchors = read_anchors(
            self, list(param.field_w), list(param.field_h), param.stride, "stride"
        )
        self._accuracy = AnchorAccuracy(
            self,
            anchors,
            read_bounds(self, param.field_xyr, param.field_whr),
            top_k=1,
            last_is_best=False,
            bg_threshold=param.bg_threshold,
        )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.detection_group_accuracy_param
        check_group_maps(self, bottom, param.cls_num, len(param.field_w))
        for blob, count in zip(top, (2, 1), strict=False):
            blob.reshape((1, 1, 1, count))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.detection_group_accuracy_param
        labels = read_labels(self, bottom[2].data, param.cls_num, param.objectness)
        found = self._accuracy.of(bottom[0].data, bottom[1].data, labels)
        top[0].data[...] = found[:2]
        if len(top) > 1:
            top[1].data[...] = found.overlap
