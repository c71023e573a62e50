"""Sparsify: makes small values 0 and the others smaller."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("Sparsify")
class Sparsify(Elementwise):
    """Draws values towards 0 by `thre`; what is nearer becomes 0.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    `coef` adds an L1 penalty of y to the gradients that pass: it is in no loss.
    May work in place.

    Proto: SparsifyParameter.  Caffe: sparsify_layer.cpp of SSL (wenwei202/caffe).
    """

    formula = "y = sign(x) * max(|x| - thre, 0)"
    gradient_formula = "dx = dy + coef * sign(y); 0 where y is 0, if thre is not 0."

    backward_reads_bottom = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.sparsify_param
        if param.thre < 0 or param.coef < 0:
            raise self.error(
                "thre and coef must not be negative", got=f"{param.thre:g}, {param.coef:g}"
            )
        self._thre, self._coef = param.thre, param.coef

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if self._thre:
            np.subtract(x, np.clip(x, -self._thre, self._thre), out=y)
        elif y is not x:
            np.copyto(y, x)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        y, dy, dx = top[0].data, top[0].diff, bottom[0].diff
        np.add(dy, self._coef * np.sign(y), out=dx)
        if self._thre:
            dx *= y != 0
