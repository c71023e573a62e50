"""ProposalLayer of MNC: that of Faster R-CNN, which hands gradients of regions back.

Dai et al., CVPR 2016.  Caffe: pylayer/proposal_layer.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.python_layers._boxes import Anchors, clipped
from blobnet.python_layers._checks import check_count, image_info, who, without_gradient
from blobnet.python_layers._param_str import settings_of
from blobnet.python_layers.fast_rcnn.config import changed
from blobnet.python_layers.mnc_config import cfg
from blobnet.python_layers.pylayer._targets import clip_of
from blobnet.python_layers.rpn import proposal_layer
from blobnet.types import Array, IntArray

_KNOWN = ("feat_stride", "scales", "ratios", "use_clip", "clip_base", "gradient_scale")


class ProposalLayer(proposal_layer.ProposalLayer):
    """Anchors, changed as the net says, of which the best stay that do not overlap much.

    bottom[0]  scores: (1, 2A, H, W)   of no object for all A anchors, then of an object
    bottom[1]  changes: (1, 4A, H, W)
    bottom[2]  im_info: (1, 3)         height and width of the image in pixels, its scale
    top[0]     regions: (R, 5)         0, then x1, y1, x2, y2; by falling score
    top[1]     anchors: (1, R)         in training, optional: the number of each one's anchor, those
                                       of one place together

    Which regions stay is told by `rpn.proposal_layer`. Where nothing does, there is one, of the
    whole image and of the anchor -1.

    Gradient, for the changes: with l, t, r, b of a region, from an anchor of width w and height h,
    ends less begins, it is w (l + r), h (t + b), w e^dw (r - l) / 2, h e^dh (b - t) / 2; 0 where
    anchor or region lie not wholly within the image. With use_clip: at most 1 / clip_base.

    param_str: feat_stride, scales (8, 16, 32), use_clip (0), clip_base (256), and the settings of
    `mnc_config.py`. MNC's nets state a gradient_scale, which MNC does not read.
    """

    def __new__(cls, layer_param: Any) -> ProposalLayer:
        return object.__new__(cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 3, top, (1, 2))
        settings = settings_of(self.param_str, who(self))
        self._settings = changed(cfg.of(self.phase), settings, _KNOWN, who(self))
        self._kinds = Anchors.of(settings, who(self))
        self._clip = clip_of(settings, 256, who(self))
        self._size: tuple[int, int] = (0, 0)
        self._of: IntArray = np.zeros(0, np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if len(top) > 1:
            top[1].reshape(1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        height, width, scale = image_info(self, bottom[2])
        changed_boxes, scores = self._changed(bottom)
        boxes = clipped(changed_boxes, height, width)
        self._of = self._chosen(boxes, scores, self._settings.RPN_MIN_SIZE * scale)
        self._is_inside = _inside(self._anchors[self._of], height, width)
        self._is_inside &= _inside(changed_boxes[self._of], height, width)
        found = boxes[self._of]
        if not len(found):
            found = np.array([[0, 0, width - 1, height - 1]])
        top[0].reshape(len(found), 5)
        top[0].data[:, 0] = 0
        top[0].data[:, 1:] = found
        if len(top) > 1:
            top[1].reshape(1, len(found))
            top[1].data[0] = self._of if self._of.size else -1

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        if not (propagate_down[1] and self._of.size):
            return
        anchors = self._anchors[self._of]
        sides = anchors[:, 2:] - anchors[:, :2]
        place, kind = np.divmod(self._of, self._kinds.per_place)
        rows, columns = np.divmod(place, self._size[1])
        where = (0, 4 * kind[:, None] + np.arange(4), rows[:, None], columns[:, None])
        begins, ends = top[0].diff[:, 1:3], top[0].diff[:, 3:5]
        growth = np.exp(bottom[1].data[where][:, 2:])
        slopes = np.concatenate(
            [(begins + ends) * sides, (ends - begins) / 2 * growth * sides], axis=1
        )
        slopes[~self._is_inside] = 0
        if self._clip is not None:
            slopes = slopes.clip(-self._clip, self._clip)
        bottom[1].diff[where] = slopes


def _inside(boxes: Array, height: float, width: float) -> Array:
    x1, y1, x2, y2 = boxes.T
    is_inside: Array = (x1 >= 0) & (y1 >= 0) & (x2 <= width - 1) & (y2 <= height - 1)
    return is_inside
