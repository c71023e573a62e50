"""AnchorTargetLayer of RRPN: what the RPN is to learn of each turned anchor.

Caffe: rotation/anchor_target_layer.py of RRPN (mjq11302010044/RRPN).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.python_layers._checks import check_count, image_info, one_image, rows_of
from blobnet.python_layers._param_str import number, numbers, settings_of
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.python_layers.rotation._turned import (
    all_overlaps,
    angles_between,
    turned_anchors,
    turned_at,
    turned_changes_to,
)
from blobnet.python_layers.rpn import anchor_target_layer
from blobnet.types import Array, IntArray

_WHO = "AnchorTargetLayer"


class AnchorTargetLayer(anchor_target_layer.AnchorTargetLayer):
    """Labels of turned anchors (1 object, 0 none, -1 of no account) and how they should change.

    bottom[0]  scores: (1, 2A, H, W)    only its size counts
    bottom[1]  truth: (G, 6)            x, y, height, width, angle in degrees against the clock,
                                        label
    bottom[2]  im_info: (1, 3)          height and width of the image, its scale
    bottom[3]  data: the image          not read
    top[0]     labels: (1, 1, A H, W)
    top[1]     changes: (1, 5A, H, W)   to the box that overlaps most
    top[2]     inside weights: (1, 5A, H, W)   RPN_RBBOX_INSIDE_WEIGHTS at objects, else 0
    top[3]     outside weights: (1, 5A, H, W)

    As in `rpn.anchor_target_layer`, but of two boxes the area that both cover counts by that of
    either, and an anchor that overlaps a box as no other does is an object only where the angle
    between them is R_POSITIVE_ANGLE_FILTER at most. With RPN_CLOBBER_POSITIVES those are none that
    overlap a box by RPN_POSITIVE_OVERLAP at an angle above R_NEGATIVE_ANGLE_FILTER.

    Anchors count whose corners reach beyond the image by IMG_PADDING of its sides at most. The
    fork takes an anchor's height along x for that, and the image's height for its width.

    param_str: feat_stride, scales (8, 16, 32), and the settings of `fast_rcnn/config.py`. There is
    no gradient.
    """

    def __new__(cls, layer_param: Any) -> AnchorTargetLayer:
        return object.__new__(cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 4, top, 4)
        settings = settings_of(self.param_str, _WHO)
        self._settings = changed(cfg.TRAIN, settings, ("feat_stride", "scales"), _WHO)
        self._stride = number(settings, "feat_stride", 16, _WHO)
        self._turned = turned_anchors(numbers(settings, "scales", (8, 16, 32), _WHO))
        self._padding = cfg.IMG_PADDING
        self._size = (0, 0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        one_image(self, bottom[0])
        height, width = bottom[0].shape[2:]
        count = len(self._turned)
        top[0].reshape(1, 1, count * height, width)
        for blob in top[1:]:
            blob.reshape(1, 5 * count, height, width)
        if self._size != (height, width):  # only now: a blob that would be too large is refused
            self._size = (height, width)
            self._anchors = turned_at(self._turned, height, width, self._stride)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        truth = rows_of(self, bottom[1], 6, more=True)[:, :5].astype(np.float64)
        height, width, _ = image_info(self, bottom[2])
        self._write(truth, height, width, top)

    def _changes(self, anchors: Array, boxes: Array) -> Array:
        return turned_changes_to(anchors, boxes)

    def _inside_weights(self) -> tuple[float, ...]:
        return self._settings.RPN_RBBOX_INSIDE_WEIGHTS

    def _inside(self, height: float, width: float) -> IntArray:
        x, y, along, across, angle = self._anchors.T
        cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        reach_x = (along * np.abs(cosine) + across * np.abs(sine)) / 2
        reach_y = (along * np.abs(sine) + across * np.abs(cosine)) / 2
        inside = np.ones(len(x), bool)
        for center, reach, side in ((x, reach_x, height), (y, reach_y, width)):
            padding = self._padding * side
            inside &= (center - reach > -padding) & (center + reach < side + padding)
        return np.flatnonzero(inside)

    def _labels(self, anchors: Array, truth: Array) -> tuple[Array, Array]:
        labels = np.full(len(anchors), -1.0)
        if not len(truth) or not len(anchors):
            labels[:] = 0
            return labels, np.zeros(len(anchors), np.int64)
        settings = self._settings
        common, gaps = all_overlaps(anchors, truth), angles_between(anchors, truth)
        nearest = common.argmax(axis=1)
        rows = np.arange(len(anchors))
        most, gap = common[rows, nearest], gaps[rows, nearest]
        is_none, is_near = (
            most < settings.RPN_NEGATIVE_OVERLAP,
            most >= settings.RPN_POSITIVE_OVERLAP,
        )
        if not settings.RPN_CLOBBER_POSITIVES:
            labels[is_none] = 0
        is_best = (common == common.max(axis=0)) & (gaps <= settings.R_POSITIVE_ANGLE_FILTER)
        labels[is_best.any(axis=1) | is_near] = 1
        if settings.RPN_CLOBBER_POSITIVES:
            labels[is_none | (is_near & (gap > settings.R_NEGATIVE_ANGLE_FILTER))] = 0
        return labels, nearest
