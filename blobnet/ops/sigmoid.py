"""The logistic function, forward and backward."""

from __future__ import annotations

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.values import in_blocks
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


@compiled_by("activation_kernel")
def sigmoid_backward(dy: Array, y: Array, out: Array) -> None:
    """out = dx = dy * y * (1 - y), where y = sigmoid(x). May be dy."""
    factor = 1 - y
    factor *= y
    np.multiply(dy, factor, out=out)
