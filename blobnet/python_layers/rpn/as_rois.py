"""As_roisLayer of FPN: regions sorted by the level of the pyramid that they are cut from.

Lin et al., CVPR 2017.  Caffe: rpn/as_rois.py of FPN (unsky/FPN).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, rows_of, who, without_gradient, wrong
from blobnet.python_layers._param_str import settings_of
from blobnet.python_layers._pyramid import by_level, split_rows, write_levels
from blobnet.python_layers.fast_rcnn.config import cfg, changed


class As_roisLayer(PythonLayer):  # noqa: N801 (prototxts name it so)
    """The regions of each level, and all levels one behind the other.

    bottom[0]   regions: (n, 5)       0, then x1, y1, x2, y2
    top[0]      regions: (L R, 5)     level by level
    top[1 + l]  regions: (R, 5)       of a level, the first of places that are 4 pixels apart

    R is RPN_POST_NMS_TOP_N for each level; behind its regions stand zeros. A region of 224 by 224
    pixels belongs to the third level, one of twice the side to the fourth.

    param_str: RPN_POST_NMS_TOP_N, that of `cfg.TEST`. There is no gradient.
    """

    fills_up = True
    """Whether all levels have as many rows; else a level has 4 of zeros where it has no region."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, tuple(range(2, 9)))
        settings = settings_of(self.param_str, who(self))
        size = changed(cfg.TEST, settings, (), who(self)).RPN_POST_NMS_TOP_N
        if self.fills_up and size < 1:
            raise wrong(self, "RPN_POST_NMS_TOP_N", expected="1 or more", got=size)
        self._size = size if self.fills_up else None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob in top:
            blob.reshape(1, 5)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        regions = rows_of(self, bottom[0], 5)
        places = by_level(regions[:, 1:], len(top) - 1)
        most = max(map(len, places))
        if self._size is not None and most > self._size:
            expected = f"at most {self._size}, as RPN_POST_NMS_TOP_N says"
            fix = "give ProposalLayer and this layer the same RPN_POST_NMS_TOP_N"
            raise wrong(self, "too many regions of a level", expected=expected, got=most, fix=fix)
        levels = split_rows(regions, places, self._size)
        write_levels(top, [np.concatenate(levels), *levels])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
