"""Softmax: scores to probabilities."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.ops.softmax import softmax, softmax_backward


@register_layer("Softmax")
class Softmax(Layer):
    """Probabilities along one axis.

    bottom[0]  x: any shape that has the `axis` (1 unless stated; negative counts from the end)
    top[0]     y: the same shape; positive, and adds up to 1 along `axis`

    May work in place.
    Proto: SoftmaxParameter.  Caffe: softmax_layer.cpp.
    """

    formula = "Probabilities along one axis: y = exp(x) / sum(exp(x))."
    gradient_formula = "dx = y * (dy - sum(dy * y) along `axis`)."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    works_in_place = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._axis = bottom[0].canonical_axis(self.layer_param_.softmax_param.axis)
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        softmax(bottom[0].data, self._axis, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            softmax_backward(top[0].diff, top[0].data, self._axis, out=bottom[0].diff)
