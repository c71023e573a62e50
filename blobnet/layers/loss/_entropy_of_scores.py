"""AutoDIAL's EntropyLoss: how unsure a softmax is."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.loss._loss import Loss, divisor
from blobnet.ops.softmax import softmax
from blobnet.types import Array

_FLT_MIN = np.finfo(np.float32).tiny


class EntropyOfScores:
    """What the layer computes with one bottom: scores (N, ...), of classes along softmax_param's
    `axis`. The sum of all entropies is divided as loss_param says, by their number without it."""

    def __init__(self, layer: Loss) -> None:
        self._layer = layer

    def reshape(self, bottom: Blobs) -> None:
        x, param = bottom[0], self._layer.layer_param_
        self._axis = x.canonical_axis(param.softmax_param.axis)
        outer, inner = x.count(0, self._axis), x.count(self._axis + 1)
        self._divisor = divisor(
            self._layer.normalization(),
            outer=outer,
            inner=inner,
            valid=outer * inner,
            fixed=param.loss_param.pre_fixed_normalizer,
        )

    def forward(self, bottom: Blobs) -> float:
        self._p = np.empty_like(bottom[0].data)
        softmax(bottom[0].data, self._axis, self._p)
        self._log = np.log(np.maximum(self._p, _FLT_MIN))
        self._entropy = -(self._p * self._log).sum(axis=self._axis, keepdims=True)
        return float(np.abs(self._entropy).sum()) / self._divisor

    def backward(self, dloss: float, dx: Array) -> None:
        np.multiply(self._p, self._entropy + self._log, out=dx)
        dx *= -dloss / self._divisor
