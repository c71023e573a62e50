"""Dropout: while training, leaves out values at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.copying import copy
from blobnet.ops.dropout import drop
from blobnet.ops.eltwise import product, times
from blobnet.proto import TRAIN
from blobnet.types import Array


@register_layer("Dropout")
class Dropout(Elementwise):
    """Drops values at random.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    The mask is drawn anew, one value per element, in every forward of the TRAIN phase. Where it
    is not 0 it is 1 / (1 - dropout_ratio), which keeps the mean; so in TEST simply y = x. With
    caffe-windows' `sqrt_scale` it is the root of that.

    Without `scale_train`, as in Faster R-CNN, it is 1 there, and y = x * (1 - dropout_ratio) in
    TEST. With `sample_weights_test`, of Bayesian SegNet, TEST drops values as TRAIN does.

    May work in place, as it usually does.
    Proto: DropoutParameter.  Caffe: dropout_layer.cpp.  Paper: Srivastava et al., JMLR 2014.
    """

    formula = "Dropout: y = x * mask, where the mask is 0 with probability `dropout_ratio`."
    gradient_formula = "dx = dy * mask."

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def ratio(self) -> float:
        """The probability to leave a value out."""
        return self.layer_param_.dropout_param.dropout_ratio

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._ratio = self.ratio()
        if not 0 <= self._ratio < 1:  # 0: Caffe checks it where it is compiled for debugging alone
            raise self.error(
                "dropout_ratio is the probability to leave a value out",
                expected="a number between 0 and 1, or 0",
                got=f"{self._ratio:g}",
                fix="for no dropout at all, remove the layer",
            )
        param = self.layer_param_.dropout_param
        self._scale = 1 / (1 - self._ratio)
        if param.sqrt_scale:
            self._scale **= 0.5
        self._scales_train = param.scale_train
        self._drops = self._ratio > 0 and (self.phase == TRAIN or param.sample_weights_test)
        self.can_be_recorded = not self._drops
        self._mask: Array = np.empty(0, self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if self._drops and self._mask.shape != bottom[0].shape:
            self._mask = np.zeros(bottom[0].shape, self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if self._drops:
            self.rng.random(out=self._mask, dtype=self._mask.dtype)
            drop(x, self._mask, self._ratio, self._scale if self._scales_train else 1, out=y)
        elif not self._scales_train:
            times(x, 1 / self._scale, out=y)
        elif y is not x:
            copy(x, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, dx = top[0].diff, bottom[0].diff
        if propagate_down[0] and self._drops:
            product([dy, self._mask], out=dx)
        elif propagate_down[0] and not self._scales_train:
            times(dy, 1 / self._scale, out=dx)
        elif propagate_down[0] and dx is not dy:
            np.copyto(dx, dy)

    def channel_affine(self) -> tuple[Array, Array] | None:
        scale = 1.0 if self._scales_train else 1 / self._scale
        return None if self._drops else (np.full(1, scale), np.zeros(1))
