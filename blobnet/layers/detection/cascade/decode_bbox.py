"""DecodeBBox: regions as a net has refined them."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._box_codes import moved, read_normalization
from blobnet.layers.detection.cascade._chooser import (
    Chooser,
    check_rows,
    check_same_rows,
    rows_of,
)
from blobnet.proto import TRAIN

_DELTAS = 8
"""Of the background and of any object; the former are not read."""


@register_layer("DecodeBBox")
class DecodeBBox(Chooser):
    """The regions of the next stage of a cascade.

    bottom[0]  deltas: (R, 8)     the last four: x, y, width, height, by `bbox_reg_param`
    bottom[1]  regions: (R, 5)    [image, x1, y1, x2, y2]; all bottoms may have further axes of 1
    bottom[2]  matches: (R, M)    of ProposalTarget: the last number is the overlap with an object;
                                  optional, and for training alone
    top[0]     boxes: (K, 5, 1, 1)

    In training K is less than R where a box has a second corner before its first, or where the
    overlap is `gt_iou_thr` at least: those are objects themselves. None left is an error.

    Proto: DecodeBBoxParameter, BBoxRegParameter.
    Caffe: decode_bbox_layer.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "boxes = the regions, moved and stretched by the deltas"

    min_bottom_blobs = 2
    max_bottom_blobs = 3
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._normalization = read_normalization(self)
        if len(bottom) == 3 and self.phase != TRAIN:
            raise self.error(
                "bottom[2], the matches, is for training",
                expected="2 bottoms in phase TEST",
                got="3",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_same_rows(self, bottom)
        check_rows(self, bottom[0], 0, (_DELTAS,), "x, y, width, height of background and object")
        check_rows(self, bottom[1], 1, (5,), "regions")
        if len(bottom) == 3 and not bottom[2].count(1):
            raise self.error("the matches are empty", got=f"bottom[2] of shape {bottom[2].shape}")
        self.give_first_shapes(top, (bottom[1].shape[0], 5, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        regions = rows_of(bottom[1])
        deltas = self._normalization.undone(rows_of(bottom[0])[:, None, 4:], 2)
        boxes = moved(deltas, regions[:, 1:])[:, 0]
        kept = np.arange(len(boxes))
        if self.phase == TRAIN:
            is_turned = (boxes[:, :2] > boxes[:, 2:]).any(axis=1)
            if len(bottom) == 3:
                param = self.layer_param_.decode_bbox_param
                is_turned |= rows_of(bottom[2])[:, -1] >= np.asarray(param.gt_iou_thr, self.dtype)
            kept = np.flatnonzero(~is_turned)
        if len(boxes) and not len(kept):
            raise self.error(
                "no region is left for the next stage",
                expected="one that is no object itself, and has its second corner behind its first",
                got=f"{len(boxes)} others",
            )
        top[0].reshape((len(kept), 5, 1, 1))
        found = rows_of(top[0])
        found[:, 0] = regions[kept, 0]
        found[:, 1:] = boxes[kept]
