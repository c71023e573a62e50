"""ProposalLayer of RRPN: scores and changes of turned anchors to turned regions.

Caffe: rotation/rproposal_layer.py of RRPN (mjq11302010044/RRPN).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import (
    check_count,
    image_info,
    one_image,
    same_size,
    without_gradient,
)
from blobnet.python_layers._param_str import number, numbers, settings_of
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.python_layers.rotation._turned import (
    turned_anchors,
    turned_at,
    turned_by,
    turned_nms,
)
from blobnet.types import Array, IntArray

_WHO = "ProposalLayer"


class ProposalLayer(PythonLayer):
    """Turned anchors, changed as the net says, of which the best stay that do not overlap much.

    bottom[0]  scores: (1, 2A, H, W)   of no object for all A anchors, then of an object
    bottom[1]  changes: (1, 5A, H, W)  of the centre across and down by the sides, the logarithms of
                                       width and height, the angle in radians
    bottom[2]  im_info: (1, 3)         height and width of the image in pixels, its scale
    top[0]     regions: (R, 6)         0, then x, y, height, width, angle in degrees against the
                                       clock; by falling score
    top[1]     scores: (R, 1)          optional

    Nothing is cut at the image's edges. Boxes with a side of less than RPN_MIN_SIZE * scale are
    dropped; of the RPN_PRE_NMS_TOP_N best those that overlap a better one by more than
    RPN_NMS_THRESH; RPN_POST_NMS_TOP_N stay, which may be none. Of equal scores the last counts
    first.

    param_str: feat_stride, scales (8, 16, 32), and the settings of `fast_rcnn/config.py`. A is 18
    for each scale: ratios 0.2, 0.5 and 1, angles from -30 to 120 in steps of 30. There is no
    gradient.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 3, top, (1, 2))
        settings = settings_of(self.param_str, _WHO)
        self._settings = changed(cfg.of(self.phase), settings, ("feat_stride", "scales"), _WHO)
        self._stride = number(settings, "feat_stride", 16, _WHO)
        self._kinds = turned_anchors(numbers(settings, "scales", (8, 16, 32), _WHO))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        one_image(self, bottom[0], 2 * len(self._kinds))
        one_image(self, bottom[1], 5 * len(self._kinds))
        same_size(self, bottom)
        top[0].reshape(1, 6)
        if len(top) > 1:
            top[1].reshape(1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        _, _, scale = image_info(self, bottom[2])
        count = len(self._kinds)
        scores = bottom[0].data[:, count:].transpose(0, 2, 3, 1).ravel()
        changes = bottom[1].data.transpose(0, 2, 3, 1).reshape(-1, 5)
        height, width = bottom[0].shape[2:]
        boxes = turned_by(turned_at(self._kinds, height, width, self._stride), changes)
        chosen = self._chosen(boxes, scores, self._settings.RPN_MIN_SIZE * scale)
        top[0].reshape(chosen.size, 6)
        top[0].data[:, 0] = 0
        top[0].data[:, 1:] = boxes[chosen]
        if len(top) > 1:
            top[1].reshape(chosen.size, 1)
            top[1].data[:, 0] = scores[chosen]

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _chosen(self, boxes: Array, scores: Array, least: float) -> IntArray:
        large = np.flatnonzero((boxes[:, 2:4] >= least).all(axis=1))
        order = large[np.argsort(scores[large], kind="stable")[::-1]]
        if self._settings.RPN_PRE_NMS_TOP_N > 0:
            order = order[: self._settings.RPN_PRE_NMS_TOP_N]
        most = float(np.float32(self._settings.RPN_NMS_THRESH))
        kept = turned_nms(boxes[order], most, self._settings.RPN_POST_NMS_TOP_N)
        chosen: IntArray = order[kept]
        return chosen
