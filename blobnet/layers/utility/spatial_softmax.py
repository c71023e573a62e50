"""SpatialSoftmax: where on a map something is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.ops.softmax import softmax_backward
from blobnet.types import Array


@register_layer("SpatialSoftmax")
class SpatialSoftmax(Layer):
    """Probabilities of the places of each map.

    bottom[0]  x: (..., H, W)
    top[0]     y: the same shape; positive, and adds up to 1 on each map

    May work in place.
    Proto: SpatialSoftmaxParameter.  Caffe: spatial_softmax_layer.cu of cbfinn/caffe.
    Paper: Levine et al., "End-to-End Training of Deep Visuomotor Policies", JMLR 2016.
    """

    formula = "y = exp(x / temperature) / sum(exp(x / temperature)), the sum over all places."
    gradient_formula = "dx = y (dy - sum(dy * y)) / temperature."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        temperature = self.layer_param_.spatial_softmax_param.temperature
        if not temperature:
            raise self.error("the temperature cannot be 0")
        self._factor = 1 / temperature

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes < 2:
            raise self.error("maps have two axes", got=f"shape {bottom[0].shape}")
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = _maps(bottom[0].data), _maps(top[0].data)
        if not y.size:
            return
        np.subtract(x, x.max(axis=1, keepdims=True), out=y)  # keeps exp from overflowing
        y *= self._factor
        np.exp(y, out=y)
        y /= y.sum(axis=1, keepdims=True)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx = _maps(bottom[0].diff)
            softmax_backward(_maps(top[0].diff), _maps(top[0].data), 1, out=dx)
            dx *= self._factor


def _maps(array: Array) -> Array:
    """Each map in a row; a view."""
    places = array.shape[-2] * array.shape[-1]
    maps: Array = array.reshape(array.size // places if places else 0, places)
    return maps
