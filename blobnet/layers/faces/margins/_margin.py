"""What A-Softmax and L-Softmax share: scores of a multiple of the angle to the true class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers._schedule import CountingLayer, power_of_steps
from blobnet.layers.faces._labels import IndexArray, check_count, read_classes
from blobnet.ops.product import affine
from blobnet.types import Array

SINGLE, DOUBLE, TRIPLE, QUADRUPLE = range(4)
"""The numbers of `MarginType` and of `LargeMarginType`: the angle, two, three, four of it."""


class Margin(NamedTuple):
    """What the last forward knows of each item and its true class, all (M,)."""

    label: IndexArray
    x_norm: Array
    w_norm: Array
    psi: Array  # of the cosine
    slope: Array  # dpsi / dcosine
    cosine: Array


class MarginProduct(CountingLayer):
    """Scores as of InnerProduct without bias; that of the true class keeps a margin.

    Where the angle between item and class is t, the true class has, instead of |x| |w| cos(t),
    |x| |w| (psi(t) + lambda cos(t)) / (1 + lambda), where psi goes on falling where cos(k t) rises
    again: (-1)^j cos(k t) - 2 j between the angles j pi / k and (j + 1) pi / k.
    """

    max_top_blobs = 2
    min_top_blobs = 1

    def message(self) -> Any:
        raise NotImplementedError

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.message()
        self._axis = bottom[0].canonical_axis(param.axis)
        self._K = bottom[0].count(self._axis)
        self._kind, self._iteration = param.type, param.iteration
        self._lambda = 0.0
        self._margin: Margin | None = None
        self._set_up_weights(bottom, param)

    def _set_up_weights(self, bottom: Blobs, param: Any) -> None:
        self._N = int(param.num_output)
        if self._N < 1:
            raise self.error("num_output must be at least 1", got=self._N)
        self.init_blob(0, (self._N, self._K), param.weight_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].count(self._axis) != self._K:
            raise self.error(
                "Input size incompatible with inner product parameters.",
                expected=f"{self._K} values per item, from axis {self._axis} on",
                got=f"{bottom[0].count(self._axis)} (bottom shape {bottom[0].shape})",
            )
        items = bottom[0].shape[: self._axis]
        check_count(self, bottom[1], int(np.prod(items, dtype=np.int64)))
        top[0].reshape((*items, self._N))
        if len(top) > 1:
            top[1].reshape((1,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data.reshape(-1, self._K), top[0].data.reshape(-1, self._N)
        weight = self._read_weights(bottom)
        label = read_classes(self, bottom[1], self._N)
        affine(x, weight, None, out=y)
        self._lambda = self._next_lambda()
        if len(top) > 1:
            top[1].data[...] = self._lambda
        self._margin = None
        if self._kind != SINGLE:
            true = (np.arange(len(x)), label)
            self._margin = margin = self._measure(x, weight, label, y[true])
            length = self._length(margin)
            y[true] = (length * margin.psi + self._lambda * y[true]) / (1 + self._lambda)

    def _next_lambda(self) -> float:
        """One more forward: what the plain cosine weighs in it."""
        self._iteration += 1
        param = self.message()
        falling = param.base * power_of_steps(param.gamma, -param.power, self._iteration)
        return float(max(falling, param.lambda_min))

    def _read_weights(self, bottom: Blobs) -> Array:
        return self.blobs_[0].data

    def _length(self, margin: Margin) -> Array:
        """By what psi is multiplied."""
        raise NotImplementedError

    def _measure(self, x: Array, weight: Array, label: IndexArray, score: Array) -> Margin:
        raise NotImplementedError

    def _plain_gradients(self, top: Blobs) -> Array:
        """dy, of which the true class has only what comes through the plain cosine."""
        dy: Array = top[0].diff.reshape(-1, self._N)
        if self._margin is None:
            return dy
        dy = dy.copy()
        dy[np.arange(len(dy)), self._margin.label] *= self._lambda / (1 + self._lambda)
        return dy

    def _psi_gradients(self, top: Blobs) -> Array:
        """What comes through psi, one number for each item."""
        dy = top[0].diff.reshape(-1, self._N)
        label = self._margin.label if self._margin is not None else np.empty(0, np.intp)
        true: Array = dy[np.arange(len(dy)), label] / (1 + self._lambda)
        return true

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        return bottom[0].count * self._N

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 1  # labels have no gradient

    def refuse_label_gradient(self, propagate_down: Sequence[bool]) -> None:
        if propagate_down[1]:
            raise self.error(
                f"{self.type} Layer cannot backpropagate to label inputs.",
                fix="write `propagate_down: true propagate_down: false` in this layer",
            )


def psi_of(kind: int, cosine: Array) -> tuple[Array, Array]:
    """psi of a multiple of the angle that has this cosine, and how fast it grows with the cosine.

    At the angles where pieces meet, the sign of 0 is 0, as in the forks.
    """
    c, side = cosine, np.sign(cosine)
    if kind == DOUBLE:
        return 2 * side * c**2 - 1, 4 * side * c
    if kind == TRIPLE:
        sign = np.sign(np.abs(c) - 0.5)
        shift = side * (1 + sign) - 2
        return sign * (4 * c**3 - 3 * c) + shift, sign * (12 * c**2 - 3)
    sign = side * np.sign(2 * c**2 - 1)
    shift = 2 * side + sign - 3
    return sign * (8 * c**4 - 8 * c**2 + 1) + shift, sign * (32 * c**3 - 16 * c)


def quotient(dividend: Array, divisor: Array) -> Array:
    """dividend / divisor; 0 where the divisor is 0."""
    return np.divide(dividend, divisor, out=np.zeros_like(dividend), where=divisor != 0)
