"""FrcnnOutput: the boxes that a detector has found."""

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
from blobnet.layers.detection.cascade._proposals import check_mode
from blobnet.layers.detection.ssd._saved_results import saved_results
from blobnet.ops.detection.shares import nms_by
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_each
from blobnet.types import Array

_BACKGROUND = 0


@register_layer("FrcnnOutput")
class FrcnnOutput(Chooser):
    """Regions of one image, refined: of each class those that do not overlap much.

    bottom[0]  prob: (R, C)        the first class is the background; all bottoms may have further
                                   axes of 1
    bottom[1]  deltas: (R, 4 * C)  x, y, width and height for each class, by `bbox_reg_param`; with
                                   `cls_aware: false` (R, 8), of background and any object
    bottom[2]  regions: (R, 5)     [image, x1, y1, x2, y2]; or (R, 6), with a score. The image is 0
    bottom[3]  size: (1, 2)        height and width of the image
    top[0]     (1 + K, 7, 1, 1)    [image, x1, y1, x2, y2, class, score]; the first row is no box: 0
                                   and six times -1

    A region is a box of every class whose probability is `conf_thr` at least, cut to the image. Of
    each class boxes go through non-maximum suppression by `nms_type` (IOU, IOFU, IOMU; see
    BoxOutput), the `max_det_num` highest scores of all classes are put out, by class and falling
    score; of equal ones the first. `save_output_param` writes text files for VOC, COCO or ILSVRC;
    where its files are not there, as often with a net that somebody else has trained, a warning
    says so. A region that is turned over is taken as it is; Caffe ends there.

    Proto: FrcnnOutputParameter, BBoxRegParameter.
    Caffe: frcnn_output_layer.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "the refined boxes of each class that are left by non-maximum suppression"

    exact_num_bottom_blobs = 4
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.frcnn_output_param
        self._mode = check_mode(self, param.nms_type)
        self._normalization = read_normalization(self)
        self._has_classes = self.layer_param_.bbox_reg_param.cls_aware
        self._saved = saved_results(self, param.save_output_param, _BACKGROUND)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_same_rows(self, bottom[:3])
        classes = bottom[0].count(1)
        columns = 4 * classes if self._has_classes else 8
        check_rows(self, bottom[1], 1, (columns,), "x, y, width and height")
        check_rows(self, bottom[2], 2, (5, 6), "regions")
        if not classes or bottom[3].count() != 2:
            raise self.error(
                "no classes, or no size of one image",
                expected="bottom[0] with C > 0 columns; bottom[3] with height and width",
                got=f"{bottom[0].shape} and {bottom[3].shape}",
            )
        self.give_first_shapes(top, (1, 7, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        prob, regions = rows_of(bottom[0]), rows_of(bottom[2])
        self._check_regions(regions)
        height, width = bottom[3].data.reshape(-1)
        deltas = rows_of(bottom[1]).reshape(len(prob), bottom[1].count(1) // 4, 4)
        boxes = moved(self._normalization.undone(deltas, 2), regions[:, 1:5])
        np.maximum(boxes[..., :2], 0, out=boxes[..., :2])
        np.minimum(boxes[..., 2:], np.array([width, height], self.dtype), out=boxes[..., 2:])
        work = prob.size * PRODUCTS_PER_VALUE
        classes = range(1, prob.shape[1])
        rows = self._best(for_each(lambda c: self._of_class(prob, boxes, c), classes, work))
        top[0].reshape((1 + len(rows), 7, 1, 1))
        found = top[0].data.reshape(-1, 7)
        found[0], found[:, 0], found[1:, 1:] = -1, 0, rows
        if self._saved is not None:
            share = np.array([width, height] * 2, self.dtype)
            self._saved.add(rows[:, 4].astype(np.int64), rows[:, 5], rows[:, :4] / share)

    def _of_class(self, prob: Array, boxes: Array, c: int) -> Array:
        """Rows of a box, its class and its score, by falling score."""
        param = self.layer_param_.frcnn_output_param
        good = np.flatnonzero(prob[:, c] >= np.asarray(param.conf_thr, self.dtype))
        order = good[np.argsort(-prob[good, c], kind="stable")]
        its = boxes[order, c if self._has_classes else 1]
        kept = nms_by(its, param.iou_thr, self._mode, border=1)
        score = prob[order[kept], c]
        return np.column_stack([its[kept], np.full(len(kept), c, self.dtype), score])

    def _best(self, classes: list[Array]) -> Array:
        rows = np.concatenate([np.zeros((0, 6), self.dtype), *classes])
        most = self.layer_param_.frcnn_output_param.max_det_num
        if most and len(rows) > most:
            best = np.argsort(-rows[:, 5], kind="stable")[:most]
            rows = rows[np.sort(best)]  # which is by class and falling score again
        return rows

    def _check_regions(self, regions: Array) -> None:
        wrong = np.flatnonzero(regions[:, 0] != 0)
        if wrong.size:
            raise self.error(
                "a region is none of the one image",
                expected="0 in the first column of bottom[2]",
                got=f"{regions[wrong[0], 0]:g} in row {wrong[0]}",
            )
