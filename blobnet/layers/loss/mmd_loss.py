"""MMDLoss: how differently the features of two domains are distributed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.proto import JMMDParameter, MMDParameter
from blobnet.types import Array, IntArray

_Pairs = list[tuple[int, IntArray, IntArray]]
"""Each a sign, and the places of the first and second items."""


@register_layer("MMDLoss")
class MMDLoss(Loss):
    """The maximum mean discrepancy of two samples, estimated by drawn quadruples of items.

    bottom[0]  source: (S, ...)   D values for each item
    bottom[1]  target: (T, ...)   D values
    top[0]     loss: ()           0 where a sample is empty

    A kernel is the sum over `kernel_num` widths of exp(-g |a - b|^2): g is (S + T) (S + T - 1) over
    the sum of all squared distances, divided by `kernel_mul` to the power of kernel_num / 2 (cut
    off), and times kernel_mul from one width to the next. `fix_gamma` keeps the g of the first
    forward. max(S, T) times, two items s, s' of the source and t, t' of the target are drawn.

    Proto: MMDParameter.  Caffe: mmd_layer.cu of thuml/Xlearn.
    Paper: Long et al., "Learning Transferable Features with Deep Adaptation Networks", ICML 2015.
    """

    formula = "sum over draws of k(s, s') + k(t, t') - k(s, t') - k(s', t)."
    gradient_formula = "The derivative of the mean over other draws, where g is constant."

    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._use(self.layer_param_.mmd_param)

    def _use(self, param: MMDParameter | JMMDParameter) -> None:
        """Compute with the kernel that this message states."""
        self._param = param
        if param.kernel_num < 1 or param.kernel_mul <= 0:
            raise self.error(
                "there is no kernel",
                expected="a kernel_num of at least 1, a kernel_mul above 0",
                got=f"{param.kernel_num} and {param.kernel_mul:g}",
            )
        self._gamma = -1.0
        self._pairs: _Pairs = []  # for the gradient

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        check_samples(self, bottom)
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, num = items_of(bottom)
        distances = squared_distances(x, x)
        self._choose_width(distances)
        total, self._pairs = 0.0, []
        if 0 < num < len(x):
            for sign, first, second in self._draw(num, len(x) - num):
                values, _ = self._kernel(distances[first, second])
                total += sign * float(values.sum())
            self._pairs = self._draw(num, len(x) - num)
        top[0].data[...] = total

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, num = items_of(bottom)
        dx = np.zeros_like(x)
        if 1 < num < len(x) - 1:
            for sign, first, second in self._pairs:
                apart = x[first] - x[second]
                _, slopes = self._kernel(np.einsum("nd,nd->n", apart, apart))
                change = 2 * sign * slopes[:, None] * apart
                np.add.at(dx, first, change)
                np.add.at(dx, second, -change)
            dx *= float(top[0].diff[()]) / max(num, len(x) - num)
        for blob, wanted, its in zip(bottom, propagate_down, (dx[:num], dx[num:]), strict=True):
            if wanted:
                blob.diff[...] = its.reshape(blob.shape)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "gamma": self._gamma}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._gamma = float(state["gamma"])

    def _choose_width(self, distances: Array) -> None:
        """Of the kernel, from the squared distances of all pairs of items."""
        if self._gamma < 0 or not self._param.fix_gamma:
            pairs = len(distances) * (len(distances) - 1)
            self._gamma = float(np.divide(pairs, distances.sum(), dtype=np.float64))

    def _kernel(self, squared: Array) -> tuple[Array, Array]:
        """Its values at squared distances, and their derivatives by these."""
        param = self._param
        gamma = self._gamma / param.kernel_mul ** (param.kernel_num // 2)
        value, slope = np.zeros_like(squared), np.zeros_like(squared)
        for _ in range(param.kernel_num):
            part = np.exp(-gamma * squared)
            value += part
            slope -= gamma * part
            gamma *= param.kernel_mul
        return value, slope

    def _draw(self, source: int, target: int) -> _Pairs:
        """Sign, first and second item of each pair, the target's items counted behind the source's.

        The second item of a sample is another one than the first, where it has two.
        """
        count = max(source, target)
        found = []
        for size in (source, target):
            first, second = self.rng.integers(size, size=(2, count))
            found += [first, np.where(first == second, (second + 1) % size, second)]
        s, s2, t, t2 = found
        t, t2 = t + source, t2 + source
        return [(1, s, s2), (1, t, t2), (-1, s, t2), (-1, s2, t)]


def check_samples(layer: Layer, bottom: Blobs) -> None:
    """Raise LayerError unless both bottoms have items of as many values."""
    source, target = (blob.shape for blob in bottom)
    if not source or not target or math.prod(source[1:]) != math.prod(target[1:]):
        raise layer.error(
            "items of both samples must have as many values",
            expected="shapes (S, D) and (T, D)",
            got=f"{source} and {target}",
        )


def items_of(bottom: Blobs) -> tuple[Array, int]:
    """All items as (S + T, D), and S."""
    size = math.prod(bottom[0].shape[1:])
    rows = [blob.data.reshape(blob.shape[0], size) for blob in bottom]
    return np.concatenate(rows), len(rows[0])


def squared_distances(a: Array, b: Array) -> Array:
    squares = np.einsum("nd,nd->n", a, a)[:, None] + np.einsum("nd,nd->n", b, b)
    distances: Array = np.maximum(squares - 2 * (a @ b.T), 0)
    if a is b:
        np.fill_diagonal(distances, 0)
    return distances
