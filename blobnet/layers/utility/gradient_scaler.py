"""GradientScaler: turns gradients round, more and more, to make domains alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._schedule import CountingLayer


@register_layer("GradientScaler")
class GradientScaler(CountingLayer, Layer):
    """Passes values on as they are, and gradients times -c.

    bottom[i]  x: any shape
    top[i]     y: the same shape

    c = 2 h / (1 + exp(-alpha p)) - h + `lower_bound`, with h = `upper_bound` - lower_bound and p
    the part of the training that is done, iteration / `max_iter`, at most 1. It begins at
    lower_bound. Iterations are the solver's; without a solver, forward passes. Where
    `scale_factor` is stated there is no schedule: it is what gradients are multiplied with.
    May work in place.

    Proto: GradientScalerParameter.  Caffe: gradient_scaler_layer.cpp of ddtm/caffe (branch grl),
    of thuml/Xlearn, where it has several bottoms, and of yuhuayc/da-faster-rcnn (scale_factor).
    Paper: Ganin and Lempitsky, "Unsupervised Domain Adaptation by Backpropagation", ICML 2015.
    """

    formula = "y = x"
    gradient_formula = (
        "dx = -c * dy, with c from lower_bound towards upper_bound;  or dx = scale_factor * dy."
    )

    min_bottom_blobs = 1
    min_top_blobs = 1
    equal_num_bottom_top_blobs = True
    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._param = param = self.layer_param_.gradient_scaler_param
        if param.lower_bound > param.upper_bound or param.alpha < 0 or param.max_iter < 1:
            raise self.error(
                "the schedule makes no sense",
                expected="lower_bound up to upper_bound, alpha from 0, max_iter from 1",
                got=f"{param.lower_bound:g} to {param.upper_bound:g}, {param.alpha:g}, "
                f"{param.max_iter:g}",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for x, y in zip(bottom, top, strict=True):
            y.reshape_like(x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._iteration += 1
        for x, y in zip(bottom, top, strict=True):
            if y.data is not x.data:
                np.copyto(y.data, x.data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        done = self.progress[0] if self.progress else max(self._iteration - 1, 0)
        is_fixed = self._param.HasField("scale_factor")
        scale = self._param.scale_factor if is_fixed else -self._coefficient(done)
        for x, y, wanted in zip(bottom, top, propagate_down, strict=True):
            if wanted:
                np.multiply(y.diff, scale, out=x.diff)

    def _coefficient(self, iteration: int) -> float:
        param = self._param
        height = param.upper_bound - param.lower_bound
        progress = min(1.0, iteration / param.max_iter)
        return 2 * height / (1 + math.exp(-param.alpha * progress)) - height + param.lower_bound
