"""Sigmoid: squeezes every value between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.sigmoid import sigmoid, sigmoid_backward


@register_layer("Sigmoid")
class Sigmoid(Elementwise):
    """Logistic function.

    bottom[0]  x: any shape
    top[0]     y: the same shape, values between 0 and 1

    May work in place.
    Proto: SigmoidParameter.  Caffe: sigmoid_layer.cpp.
    """

    formula = "Logistic function: y = 1 / (1 + exp(-x))."
    gradient_formula = "dx = dy * y * (1 - y)."

    limits = (0.0, 1.0)
    backward_reads_bottom = False
    works_in_place = True

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        sigmoid(bottom[0].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            sigmoid_backward(top[0].diff, top[0].data, out=bottom[0].diff)
