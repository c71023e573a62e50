"""AnchorTargetLayer of SSH: what one of its modules is to learn of each anchor.

Najibi et al., ICCV 2017.  Caffe: SSH/layers/anchor_target_layer.py of SSH (mahyarnajibi/SSH).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.python_layers._boxes import Anchors
from blobnet.python_layers._checks import check_count, one_image, who
from blobnet.python_layers._param_str import number, settings_of
from blobnet.python_layers.fast_rcnn.config import changed
from blobnet.python_layers.rpn import anchor_target_layer
from blobnet.python_layers.SSH._settings import TRAIN, Train
from blobnet.types import Array, IntArray


class AnchorTargetLayer(anchor_target_layer.AnchorTargetLayer):
    """Labels of anchors (1 face, 0 none, -1 of no account) and how they should change.

    bottom[0]  scores: (1, 2A, H, W)    only its size counts
    bottom[1]  truth: (G, 5)            x1, y1, x2, y2, label
    bottom[2]  im_info: (1, 3)
    bottom[3]  data: the image          not read
    bottom[4]  probabilities: (1, 2A, H, W)   optional: of a net that is as far as this one
    top        labels, changes, inside and outside weights, as of `rpn.anchor_target_layer`

    As there, but the anchor that overlaps a box most counts as any other, unless
    FORCE_FG_FOR_EACH_GT, and where no anchor lies within the image, all count. With probabilities
    the anchors that stay are not drawn: of those without a face those that are likeliest to have
    one, and with HARD_POSITIVE_MINING of those with one the least likely.

    param_str: feat_stride, scales (8, 16, 32), ratios (0.5, 1, 2), allowed_border (0), and settings
    by the names of `fast_rcnn/config.py`, whose values are those of SSH's default_config.yml. There
    is no gradient.
    """

    def __new__(cls, layer_param: Any) -> AnchorTargetLayer:
        return object.__new__(cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, (4, 5), top, 4)
        settings = settings_of(self.param_str, who(self))
        known = ("feat_stride", "scales", "ratios", "allowed_border")
        self._settings = self._own = changed(TRAIN, settings, known, who(self))
        self._kinds = Anchors.of(settings, who(self))
        self._border = number(settings, "allowed_border", 0, who(self))
        self._size: tuple[int, int] = (0, 0)
        self._likely: Array | None = None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if len(bottom) > 4:
            one_image(self, bottom[4], 2 * self._kinds.per_place)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom) > 4:
            of_faces = bottom[4].data[:, self._kinds.per_place :]
            self._likely = of_faces.transpose(0, 2, 3, 1).ravel()
        super().forward(bottom, top)

    def _inside(self, height: float, width: float) -> IntArray:
        found = super()._inside(height, width)
        return found if len(found) else np.arange(len(self._anchors))

    def _is_best(self, common: Array) -> Array:
        if self._own.FORCE_FG_FOR_EACH_GT:
            return super()._is_best(common)
        return np.zeros(len(common), bool)

    def _dropped(self, found: IntArray, count: int, label: int, inside: IntArray) -> IntArray:
        settings: Train = self._own
        if self._likely is None or (label == 1 and not settings.HARD_POSITIVE_MINING):
            return super()._dropped(found, count, label, inside)
        likely = self._likely[inside[found]]
        worst = np.argsort(1 - likely if label == 1 else likely, kind="stable")
        return found[worst[:count]]
