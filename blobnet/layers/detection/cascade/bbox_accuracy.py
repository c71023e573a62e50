"""BboxAccuracy: how well regions fit their objects, before and after a net has refined them."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._box_codes import moved, read_normalization
from blobnet.layers.detection.cascade._chooser import (
    Chooser,
    check_rows,
    check_same_rows,
    numbers_below,
    rows_of,
)
from blobnet.ops.detection.overlap import paired_overlaps

_IS_OBJECT = 0.975
"""A region that overlaps more is an object's own box, and tells nothing."""


@register_layer("BboxAccuracy")
class BboxAccuracy(Chooser):
    """The mean overlap of boxes with the objects that they were matched with.

    bottom[0]  deltas: (R, 4 * C)  x, y, width and height for each class, by `bbox_reg_param`; with
                                   `cls_aware: false` (R, 8), of background and any object
    bottom[1]  regions: (R, 5)     [image, x1, y1, x2, y2]; all bottoms may have further axes of 1
    bottom[2]  matches: (R, 6)     of ProposalTarget: [label, x1, y1, x2, y2, overlap]
    top[0]     after: (1, 1, 1, 1)   of the boxes as the deltas of the label's class make them
    top[1]     before: (1, 1, 1, 1)  of the regions; optional

    Regions with a label above 0 count, but for those whose overlap is above 0.975. Without any both
    numbers are -1.

    Proto: BBoxRegParameter.  Caffe: bbox_accuracy_layer.cpp of Cascade R-CNN
    (zhaoweicai/cascade-rcnn).
    """

    formula = "the mean overlap of refined boxes, and of the regions, with their objects"

    exact_num_bottom_blobs = 3
    min_top_blobs = 1
    max_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._normalization = read_normalization(self)
        self._has_classes = self.layer_param_.bbox_reg_param.cls_aware

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_same_rows(self, bottom)
        deltas = bottom[0].count(1)
        if not deltas or deltas % 4 or not (self._has_classes or deltas == 8):
            raise self.error(
                "the deltas are not those of classes",
                expected="4 numbers for each class; 8 with bbox_reg_param { cls_aware: false }",
                got=f"bottom[0] of shape {bottom[0].shape}",
            )
        check_rows(self, bottom[1], 1, (5,), "regions")
        check_rows(self, bottom[2], 2, (6,), "matches")
        for blob in top:
            blob.reshape((1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        matches = rows_of(bottom[2])
        counted = np.flatnonzero((matches[:, 0] > 0) & ~(matches[:, 5] > _IS_OBJECT))
        matches, regions = matches[counted], rows_of(bottom[1])[counted, 1:]
        deltas = rows_of(bottom[0])[counted].reshape(len(counted), bottom[0].count(1) // 4, 4)
        labels = matches[:, 0] if self._has_classes else np.minimum(matches[:, 0], 1)
        classes = numbers_below(self, labels, deltas.shape[1], "a label in bottom[2]")
        its = self._normalization.undone(deltas[np.arange(len(classes)), classes], 1)
        for blob, boxes in zip(top, (moved(its[:, None], regions)[:, 0], regions), strict=False):
            shared = paired_overlaps(boxes, matches[:, 1:5], border=1)
            blob.data[...] = shared.mean() if len(counted) else -1
