"""SumPooling: Pooling, with sums beside averages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.vision.pooling import Pooling
from blobnet.ops import pooling
from blobnet.ops.window import window_counts
from blobnet.ops.workspace import scratch
from blobnet.proto import PoolingParameter, SumPoolingParameter
from blobnet.types import Array

_POOLS: dict[int, PoolingParameter.PoolMethod] = {
    SumPoolingParameter.MAX: PoolingParameter.MAX,
    SumPoolingParameter.AVE: PoolingParameter.AVE,
    SumPoolingParameter.STOCHASTIC: PoolingParameter.STOCHASTIC,
}


@register_layer("SumPooling")
class SumPooling(Pooling):
    """What Pooling does for MAX, AVE and STOCHASTIC, and SUM: the sum of each window.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, *places)     as those of Pooling
    top[1]     mask: (N, C, *places)  MAX only, optional, as that of Pooling

    SUM has no padding.

    Proto: SumPoolingParameter.  Caffe: sum_pooling_layer.cpp of HBP
    (ChaojianYu/Hierarchical-Bilinear-Pooling); its SUM is in sum_pooling_layer.cu alone.
    """

    formula = "SUM: y = sum of x in the window; the others as those of Pooling"
    gradient_formula = "SUM gives dy to every x of the window; the others as those of Pooling."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._is_sum = self.layer_param_.sum_pooling_param.pool == SumPoolingParameter.SUM
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        super().setup(bottom, top)
        if self._is_sum and any(self._window.pad):
            raise self.error("Padding implemented only for average and max pooling.")
        self.can_be_recorded = False

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        super().forward_cpu(bottom, top)
        if self._is_sum:
            y, counts = top[0].data, self._counts(top[0].data)
            np.multiply(y, counts, out=y)
            np.copyto(y, 0, where=counts == 0)  # beside the image: 0 / 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not self._is_sum:
            super().backward_cpu(top, propagate_down, bottom)
        elif propagate_down[0]:
            dy = top[0].diff
            sums = np.multiply(dy, self._counts(dy), out=scratch("sums", dy.shape, dy.dtype))
            pooling.average_backward(sums, self._window, bottom[0].diff)

    def pooling_param(self) -> PoolingParameter:
        """The settings in Pooling's words: an average stands for a sum."""
        found = PoolingParameter()
        for field, value in self.layer_param_.sum_pooling_param.ListFields():
            if field.name not in ("pool", "engine"):
                setattr(found, field.name, value)
        if self._is_sum:
            found.pool = PoolingParameter.AVE
        else:
            found.pool = _POOLS[self.layer_param_.sum_pooling_param.pool]
        return found

    def _counts(self, y: Array) -> Array:
        """By how many values the average of a window is divided."""
        size, places = self._sizes
        return window_counts(self._window, size, places, y.dtype)
