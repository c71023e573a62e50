"""Insanity: a leaky rectifier whose slope is drawn while training."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.proto import TRAIN
from blobnet.types import Array


@register_layer("Insanity", "RReLU")
class Insanity(Elementwise):
    """Randomized leaky rectified linear unit: negative values are divided by a drawn number.

    bottom[0]  x: any shape of two axes or more
    top[0]     y: the same shape

    u is drawn evenly between `lb` and `ub`, one for each value, in every forward of the TRAIN
    phase. In TEST it is (ub - lb) / (log |ub| - log |lb|), with which 1 / u is the mean of what
    is drawn. (The fork's gradient in TEST divides by what was never drawn; here it is by that.)

    May work in place: then x is judged by y, which has its sign. (Where `lb` is negative it has
    not, and a copy of x is saved.)
    RReLU, with an rrelu_param of the same fields, is another name for it.
    Proto: InsanityParameter.  Caffe: insanity_layer.cpp of caffe-windows
    (happynear/caffe-windows), rrelu_layer.cpp of ducha-aiki/caffe.  Paper: Xu et al.,
    arXiv:1505.00853.
    """

    formula = "y = x where x > 0, x / u elsewhere; u is drawn between `lb` and `ub`."
    gradient_formula = "dx = dy where x > 0, dy / u elsewhere."

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        own = self.layer_param_
        param = own.rrelu_param if own.HasField("rrelu_param") else own.insanity_param
        self._lb, self._ub = param.lb, param.ub
        if not self._lb < self._ub:
            raise self.error("upper bound must > lower bound.", got=f"lb {self._lb}, ub {self._ub}")
        if not self._lb * self._ub:
            raise self.error(
                "lower & upper bound must not be 0.", got=f"lb {self._lb}, ub {self._ub}"
            )
        logarithms = math.log(abs(self._ub)) - math.log(abs(self._lb))
        self._mean_slope = logarithms / (self._ub - self._lb)
        self._slopes: Array = np.empty(0, self.dtype)
        self._saved_input = SavedInput() if self._lb < 0 else None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes < 2:
            raise self.error(
                "Number of axes of bottom blob must be >=2.", got=f"shape {bottom[0].shape}"
            )
        super().reshape(bottom, top)
        # in place, what backward finds in the bottom are the top's values
        self.backward_reads_top = top[0] is bottom[0] and self._saved_input is None
        if self.phase == TRAIN and self._slopes.shape != bottom[0].shape:
            self._slopes = np.ones(bottom[0].shape, self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._saved_input is not None:
            self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x = bottom[0].data
        slope: Array | float = self._mean_slope
        if self.phase == TRAIN:
            self.rng.random(out=self._slopes, dtype=self._slopes.dtype)
            self._slopes *= self._ub - self._lb
            self._slopes += self._lb
            slope = np.divide(1, self._slopes, out=self._slopes)
        top[0].data[...] = np.where(x > 0, x, x * slope)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = bottom[0].data
        if self._saved_input is not None:
            x = self._saved_input.values(bottom[0], top[0])
        slope = self._slopes if self.phase == TRAIN else self._mean_slope
        np.multiply(top[0].diff, np.where(x > 0, 1, slope), out=bottom[0].diff)
