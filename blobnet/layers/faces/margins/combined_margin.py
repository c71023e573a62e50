"""CombinedMargin: the margins of SphereFace, ArcFace and CosFace in one."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces.margins._true_cosine import TrueCosine
from blobnet.types import Array


@register_layer("CombinedMargin")
class CombinedMargin(TrueCosine):
    """Changes the angle between an item and its true class, and its cosine.

    bottom[0]  x: (M, N)      cosines; all axes behind the first are N classes
    bottom[1]  labels: (M,)   whole numbers; below 0: nothing is changed for the item
    top[0]     y: as x

    The phase makes no difference: the fork does not heed `transform_test`.

    Proto: CombinedMarginParameter.  Caffe: combined_margin_layer.cpp of xialuxi/arcface-caffe.
    """

    formula = "y = x, and for the true class, cos(t) = x: y = cos(m1 t + m2) - m3."
    gradient_formula = "dx = dy;  for the true class dx = m1 sin(m1 t + m2) / sin(t) dy."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.combined_margin_param
        self._m1, self._m2, self._m3 = param.m1, param.m2, param.m3

    def margin(self, cosine: Array) -> Array:
        result: Array = np.cos(self._angle(cosine)) - self._m3
        return result

    def slope(self, cosine: Array) -> Array:
        result: Array = self._m1 * np.sin(self._angle(cosine)) / np.sqrt(1 - np.square(cosine))
        return result

    def _angle(self, cosine: Array) -> Array:
        """What is no cosine has no angle: NaN, as in the fork."""
        angle: Array = self._m1 * np.arccos(cosine) + self._m2
        return angle
