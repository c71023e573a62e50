"""AnchorTargetLayer of MNC: that of Faster R-CNN, told which regions the next stage learns from.

Dai et al., CVPR 2016.  Caffe: pylayer/anchor_target_layer.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.python_layers._boxes import Anchors
from blobnet.python_layers._checks import check_count, who
from blobnet.python_layers._param_str import number, settings_of
from blobnet.python_layers.fast_rcnn.config import changed
from blobnet.python_layers.mnc_config import cfg
from blobnet.python_layers.rpn import anchor_target_layer
from blobnet.types import Array, IntArray


class AnchorTargetLayer(anchor_target_layer.AnchorTargetLayer):
    """Labels of anchors (1 object, 0 none, -1 of no account) and how they should change.

    bottom[0]  scores: (1, 2A, H, W)    only its size counts
    bottom[1]  truth: (G, 5)            x1, y1, x2, y2, label
    bottom[2]  im_info: (1, 3)
    bottom[3]  fg_inds: (n,)            anchors, by number, that are objects whatever they overlap;
                                        with 4 bottoms this is the image, which is not read
    bottom[4]  bg_inds: (m,)            anchors that are none
    top        labels, changes, inside and outside weights, as of `rpn.anchor_target_layer`

    Anchors of no place within the image are left as they are.

    param_str: feat_stride, scales (8, 16, 32), allowed_border (0), and the settings of
    `mnc_config.py`. There is no gradient.
    """

    def __new__(cls, layer_param: Any) -> AnchorTargetLayer:
        return object.__new__(cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, (4, 5), top, 4)
        settings = settings_of(self.param_str, who(self))
        known = ("feat_stride", "scales", "ratios", "allowed_border")
        self._settings = changed(cfg.TRAIN, settings, known, who(self))
        self._kinds = Anchors.of(settings, who(self))
        self._border = number(settings, "allowed_border", 0, who(self))
        self._size: tuple[int, int] = (0, 0)
        self._told: list[Array] = []

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._told = [blob.data.ravel() for blob in bottom[3:]] if len(bottom) > 4 else []
        super().forward(bottom, top)

    def _draw(self, labels: Array, inside: IntArray) -> None:
        super()._draw(labels, inside)
        for told, label in zip(reversed(self._told), (0, 1), strict=False):
            labels[np.isin(inside, told)] = label
