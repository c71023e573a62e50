"""OHEMDataLayer: of all regions those that a detector is worst at.

Shrivastava et al., CVPR 2016.  Caffe: roi_data_layer of abhi2610/ohem.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.detection.boxes import nms
from blobnet.python_layers._checks import check_count, rows_of, without_gradient, wrong
from blobnet.python_layers._param_str import settings_of, whole
from blobnet.python_layers._sampling import check_classes
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.types import Array, IntArray

_WHO = "OHEMDataLayer"
_LEAST = float(np.finfo(float).eps)  # of a probability


class OHEMDataLayer(PythonLayer):
    """The BATCH_SIZE regions of the largest loss, that of class and box.

    bottom[0]  probabilities: (R, K)     of a detector that learns nothing
    bottom[1]  changes: (R, 4K)
    bottom[2]  regions: (R, 5)           number of the image, x1, y1, x2, y2
    bottom[3]  labels: (R,)
    bottom[4], [5], [6]  changes to be learned, inside and outside weights: (R, 4K)
    top[0]     regions: (H, 5, 1, 1)     by falling loss
    top[1]     labels: (H, 1, 1, 1)
    top[2], [3], [4]  as bottom[4] to [6], of these regions: (H, 4K, 1, 1)

    With 4 bottoms and 2 tops boxes do not count. The loss is -log p of the label, and for objects
    that of SmoothL1Loss with a sigma of 1. With OHEM_USE_NMS, of regions of one image and label
    those are left out that overlap one of a larger loss by more than OHEM_NMS_THRESH. Of equal
    losses the last counts first.

    param_str: num_classes (K), and the settings of `fast_rcnn/config.py`. There is no gradient.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, (4, 7), top, 2 if len(bottom) == 4 else 5)
        settings = settings_of(self.param_str, _WHO)
        self._classes = whole(settings, "num_classes", _WHO, least=2, default=0)
        check_classes(self._classes, _WHO)
        self._settings = changed(cfg.TRAIN, settings, ("num_classes",), _WHO)
        if self._settings.BATCH_SIZE < 1:
            raise wrong(self, "BATCH_SIZE", expected="1 or more", got=self._settings.BATCH_SIZE)
        self._reshape(top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: how many regions there are, only forward tells."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        columns = (self._classes, 4 * self._classes, 5, 1, *[4 * self._classes] * 3)
        rows = [self._rows(blob, count) for blob, count in zip(bottom, columns, strict=False)]
        if len({len(values) for values in rows}) > 1:
            got = [len(values) for values in rows]
            raise wrong(self, "bottoms of one length", expected="a row for each region", got=got)
        losses = self._losses(rows)
        chosen = self._diverse(losses, rows[2], rows[3][:, 0])
        order = np.argsort(losses[chosen], kind="stable")[::-1][: self._settings.BATCH_SIZE]
        hard = chosen[order]
        self._reshape(top, len(hard))
        for blob, values in zip(top, rows[2:], strict=True):
            blob.data[:, :, 0, 0] = values[hard]

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _rows(self, blob: Blob, columns: int) -> Array:
        if columns == 1 and len(blob.shape) == 1:
            labels: Array = blob.data[:, None]
            return labels
        return rows_of(self, blob, columns)

    def _reshape(self, top: Blobs, count: int) -> None:
        for blob, channels in zip(top, (5, 1, *[4 * self._classes] * 3), strict=False):
            blob.reshape(count, channels, 1, 1)

    def _losses(self, rows: list[Array]) -> Array:
        labels = rows[3][:, 0].astype(np.int64)
        if len(labels) and not 0 <= labels.min() <= labels.max() < self._classes:
            expected = f"labels from 0 to {self._classes - 1}, since num_classes says so"
            raise wrong(self, "a label of no class", expected=expected, got=labels.max())
        likely = rows[0][np.arange(len(labels)), labels].astype(np.float64)
        losses = -np.log(np.maximum(likely, _LEAST))
        if len(rows) > 4:
            changes, targets, inside, outside = rows[1], *rows[4:]
            apart = np.abs(inside * (changes - targets))
            of_boxes = np.where(apart < 1, 0.5 * apart * apart, apart - 0.5)
            sums = np.where(inside != 0, outside * of_boxes, 0).sum(axis=1)
            losses += np.where(labels > 0, sums, 0)
        return losses

    def _diverse(self, losses: Array, regions: Array, labels: Array) -> IntArray:
        """Which regions may be chosen."""
        if not self._settings.OHEM_USE_NMS:
            return np.arange(len(losses))
        threshold = float(np.float32(self._settings.OHEM_NMS_THRESH))
        found = [np.zeros(0, np.int64)]
        for image in np.unique(regions[:, 0]):
            for label in np.unique(labels):
                its = np.flatnonzero((regions[:, 0] == image) & (labels == label))
                its = its[np.argsort(losses[its], kind="stable")[::-1]]
                found.append(its[nms(regions[its, 1:], threshold, border=1)])
        return np.concatenate(found)
