"""ScaleTanH: a hyperbolic tangent that becomes steeper while a training goes on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._schedule import CountingLayer, power_of_steps
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("ScaleTanH")
class ScaleTanH(CountingLayer, Elementwise):
    """The tangent of s x, where s grows every `step_size` forwards: a sign, in the end.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    s is `init_scale` at first; from the forward on whose number, begun at 2 as in the fork, is a
    multiple t of step_size it is init_scale (1 + gamma t)^power. Forwards of a net that tests are
    counted, too.
    May work in place.

    Proto: ScaleTanHParameter.  Caffe: scale_tanh_layer.cpp of thuml/HashNet.
    Paper: Cao et al., "HashNet: Deep Learning to Hash by Continuation", ICCV 2017.
    """

    formula = "y = tanh(s * x)"
    gradient_formula = "dx = s * dy * (1 - y^2)"

    backward_reads_bottom = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._param = self.layer_param_.scale_tanh_param
        if self._param.step_size < 1:
            raise self.error("step_size must be at least 1", got=self._param.step_size)
        self._iteration, self._scale = 1, self._param.init_scale

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._iteration += 1
        param = self._param
        steps = self._iteration - self._iteration % param.step_size
        growth = power_of_steps(param.gamma, param.power, steps) if steps else 1.0
        self._scale = param.init_scale * growth
        np.multiply(bottom[0].data, self._scale, out=top[0].data)
        np.tanh(top[0].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            y = top[0].data
            np.multiply(top[0].diff, self._scale * (1 - y * y), out=bottom[0].diff)
