"""TripletLayer of tripletloss.

Schroff et al., CVPR 2015.  Caffe: tripletloss/tripletlosslayer.py of luhaofang/tripletloss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, who, wrong
from blobnet.python_layers._param_str import number, settings_of


class TripletLayer(PythonLayer):
    """sum(max(0, margin + |a - p|^2 - |a - n|^2)) / 2N.

    bottom[0]  a: (N, D)    anchors
    bottom[1]  p: (N, D)    positives
    bottom[2]  n: (N, D)    negatives
    top[0]     loss: (1,)   counts in the loss if the prototxt states a loss_weight

    Gradients, where a term is above 0: (n - p) / N, (p - a) / N and (a - n) / N, without regard to
    the gradient of the loss; else 0.

    param_str: margin (1).
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 3, top, 1)
        settings = settings_of(self.param_str, who(self))
        for name in settings.keys() - {"margin"}:
            raise wrong(self, "an unknown setting", expected="margin", got=name)
        self._margin = number(settings, "margin", 1, who(self))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        if len(shapes[0]) != 2 or not shapes[0][0] or len(set(shapes)) > 1:
            expected = "three bottoms of shape (N, D)"
            raise wrong(self, "the bottoms do not fit together", expected=expected, got=shapes)
        top[0].reshape(1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        anchor, positive, negative = (blob.data for blob in bottom)
        near, far = (((anchor - other) ** 2).sum(axis=1) for other in (positive, negative))
        terms = np.maximum(self._margin + near - far, 0)
        self._counts = (terms != 0)[:, None]
        top[0].data[...] = terms.sum() / (2 * len(terms))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        anchor, positive, negative = (blob.data for blob in bottom)
        slopes = negative - positive, positive - anchor, anchor - negative
        for blob, slope, wanted in zip(bottom, slopes, propagate_down, strict=True):
            if wanted:
                blob.diff[...] = np.where(self._counts, slope / len(slope), 0)
