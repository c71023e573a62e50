"""MovingNormalize: features divided by the running mean of their lengths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers import _gathered as of_all
from blobnet.layers._gathered import Gather
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import FillerParameter


@register_layer("MovingNormalize")
class MovingNormalize(Layer):
    """Scales all features by one number, which brings them to length 1 on average.

    bottom[0]  x: (N, C, H, W)  axes left out at the end count as 1
    top[0]     y: as x
    top[1]     mean length: (1,)    (optional)
    blobs_[0]  mean length: (1,)    below 0 until the first forward

    The length of a place's C values is sqrt(sum(x^2) + 1e-12). The first mean is that of the batch;
    then each forward, in TEST too, adds 0.01 of the batch's to 0.99 of it. As in the fork the first
    N lengths alone are summed, and divided by N H W: for features of one place their mean. Its
    lr_mult is 0, and must be if it is stated.

    Proto: none.  Caffe: moving_normalize_layer.cu of happynear/caffe-windows.
    """

    formula = "y = x / mean length."
    gradient_formula = "dx = dy / mean length: the mean counts as a constant."

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._gather: Gather | None = None  # where others' batches count, too
        self.init_blob(0, (1,), FillerParameter(type="constant", value=-1))
        params = self.layer_param_.param
        if not params:
            params.add(lr_mult=0, decay_mult=0)
        elif params[0].lr_mult != 0:
            raise self.error(
                "Cannot configure statistics as layer parameters.",
                expected="lr_mult: 0",
                got=f"lr_mult: {params[0].lr_mult:g}",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes < 2:
            raise self.error("an item must have channels", got=f"shape {bottom[0].shape}")
        top[0].reshape_like(bottom[0])
        if len(top) > 1:
            top[1].reshape((1,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, mean = bottom[0].data, self.blobs_[0].data
        if x.size:
            squared = np.square(x).sum(axis=1) + 1e-12
            lengths = of_all.joined(np.sqrt(squared).reshape(-1), self._gather)
            items = len(x) * lengths.size // squared.size
            of_batch = lengths[:items].sum() / lengths.size
            mean[0] = of_batch if mean[0] < 0 else mean[0] * 0.99 + of_batch * 0.01
        if len(top) > 1:
            top[1].data[...] = mean
        np.divide(x, mean[0], out=top[0].data)

    def use_statistics_of(self, gather: Gather) -> bool:
        self._gather = gather
        return True

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.divide(top[0].diff, self.blobs_[0].data[0], out=bottom[0].diff)
