"""CosinAddm: ArcFace's margin, an angle that is added to the one to the true class."""

from __future__ import annotations

import math

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces.margins._true_cosine import TrueCosine
from blobnet.types import Array


def add_angle(cosine: Array, margin: float) -> Array:
    """cos(t + m) where t <= pi - m, behind that cos(t) - m sin(m)."""
    clipped = np.minimum(cosine, 1)
    sine = np.sqrt(np.maximum(1 - np.square(clipped), 0))
    turned = clipped * math.cos(margin) - sine * math.sin(margin)
    is_far = clipped <= math.cos(math.pi - margin)
    result: Array = np.where(is_far, clipped - math.sin(math.pi - margin) * margin, turned)
    return result


def slope_of_angle(cosine: Array, margin: float) -> Array:
    """Its derivative; 1 where t = 0, as in the fork."""
    clipped = np.minimum(cosine, 1)
    sine = np.sqrt(np.maximum(1 - np.square(clipped), 0))
    is_far = clipped <= math.cos(math.pi - margin)
    turned = math.cos(margin) + math.sin(margin) * clipped / sine
    result: Array = np.where(is_far | (sine == 0), 1, turned)
    return result


@register_layer("CosinAddm")
class CosinAddm(TrueCosine):
    """Adds `m` to the angle between an item and its true class.

    bottom[0]  x: (M, N)      cosines; all axes behind the first are N classes
    bottom[1]  labels: (M,)   whole numbers from 0
    top[0]     y: as x

    Cosines above 1 are 1. The phase makes no difference: the fork does not heed `transform_test`.

    Proto: CosinAddmParameter.  Caffe: cosin_add_m_layer.cpp of xialuxi/arcface-caffe.
    Paper: Deng et al., "ArcFace: Additive Angular Margin Loss", CVPR 2019.
    """

    formula = (
        "y = x, and for the true class, cos(t) = x: y = cos(t + m), or x - m sin(m) where "
        "t > pi - m."
    )
    gradient_formula = (
        "dx = dy;  for the true class dx = (cos m + sin m cos t / sin t) dy where t <= pi - m."
    )

    allows_no_class = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._m = self.layer_param_.cosin_add_m_param.m

    def margin(self, cosine: Array) -> Array:
        return add_angle(cosine, self._m)

    def slope(self, cosine: Array) -> Array:
        return slope_of_angle(cosine, self._m)
