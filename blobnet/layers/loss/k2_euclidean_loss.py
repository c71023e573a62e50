"""K2_EuclideanLoss: bits of which half are 1."""

from __future__ import annotations

from typing import ClassVar

from blobnet.layer_register import register_layer
from blobnet.layers.loss.k1_euclidean_loss import K1_EuclideanLoss


@register_layer("K2_EuclideanLoss")
class K2_EuclideanLoss(K1_EuclideanLoss):  # noqa: N801 - the type's name
    """More the farther values, which are means of bits, are from 0.5.

    bottom[0]  x: any shape
    bottom[1]  x again: of the same shape; not read
    top[0]     loss: ()

    Proto: none.  Caffe: K2_euclidean_loss_layer.cpp of kevinlin311tw/Caffe-DeepBinaryCode.
    """

    formula = "sum((x - 0.5)^2) / (2 values)."
    gradient_formula = "dx = (x - 0.5) * dloss / values, for each bottom."

    _sign: ClassVar[int] = 1
