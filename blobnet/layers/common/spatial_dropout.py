"""SpatialDropout: while training, leaves out whole channels at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.common.dropout import Dropout
from blobnet.ops.broadcast import scale
from blobnet.ops.copying import copy
from blobnet.proto import TRAIN


@register_layer("SpatialDropout")
class SpatialDropout(Dropout):
    """Drops channels of images at random, all of a channel or nothing.

    bottom[0]  x: (N, C, ...)  two axes or more
    top[0]     y: the same shape

    The mask is drawn anew, one value per channel of an image, in every forward of the TRAIN
    phase. Where it is not 0 it is 1 / (1 - dropout_ratio); in TEST simply y = x. (The fork
    reads the ratio from `dropout_param` even where `spatial_dropout_param` states one. Here the
    latter counts where it is stated.)

    May work in place, as it usually does.
    Proto: SpatialDropoutParameter.  Caffe: spatial_dropout_layer.cpp of Intel
    (intel/caffe).  Paper: Tompson et al., CVPR 2015.
    """

    formula = "y = x * mask, where the mask of a channel is 0 with probability `dropout_ratio`."
    gradient_formula = "dx = dy * mask."

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def ratio(self) -> float:
        if self.layer_param_.HasField("spatial_dropout_param"):
            return self.layer_param_.spatial_dropout_param.dropout_ratio
        return super().ratio()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes < 2:
            raise self.error(
                "there are no channels to drop",
                expected="shape (N, C, ...)",
                got=f"shape {bottom[0].shape}",
            )
        top[0].reshape_like(bottom[0])
        if self.phase == TRAIN and self._mask.shape != bottom[0].shape[:2]:
            self._mask = np.zeros(bottom[0].shape[:2], self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if self.phase == TRAIN:
            self.rng.random(out=self._mask, dtype=self._mask.dtype)
            np.greater_equal(self._mask, self._ratio, out=self._mask)
            self._mask *= self._scale
            scale(x, self._mask, 0, out=y)
        elif y is not x:
            copy(x, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, dx = top[0].diff, bottom[0].diff
        if propagate_down[0] and self.phase == TRAIN:
            scale(dy, self._mask, 0, out=dx)
        elif propagate_down[0] and dx is not dy:
            np.copyto(dx, dy)
