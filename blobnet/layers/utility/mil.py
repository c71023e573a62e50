"""MIL: of several instances the one with the highest score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("MIL")
class MIL(Layer):
    """The largest score of each class, of so many rows in turn.

    bottom[0]  x: (N K + rest, C)  K = `context_per_roi` instances of each item; axes of 1 behind
    top[0]     y: (N, C, 1, 1)

    A rest of rows, fewer than K, does not count. caffe-windows' settings (`type`) are not those of
    this layer.

    Proto: MILParameter.  Caffe: mil_layer.cpp of gkioxari/caffe-fast-rcnn.
    Paper: Gkioxari et al., "Contextual Action Recognition with R*CNN", ICCV 2015.
    """

    formula = "y[n, c] = max over k of x[K n + k, c]."
    gradient_formula = "dx = dy where x is the largest, also of several that are equal; else 0."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.mil_param
        self._instances = param.context_per_roi
        if self._instances < 1 or param.HasField("type"):
            raise self.error(
                "how many rows belong together has to be said",
                expected="mil_param { context_per_roi: ... }, as R*CNN has it",
                got="type, of another fork" if param.HasField("type") else "nothing",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        x = bottom[0]
        if x.num_axes < 2 or x.count(2) != 1:
            raise self.error(
                "each row has to be the scores of an instance",
                expected="shape (N, C)",
                got=f"shape {x.shape}",
            )
        top[0].reshape((x.shape[0] // self._instances, x.shape[1], 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = self._instances_of(bottom[0].data)
        if x.size:
            np.max(x, axis=1, out=top[0].data.reshape(x.shape[::2]))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x, dx = self._instances_of(bottom[0].data), bottom[0].diff
            y, dy = (each.reshape(len(x), 1, x.shape[2]) for each in (top[0].data, top[0].diff))
            dx[x.shape[0] * x.shape[1] :] = 0
            np.multiply(dy, x == y, out=self._instances_of(dx))

    def _instances_of(self, array: Array) -> Array:
        """As (items, instances, classes), without the rest; a view."""
        rows, classes = array.shape[:2]
        num = rows // self._instances
        instances: Array = array[: num * self._instances].reshape(num, self._instances, classes)
        return instances
