"""Which detections are right; and YOLO v2's DetectionEvaluate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.detection.yolo import _truths
from blobnet.layers.detection.yolo._boxes import iou_in_image
from blobnet.types import Array

Marks = NDArray[np.bool_]


def matched(shared: Array, threshold: float, skipped: Marks | None = None) -> tuple[Marks, Marks]:
    """Which of D detections are right, and which find what is found already.

    shared     (D, G)  how much each has in common with each true box, the best detection first
    threshold  the least that counts
    skipped    (G,)  true boxes that nobody need find: what finds them is neither right nor wrong

    Each looks at the true box that it shares most with, and nothing else.
    """
    if not shared.size:
        nothing = np.zeros(len(shared), bool)
        return nothing, nothing.copy()
    shared = np.where(np.isnan(shared), -1, shared)
    best = shared.argmax(axis=1)
    finds = shared[np.arange(len(best)), best] >= threshold
    if skipped is not None:
        finds &= ~skipped[best]
    which = np.flatnonzero(finds)
    right = np.zeros(len(best), bool)
    right[which[np.unique(best[which], return_index=True)[1]]] = True
    return right, finds & ~right


class OneImageEvaluate:
    """DetectionEvaluate of YOLO v2: what SSD's layer does where the labels are YOLO's.

    bottom[0]  detections: (1, 1, K, 7)  of YOLO v2's DetectionOutput: [image, class, score,
               centre x, y, width, height]
    bottom[1]  labels: (1, 150)  30 rows [class, x, y, width, height] of image 0
    top[0]     (1, 1, C + D, 5)  for each class [-1, class, number of true boxes, -1, -1]; for each
               detection [image, class, score, 1 if right, 1 if wrong], by image and class

    A detection is right where the true box of its class that it shares most with, within the
    image, shares at least `overlap_threshold`, and no better detection has found it. Detections
    of a class are by falling score if the class is there, else in the order of the bottom.

    A layer makes one in `setup` where `is_meant`, and hands its `reshape` and `forward_cpu` on.

    Proto: DetectionEvaluateParameter.  Caffe: detection_evaluate_layer.cpp of YOLO v2
    (gklz1982/caffe-yolov2).
    """

    @staticmethod
    def is_meant(bottom: Blobs) -> bool:
        """Whether bottom[1] are labels of YOLO v2, which SSD's cannot be."""
        shape = bottom[1].shape
        return len(shape) > 1 and not _truths.are_of_ssd(shape) and bottom[1].count(1) == 150

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._param = param = layer.layer_param_.detection_evaluate_param
        if not param.HasField("num_classes"):
            raise layer.error("Must provide num_classes.")
        if not param.overlap_threshold > 0:
            raise layer.error("overlap_threshold must be positive.", got=param.overlap_threshold)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        found, labels = bottom[0].shape, bottom[1].shape
        if len(found) != 4 or found[:2] != (1, 1) or found[3] != 7 or labels[:1] != (1,):
            raise self._layer.error(
                "bottoms are the detections and labels of one image",
                expected="shapes (1, 1, K, 7) and (1, 150)",
                got=f"{found} and {labels}",
            )
        if not self.is_meant(bottom):
            raise self._layer.error("bottom[1] are no labels of YOLO v2", got=f"shape {labels}")
        valid = int((bottom[0].data[0, 0, :, 1] != -1).sum())
        top[0].reshape(1, 1, self._param.num_classes + valid, 5)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        classes = self._param.num_classes
        rows = top[0].data[0, 0]
        truths = _truths.listed(bottom[1].data, 3)[0]
        labels = np.trunc(truths[:, 0])
        rows[:] = 0
        rows[:classes, 1] = np.arange(classes)
        rows[:classes, [0, 3, 4]] = -1
        rows[:classes, 2] = (labels[:, None] == np.arange(classes)).sum(axis=0)
        at = classes
        found = bottom[0].data[0, 0]
        found = found[found[:, 1] != -1]
        for image, label in np.unique(np.trunc(found[:, :2]), axis=0).tolist():
            its = found[(np.trunc(found[:, :2]) == (image, label)).all(axis=1)]
            true = truths[labels == label] if image == 0 else truths[:0]
            if len(true):
                its = its[np.argsort(-its[:, 2], kind="stable")]
            shared = iou_in_image(its[:, 3:].T[:, :, None], true[:, 1:].T[:, None])
            right, _ = matched(shared, self._param.overlap_threshold)
            part = rows[at : at + len(its)]
            part[:, 0], part[:, 1], part[:, 2] = image, label, its[:, 2]
            part[:, 3], part[:, 4] = right, ~right
            at += len(its)
