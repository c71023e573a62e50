"""ProposalTargetLayer of MNC: which regions its first stage learns from, and what of each.

Dai et al., CVPR 2016.  Caffe: pylayer/proposal_target_layer.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import (
    check_count,
    image_info,
    rows_of,
    who,
    without_gradient,
    wrong,
)
from blobnet.python_layers._param_str import number
from blobnet.python_layers.pylayer._sampling import drawn_from
from blobnet.python_layers.pylayer._targets import (
    Masks,
    Settings,
    box_labels,
    mask_labels,
    nearest_boxes,
)
from blobnet.types import Array, IntArray

_BOTTOMS = {5: (3, 4, 5), 8: (5,), 10: (6,)}
"""How many there are for so many tops."""


class ProposalTargetLayer(PythonLayer):
    """Regions drawn from those of the RPN and from the boxes themselves, with labels and masks.

    bottom[0]  regions: (n, 5)          0, then x1, y1, x2, y2
    bottom[1]  truth: (G, 5)            x1, y1, x2, y2, label
    bottom[2]  im_info: (1, 3)          height, width and scale of the image
    top[0]     regions: (R, 5)          those of objects first
    top[1]     labels: (R,)             of the box that it overlaps most; 0 for no object
    top[2]     changes: (R, 4K)         to that box, in the columns of its class, else 0
    top[3]     inside weights: (R, 4K)
    top[4]     outside weights: (R, 4K) 1 in these columns, else 0

    With 8 tops, and 2 bottoms more (MNC_MODE):

    bottom[3]  gt_masks: (G, h, w)      each fills its box, in pixels of the image as it was
    bottom[4]  mask_info: (G, 2)        rows and columns that a mask has of (h, w)
    top[5]     mask targets: (R, 1, S, S)   the part of the object's mask that a region shows
    top[6]     mask weights: (R, 1, S, S)   1 for objects, else 0
    top[7]     gt_masks_info: (R, 12)   see MaskLayer; -1 for no object

    With 10 tops, and 1 bottom more (MIX_INDEX):

    bottom[5]  anchors: (1, n)          of each region
    top[8]     fg_inds: (a,)            anchors of the regions that are objects
    top[9]     bg_inds: (b,)            of the others

    Of BATCH_SIZE regions the shares FG_FRACTION are drawn from the ranges of overlap FG_THRESH_LO
    to FG_THRESH_HI, and of the rest the shares BG_FRACTION from BG_THRESH_LO to BG_THRESH_HI.

    Gradient: that of a drawn region goes to the region; with bp_all 0 that of objects alone.

    param_str: num_classes, with that of no object (K), bp_all (1), and the settings of
    `mnc_config.py`, where MASK_SIZE is S.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, _BOTTOMS.get(len(top), (3, 5, 6)), top, tuple(_BOTTOMS))
        self._settings = Settings.of(self, ("num_classes", "bp_all"), 256)
        self._bp_all = bool(number(self._settings.own, "bp_all", 1, who(self)))
        channels, side = 4 * self._settings.classes, self._settings.side
        mask = (1, 1, side, side)
        shapes = (1, 5), (1,), *[(1, channels)] * 3, mask, mask, (1, 12), (1,), (1,)
        for blob, shape in zip(top, shapes, strict=False):
            blob.reshape(*shape)
        self._went: IntArray = np.zeros(0, np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: how many regions there are, only forward tells."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        boxes = rows_of(self, bottom[1], 5, more=True).astype(np.float64)
        scale = image_info(self, bottom[2])[2]
        regions = self._candidates(bottom[0], boxes)
        nearest = nearest_boxes(regions, boxes)
        train = self._settings.train
        objects, others = drawn_from(nearest.most, train, self.rng)
        chosen = np.concatenate([objects, others])
        self._went = chosen if self._bp_all else objects
        regions, its = regions[chosen], nearest.box[chosen]
        found = box_labels(regions, its, len(objects), boxes, self._settings, who(self))
        numbered = np.concatenate([np.zeros((len(regions), 1)), regions], axis=1)
        written: list[Array] = [numbered, *found]
        if len(top) > 5:
            masks = Masks.of(self, boxes, bottom[3], bottom[4], scale)
            written += mask_labels(
                self, regions, its, found.labels, len(objects), masks, self._settings
            )
        if len(top) > 8:
            written += [self._anchors(bottom, rows) for rows in (objects, others)]
        for blob, values in zip(top, written, strict=True):
            blob.reshape(*values.shape)
            blob.data[...] = values

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        if propagate_down[0]:
            rows = np.flatnonzero(self._went < bottom[0].shape[0])  # the others are boxes
            diff = bottom[0].diff.reshape(bottom[0].shape[0], -1)
            diff[self._went[rows]] = top[0].diff[rows]

    def _candidates(self, blob: Blob, boxes: Array) -> Array:
        regions = rows_of(self, blob, 5).astype(np.float64)
        if not (regions[:, 0] == 0).all():
            raise wrong(self, "only one image at a time", expected="regions of image 0")
        return np.concatenate([regions[:, 1:], boxes[:, :4]])

    def _anchors(self, bottom: Blobs, rows: IntArray) -> Array:
        """The anchors of regions that are none of the boxes."""
        anchors = bottom[5].data.ravel()
        count = bottom[0].shape[0]
        if len(anchors) != count:
            expected, got = f"{count} anchors, as there are regions", len(anchors)
            raise wrong(self, "bottom[5] has another size", expected=expected, got=got)
        found: Array = anchors[rows[rows < count]]
        return found
