"""What else an InnerProduct does: the inference mode (inference/fusion.py), and what forks add."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.inference.fusion import fold_affine, fold_front, leaky_slope
from blobnet.layer import Layer
from blobnet.ops.product import matmul
from blobnet.ops.relu import relu_backward
from blobnet.ops.workspace import scratch
from blobnet.types import Array


class FusingInnerProduct(Layer):
    """An inner product that does the work of a rectifier behind it.

    Intel's `relu` puts a rectifier into the layer itself, with `negative_slope`. With
    caffe-windows' `normalize` every forward divides each K weights that lie behind each other in
    memory by their norm, the root of the sum of their squares and 1e-6; the gradient knows
    nothing of that.

    Caffe: inner_product_layer.cpp of caffe-windows (happynear/caffe-windows),
    mkldnn_inner_product_layer.cpp of Intel (intel/caffe).
    """

    _slope = 1.0  # of that rectifier
    _has_rectifier = False  # of its own
    _axis: int  # where an item's values begin
    _transpose: bool
    _has_bias: bool
    _is_given: bool  # whether weights are a bottom
    _K: int
    _N: int

    def fuse(self, followers: Sequence[Layer]) -> bool:
        slope = leaky_slope(followers[0])
        if len(followers) != 1 or slope is None or self._has_rectifier:
            return False
        self._slope = slope
        return True

    def folded(self, followers: Sequence[Layer]) -> tuple[Array, Array] | None:
        if self._axis != 1 or self._has_rectifier or self._is_normalized or self._is_given:
            return None
        stored, bias = self.blobs_[0].data, self.blobs_[1].data if self._has_bias else None
        weight, bias = fold_affine(stored.T if self._transpose else stored, bias, followers)
        return np.ascontiguousarray(weight.T) if self._transpose else weight, bias

    def folded_front(
        self, leaders: Sequence[Layer], channels: int, weight: Array, bias: Array
    ) -> tuple[Array, Array] | None:
        if self._axis != 1 or self._is_normalized or self._is_given:
            return None
        rows = weight.T if self._transpose else weight
        rows, bias = fold_front(rows.reshape(self._N, channels, -1), bias, leaders, channels)
        made = rows.reshape(self._N, self._K)
        return np.ascontiguousarray(made.T) if self._transpose else made, bias

    def set_up_fork(self) -> None:
        """Read the fields of forks."""
        param = self.layer_param_.inner_product_param
        if param.relu and param.negative_slope < 0:
            raise self.error(
                "a rectifier that is fused cannot have a negative slope",
                got=param.negative_slope,
                fix="write it as a ReLU layer behind",
            )
        self._has_rectifier = self.backward_reads_top = param.relu
        if param.relu:
            self._slope = param.negative_slope
        self._is_normalized = param.normalize and not self._is_given
        self.can_be_recorded = not self._is_normalized

    def check_given(self, bottom: Blobs, shape: tuple[int, int]) -> None:
        """Raise LayerError where further bottoms do not have as many values as they should."""
        for index, count in enumerate((math.prod(shape), shape[0])[: len(bottom) - 1], 1):
            if bottom[index].count != count:
                raise self.error(
                    f"bottom[{index}] does not fit the input",
                    expected=f"{count} values, for {shape[0]} outputs from {shape[1]} each",
                    got=f"shape {bottom[index].shape}, and bottom[0] of shape {bottom[0].shape}",
                )

    def outputs(self, bottom: Blobs) -> int:
        """How many numbers an item becomes."""
        self._is_given = len(bottom) > 1
        return bottom[1].num if self._is_given else self.layer_param_.inner_product_param.num_output

    def filters(self, bottom: Blobs) -> Array:
        """What sees all of an image has filters as large as the image."""
        weight, image = self.by_output(self.weights(bottom).data), bottom[0].shape[1:]
        is_seen_whole = len(image) == 3 and math.prod(image) == self._K
        return weight.reshape(-1, *image) if is_seen_whole else weight

    def by_output(self, stored: Array) -> Array:
        """W or dW as (N, K), a view, whichever way it is stored."""
        if self._is_given:
            stored = stored.reshape((self._K, self._N) if self._transpose else (self._N, self._K))
        return stored.T if self._transpose else stored

    def weights(self, bottom: Blobs) -> Blob:
        return bottom[1] if self._is_given else self.blobs_[0]

    def bias(self, bottom: Blobs) -> Blob:
        return bottom[2] if len(bottom) > 2 else self.blobs_[-1]

    def write_given(self, dy: Array, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """The gradients of weights that are a bottom, and of the bias beside them."""
        if propagate_down[1]:
            x, dW = bottom[0].data.reshape(-1, self._K), self.by_output(bottom[1].diff)
            matmul(dy.T, x, out=dW)
        if len(bottom) > 2 and propagate_down[2]:
            bottom[2].diff.reshape(-1)[...] = dy.sum(axis=0) if self._has_bias else 0
        elif self.blobs_ and self.param_propagate_down_[0]:
            change, diff = dy.sum(axis=0), self.blobs_[0].diff
            diff[...] = diff + change if self.accumulate else change

    def normalize_weights(self, shape: tuple[int, int]) -> None:
        """Bring what lies in a row of this shape to a norm of 1, where that is asked for."""
        if self._is_normalized:
            rows = self.blobs_[0].data.reshape(shape)
            rows /= np.sqrt(np.einsum("nk,nk->n", rows, rows) + 1e-6)[:, None]

    def before_rectifier(self, top: Blob) -> Array:
        """The gradient of the products, of which a rectifier of the layer lets a part through."""
        if not self._has_rectifier:
            return top.diff
        change = scratch("behind an inner product", top.shape, self.dtype)
        relu_backward(top.diff, top.data, self._slope, out=change)
        return change

    def fold(self) -> None:
        """A rectifier has no weights."""
