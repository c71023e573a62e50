"""ProposalLayer of SSH: the faces that one of its modules finds.

Najibi et al., ICCV 2017.  Caffe: SSH/layers/proposal_layer.py of SSH (mahyarnajibi/SSH).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.python_layers._boxes import Anchors, clipped
from blobnet.python_layers._checks import check_count, image_info, who
from blobnet.python_layers._param_str import settings_of
from blobnet.python_layers.fast_rcnn.config import changed
from blobnet.python_layers.rpn import proposal_layer
from blobnet.python_layers.SSH._settings import TEST, TRAIN
from blobnet.types import Array


class ProposalLayer(proposal_layer.ProposalLayer):
    """Anchors, changed as the net says: the best, in training those that do not overlap much.

    bottom[0]  scores: (1, 2A, H, W)   of no face for all A anchors, then of a face
    bottom[1]  changes: (1, 4A, H, W)
    bottom[2]  im_info: (1, 3)         height and width of the image in pixels, its scale
    top[0]     boxes: (R, 5)           0, then x1, y1, x2, y2; by falling score
    top[1]     scores: (R, 1)          optional

    As `rpn.proposal_layer`, but without suppression where it detects: overlapping boxes of all
    modules are dropped behind the net. Where nothing stays, there is one box (0, 0, 16, 16) with
    the score 0.

    param_str: feat_stride, scales (8, 16, 32), ratios (0.5, 1, 2), and settings by the names of
    `fast_rcnn/config.py`, whose values are those of SSH's default_config.yml. There is no gradient.
    """

    def __new__(cls, layer_param: Any) -> ProposalLayer:
        return object.__new__(cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 3, top, (1, 2))
        settings = settings_of(self.param_str, who(self))
        self._is_training = str(self.phase) == "TRAIN"
        known = ("feat_stride", "scales", "ratios")
        self._settings = changed(TRAIN if self._is_training else TEST, settings, known, who(self))
        self._kinds = Anchors.of(settings, who(self))
        self._size: tuple[int, int] = (0, 0)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        height, width, scale = image_info(self, bottom[2])
        boxes, scores = self._changed(bottom)
        boxes = clipped(boxes, height, width)
        chosen = self._chosen(boxes, scores, self._settings.RPN_MIN_SIZE * scale)
        found, of_found = boxes[chosen], scores[chosen]
        if not chosen.size:
            found, of_found = np.array([[0, 0, 16, 16]]), np.zeros(1)
        top[0].reshape(len(found), 5)
        top[0].data[:, 0] = 0
        top[0].data[:, 1:] = found
        if len(top) > 1:
            top[1].reshape(len(found), 1)
            top[1].data[:, 0] = of_found

    def _suppressed(self, boxes: Array) -> Array:
        return super()._suppressed(boxes) if self._is_training else np.arange(len(boxes))
