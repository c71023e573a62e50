"""ProposalLayer of CTPN: narrow upright boxes, each with how likely it is a piece of a text line.

Tian et al., ECCV 2016.  Caffe: src/layers/text_proposal_layer.py of CTPN (tianzhi0549/CTPN).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.overflow import overflow_allowed
from blobnet.python_layers._boxes import clipped
from blobnet.python_layers._checks import (
    check_count,
    image_info,
    one_image,
    same_size,
    who,
    without_gradient,
    wrong,
)
from blobnet.python_layers._param_str import number, settings_of
from blobnet.types import Array

_HEIGHTS = (11, 16, 23, 33, 48, 68, 97, 139, 198, 283)
_CENTER = 7.5  # of the place at the top left, 16 pixels wide


class ProposalLayer(PythonLayer):
    """Ten anchors of a place, 16 pixels wide, moved and stretched up and down as the net says.

    bottom[0]  scores: (1, 20, H, W)    of no text for all ten anchors, then of text
    bottom[1]  changes: (1, 20, H, W)   of each anchor, of its centre by its height, and the
                                        logarithm of how many times as high it is
    bottom[2]  im_info: (1, 3)          height and width of the image
    top[0]     boxes: (10 H W, 4)       x1, y1, x2, y2, cut at the image's edges; those of one
                                        place together, row by row
    top[1]     scores: (10 H W, 1)      of text

    param_str: feat_stride (16). There is no gradient.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 3, top, 2)
        settings = settings_of(self.param_str, who(self))
        for name in settings.keys() - {"feat_stride"}:
            raise wrong(self, "an unknown setting", expected="feat_stride", got=name)
        self._stride = number(settings, "feat_stride", 16, who(self))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob in bottom[:2]:
            one_image(self, blob, 2 * len(_HEIGHTS))
        same_size(self, bottom)
        count = bottom[0].count // 2
        top[0].reshape(count, 4)
        top[1].reshape(count, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        height, width, _ = image_info(self, bottom[2])
        scores = bottom[0].data[:, len(_HEIGHTS) :].transpose(0, 2, 3, 1)
        changes = bottom[1].data.transpose(0, 2, 3, 1).reshape(-1, 2)
        anchors = text_anchors(bottom[0].shape[2], bottom[0].shape[3], self._stride)
        x1, y1, x2, y2 = anchors.astype(changes.dtype).T
        tall = y2 - y1 + 1
        with overflow_allowed():
            its = np.exp(changes[:, 1]) * tall
            begins = changes[:, 0] * tall + (y1 + y2) / 2 - its / 2
            boxes = np.stack([x1, begins, x2, begins + its], axis=1)
        top[0].data[...] = clipped(boxes, height, width)
        top[1].data[...] = scores.reshape(-1, 1)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)


def text_anchors(rows: int, columns: int, stride: float) -> Array:
    """(rows * columns * 10, 4) of all places, in whole pixels, those of one place together."""
    ends = [(-(tall // 2), tall // 2) for tall in _HEIGHTS]
    kinds = np.trunc([(0, _CENTER + above, 15, _CENTER + below) for above, below in ends])
    places = np.mgrid[:rows, :columns].reshape(2, -1).T[:, ::-1] * stride
    anchors: Array = (kinds + np.tile(places, 2)[:, None]).reshape(-1, 4)
    return anchors
