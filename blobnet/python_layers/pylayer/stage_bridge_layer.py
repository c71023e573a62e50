"""StageBridgeLayer of MNC: the regions of one stage, changed as it says, for the next one.

Dai et al., CVPR 2016.  Caffe: pylayer/stage_bridge_layer.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._boxes import changed_by, clipped
from blobnet.python_layers._checks import (
    check_count,
    image_info,
    rows_of,
    who,
    without_gradient,
    wrong,
)
from blobnet.python_layers.pylayer._targets import (
    Masks,
    Settings,
    box_labels,
    mask_labels,
    nearest_boxes,
)
from blobnet.types import Array, IntArray

_KNOWN = ("feat_stride", "use_clip", "clip_base")


class StageBridgeLayer(PythonLayer):
    """Each region, changed as its likeliest class says and cut at the image's edges.

    bottom[0]  regions: (R, 5)          0, then x1, y1, x2, y2
    bottom[1]  changes: (R, 4K)
    bottom[2]  scores: (R, K)
    bottom[3]  im_info: (1, 3)
    top[0]     regions: (R, 5)          class 0, no object, counts as any other

    In training the objects' boxes are added, those that overlap an object by BBOX_THRESH come
    first, and class 0 does not count:

    bottom[3]  truth: (G, 5)            x1, y1, x2, y2, label
    bottom[4]  gt_masks: (G, h, w)      each fills its box, in pixels of the image as it was
    bottom[5]  im_info: (1, 3)
    bottom[6]  mask_info: (G, 2)        rows and columns that a mask has of (h, w)
    top[0]     regions: (R + G, 5)
    top[1]     labels: (R + G,)
    top[2], [3]     mask targets and weights: (R + G, 1, S, S)
    top[4]          gt_mask_info: (R + G, 12)     see MaskLayer
    top[5], [6], [7]    changes, inside and outside weights: (R + G, 4K)

    Gradients, in training: with x, y, w, h what comes for a region's x1, y1, x2, y2, its own are
    x, y, w (dx + e^dw), h (dy + e^dh), and those of its class's changes x a, y b, w e^dw a,
    h e^dh b, these 0 where it was cut. As in MNC, a is y1, less the image's number, and b is
    x2 - x1. With use_clip the latter are at most 1 / clip_base.

    param_str, in training: num_classes (K), use_clip (0), clip_base (64), feat_stride, which
    nothing depends on; and the settings of `mnc_config.py`.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._is_training = str(self.phase) == "TRAIN"
        count = (7, 8) if self._is_training else (4, 1)
        check_count(self, bottom, count[0], top, count[1])
        known = (*_KNOWN, "num_classes") if self._is_training or self.param_str else _KNOWN
        self._settings = Settings.of(self, known, 64)
        channels, side = 4 * self._settings.classes, self._settings.side
        mask = (1, 1, side, side)
        shapes = (1, 5), (1,), mask, mask, (1, 12), *[(1, channels)] * 3
        for blob, shape in zip(top, shapes, strict=False):
            blob.reshape(*shape)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        regions, changes, scores = (blob.shape[:1] for blob in bottom[:3])
        if not regions == changes == scores or bottom[1].count != 4 * bottom[2].count:
            expected = "regions (R, 5), changes (R, 4K) and scores (R, K)"
            got = f"shapes {bottom[0].shape}, {bottom[1].shape} and {bottom[2].shape}"
            raise wrong(self, "the bottoms do not fit together", expected=expected, got=got)
        if not self._is_training:
            top[0].reshape(regions[0], 5)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        regions = rows_of(self, bottom[0], 5)[:, 1:]
        scores = bottom[2].data.reshape(len(regions), -1)
        first = 1 if self._is_training else 0
        self._kind: IntArray = scores[:, first:].argmax(axis=1) + first
        self._changes = self._of_kind(bottom[1].data)
        changed = changed_by(regions, self._changes)
        if self._is_training:
            self._write(changed, bottom, top)
            return
        height, width, _ = image_info(self, bottom[3])
        top[0].data[:, 0] = 0
        top[0].data[:, 1:] = clipped(changed, height, width)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        if not self._is_training:
            if any(propagate_down):
                raise wrong(self, "backward", expected="the phase TRAIN", got=str(self.phase))
            return
        rows = np.flatnonzero(self._order < len(self._kind))  # the others are boxes
        its = self._order[rows]
        slopes, changes = top[0].diff[rows, 1:], self._changes[its]
        growth = np.exp(changes[:, 2:])
        if propagate_down[0]:
            sides = slopes[:, 2:] * (changes[:, :2] + growth)
            diff = bottom[0].diff.reshape(len(self._kind), 5)
            diff[its, 1:] = np.concatenate([slopes[:, :2], sides], axis=1)
        if propagate_down[1]:
            regions = bottom[0].data.reshape(len(self._kind), 5)[its]
            factors = regions[:, [2, 3]] - regions[:, [0, 1]]
            of_changes = np.concatenate(
                [slopes[:, :2] * factors, slopes[:, 2:] * growth * factors], axis=1
            )
            of_changes[~self._is_whole[its]] = 0
            if self._settings.clip is not None:
                of_changes = of_changes.clip(-self._settings.clip, self._settings.clip)
            by_kind = bottom[1].diff.reshape(len(self._kind), -1, 4)
            by_kind[its, self._kind[its]] = of_changes

    def _of_kind(self, changes: Array) -> Array:
        """(R, 4) the changes of each region's class."""
        rows = changes.reshape(len(self._kind), -1, 4)
        found: Array = rows[np.arange(len(rows)), self._kind]
        return found

    def _write(self, changed: Array, bottom: Blobs, top: Blobs) -> None:
        boxes = rows_of(self, bottom[3], 5, more=True).astype(np.float64)
        height, width, scale = image_info(self, bottom[5])
        everything = np.concatenate([changed.astype(np.float64), boxes[:, :4]])
        regions = clipped(everything, height, width)
        self._is_whole = (everything == regions).all(axis=1)
        nearest = nearest_boxes(regions, boxes)
        is_object = nearest.most >= self._settings.train.BBOX_THRESH
        self._order = np.argsort(~is_object, kind="stable")
        regions, its = regions[self._order], nearest.box[self._order]
        objects = int(is_object.sum())
        found = box_labels(regions, its, objects, boxes, self._settings, who(self))
        truth = Masks.of(self, boxes, bottom[4], bottom[6], scale)
        masks = mask_labels(self, regions, its, found.labels, objects, truth, self._settings)
        numbered = np.concatenate([np.zeros((len(regions), 1)), regions], axis=1)
        for blob, values in zip(top, (numbered, found.labels, *masks, *found[1:]), strict=True):
            blob.reshape(*values.shape)
            blob.data[...] = values
