"""The logistic function, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.jit import compiled
from blobnet.ops.values import are_flat, for_values, in_blocks
from blobnet.types import Array


def sigmoid(x: Array, out: Array) -> None:
    """out = 1 / (1 + exp(-x)). `out` has the shape of x and may be x.

    Caffe writes it as 0.5 * tanh(0.5 * x) + 0.5 and computes that in double. In single that
    form would lose small results, such as sigmoid(-20) = 2e-9; this one has them in either.
    """
    in_blocks(_sigmoid, x, out)


def _sigmoid(x: Array, out: Array) -> None:
    np.negative(x, out=out)
    np.exp(out, out=out)  # exp(-x) = inf is right: the result is 0
    out += 1
    np.reciprocal(out, out=out)


def sigmoid_backward(dy: Array, y: Array, out: Array) -> None:
    """out = dx = dy * y * (1 - y), where y = sigmoid(x). May be dy."""
    kernels: Any = compiled("activation")
    if kernels is not None and are_flat(dy, y, out):
        arrays = dy.reshape(-1), y.reshape(-1), out.reshape(-1)
        for_values(lambda begin, end: kernels.sigmoid_backward(begin, end, *arrays), y.size)
    else:
        in_blocks(_sigmoid_backward, dy, y, out)


def _sigmoid_backward(dy: Array, y: Array, out: Array) -> None:
    factor = 1 - y
    factor *= y
    np.multiply(dy, factor, out=out)
