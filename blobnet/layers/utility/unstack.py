"""Unstack: the positions of an axis as blobs of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("Unstack")
class Unstack(Layer):
    """As tf.unstack: top i is what x holds at position i of `axis`.

    bottom[0]  x: any shape, (N, T, C) for `axis: 1`
    top[i]     x[:, i]: (N, C)  as many as there are tops; positions behind them are left out

    `num` is how many the axis has; 0, or not written, is whatever it has. (The fork has no
    backward, and no check of the numbers.)

    Proto: UnstackParameter.  Caffe: unstack_layer.cpp of Synopsys.
    """

    formula = "y_i = x at position i of `axis`"
    gradient_formula = "dx at position i = dy_i; 0 behind the last top."

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param, x = self.layer_param_.unstack_param, bottom[0]
        if not x.num_axes:
            raise self.error("the bottom has no axis")
        self._axis = x.canonical_axis(param.axis)
        length = x.shape[self._axis]
        if param.num not in (0, length) or len(top) > length:
            raise self.error(
                "axis, num and the number of tops do not fit",
                expected=f"{length} (bottom shape {x.shape}, axis {param.axis})",
                got=f"num: {param.num} and {len(top)} tops",
            )
        shape = (*x.shape[: self._axis], *x.shape[self._axis + 1 :])
        for blob in top:
            blob.reshape(shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        parts = self._positions(bottom[0].data)
        for index, blob in enumerate(top):
            np.copyto(blob.data, parts[index])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            parts = self._positions(bottom[0].diff)
            for index, blob in enumerate(top):
                parts[index] = blob.diff
            parts[len(top) :] = 0

    def _positions(self, x: Array) -> Array:
        return np.moveaxis(x, self._axis, 0)
