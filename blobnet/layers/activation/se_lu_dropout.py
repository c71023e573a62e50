"""SeLuDropout: while training, sets values at random to what SeLu gives at its lowest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.proto import TRAIN
from blobnet.types import Array


@register_layer("SeLuDropout")
class SeLuDropout(Elementwise):
    """Replaces values at random, and keeps mean 0 and variance 1.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    In TRAIN a value becomes `alpha` with probability r = `dropout_ratio`; then all are multiplied
    by a = (q + alpha^2 q r)^(-1/2), with q = 1 - r, and shifted by b = -a r alpha. In TEST y = x.

    May work in place.
    Proto: SeLuDropoutParameter.  Caffe: selu_dropout_layer.cpp of SNN.  Paper: Klambauer et al.,
    NIPS 2017.
    """

    formula = "y = a * (x or, with probability `dropout_ratio`, alpha) + b."
    gradient_formula = "dx = a * dy where x was kept, 0 elsewhere."

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.selu_dropout_param
        self._ratio, self._alpha = param.dropout_ratio, param.alpha
        if not 0 < self._ratio < 1:
            raise self.error(
                "dropout_ratio is the probability to replace a value",
                expected="a number between 0 and 1, neither of them",
                got=f"{self._ratio:g}",
                fix="for no dropout at all, remove the layer",
            )
        kept = 1 - self._ratio
        self._factor = (kept * (1 + self._alpha * self._alpha * self._ratio)) ** -0.5
        self._shift = -self._factor * self._ratio * self._alpha
        self._kept: Array = np.empty(0, bool)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if y is not x:
            np.copyto(y, x)
        if self.phase == TRAIN:
            self._kept = self.rng.random(x.shape, dtype=x.dtype) >= self._ratio
            np.copyto(y, self._alpha, where=~self._kept)
            y *= self._factor
            y += self._shift

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, dx = top[0].diff, bottom[0].diff
        if not propagate_down[0]:
            return
        if self.phase == TRAIN:
            np.multiply(dy, self._factor, out=dx)
            np.copyto(dx, 0, where=~self._kept)
        elif dx is not dy:
            np.copyto(dx, dy)
