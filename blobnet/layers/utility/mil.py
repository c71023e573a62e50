"""MIL: of several instances the one with the highest score, or whether any is true."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import MILParameter
from blobnet.types import Array


@register_layer("MIL")
class MIL(Layer):
    """The largest score of each class, of all places; or of so many rows in turn.

    bottom[0]  x: (N, C, H, W)  the instances are the places; axes may be left out
    top[0]     y: (N, C, 1, 1)

    With the `type` NOR, x are probabilities, and y is that of any: 1 - the product of 1 - x, and at
    least the largest x.

    With `context_per_roi` K the layer is that of R*CNN: x is (N K + rest, C), the instances are K
    rows in turn. A rest of rows, fewer than K, does not count; it has no `type`.

    Proto: MILParameter.  Caffe: mil_layer.cpp of s-gupta/caffe, branch mil, and of
    gkioxari/caffe-fast-rcnn.
    Papers: Fang et al., "From Captions to Visual Concepts and Back", CVPR 2015; Gkioxari et al.,
    "Contextual Action Recognition with R*CNN", ICCV 2015.
    """

    formula = "y[n, c] = max over k of x[n, c, k];  NOR: max(1 - prod over k of (1 - x), max x)."
    gradient_formula = (
        "dx = dy where x is the largest, also of several that are equal; else 0.  "
        "NOR: dx = dy min(1, (1 - y) / (1 - x))."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.mil_param
        self._instances = param.context_per_roi
        self._is_any = param.type == MILParameter.NOR
        if param.HasField("context_per_roi") and (self._instances < 1 or param.HasField("type")):
            raise self.error(
                "context_per_roi is of R*CNN's MIL: at least 1, and without a type",
                got=f"context_per_roi: {self._instances}"
                + (", and a type" if param.HasField("type") else ""),
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        x = bottom[0]
        if x.num_axes < 2 or (self._instances and x.count(2) != 1):
            raise self.error(
                "each row has to be the scores of an instance",
                expected="shape (N, C)" if self._instances else "shape (N, C, H, W)",
                got=f"shape {x.shape}",
            )
        if not x.count(2):
            raise self.error("there are no places", got=f"shape {x.shape}")
        top[0].reshape((x.shape[0] // max(self._instances, 1), x.shape[1], 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = self._instances_of(bottom[0].data)
        y = top[0].data.reshape(x.shape[::2])
        if not x.size:
            return
        np.max(x, axis=1, out=y)
        if self._is_any:
            self._check(x)
            none = np.ones(y.shape, np.float64)
            for instance in np.moveaxis(x, 1, 0):  # rounded after each, as the fork's product
                none = (none * (1 - instance.astype(np.float64))).astype(self.dtype)
            np.maximum(1 - none, y, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x, dx = self._instances_of(bottom[0].data), bottom[0].diff
        y, dy = (each.reshape(len(x), 1, x.shape[2]) for each in (top[0].data, top[0].diff))
        if self._instances:
            dx[x.shape[0] * x.shape[1] :] = 0
        if self._is_any:
            share = (1 - y) / (1 - x)
            np.multiply(dy, np.where(share < 1, share, 1), out=self._instances_of(dx))
        else:
            np.multiply(dy, x == y, out=self._instances_of(dx))

    def _instances_of(self, array: Array) -> Array:
        """As (items, instances, classes), without the rest; a view."""
        rows, classes = array.shape[:2]
        if not self._instances:
            number = math.prod(array.shape[2:])
            places: Array = np.swapaxes(array.reshape(rows, classes, number), 1, 2)
            return places
        num = rows // self._instances
        instances: Array = array[: num * self._instances].reshape(num, self._instances, classes)
        return instances

    def _check(self, x: Array) -> None:
        wrong = np.flatnonzero(~((x >= 0) & (x <= 1)))
        if wrong.size:
            raise self.error(
                "input mil_prob not <= 1, or not >= 0",
                expected="probabilities",
                got=f"{x.reshape(-1)[wrong[0]]:g}",
                fix="put a Sigmoid layer in front",
            )
