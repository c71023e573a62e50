"""Bias: adds a learned or given blob, one number for each channel for example."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.common._broadcast import Broadcast
from blobnet.ops.broadcast import shift, sum_around
from blobnet.types import Array


@register_layer("Bias")
class Bias(Broadcast):
    """Sum with a smaller blob.

    bottom[0]  x: any shape
    bottom[1]  b: instead of a learned one; its shape is that of x from `axis` on
    top[0]     y: the shape of x
    blobs_[0]  b: `num_axes` axes of x from `axis` on, one number for 0; only with one bottom

    May work in place.
    Proto: BiasParameter.  Caffe: bias_layer.cpp.
    """

    formula = "Sum with a smaller blob: y = x + b."
    gradient_formula = "dx = dy,  db = dy summed over the axes that b has not."

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.bias_param
        if len(bottom) == 1:
            shape = self.learned_shape(bottom[0], param.axis, param.num_axes, "bias")
            self.init_blob(0, shape, param.filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axis = self.layer_param_.bias_param.axis
        self._axis = self.fitting_axis(bottom[0], self._bias(bottom).shape, axis, "bias")
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        shift(bottom[0].data, self._bias(bottom).data, self._axis, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, bias = top[0].diff, self._bias(bottom)
        if len(bottom) == 2 and propagate_down[1]:
            bias.diff[...] = sum_around(dy, self._axis, bias.shape)
        elif len(bottom) == 1 and self.param_propagate_down_[0]:
            bias.diff += sum_around(dy, self._axis, bias.shape)
        if propagate_down[0] and bottom[0] is not top[0]:  # in place, dx is dy
            np.copyto(bottom[0].diff, dy)

    def channel_affine(self) -> tuple[Array, Array] | None:
        if len(self.layer_param_.bottom) != 1 or self._axis != 1 or self.blobs_[0].num_axes != 1:
            return None
        return np.ones(1), self.blobs_[0].data

    def _bias(self, bottom: Blobs) -> Blob:
        return bottom[1] if len(bottom) > 1 else self.blobs_[0]
