"""Softmax along one axis, forward and backward."""

from __future__ import annotations

import numpy as np

from blobnet.ops.recording import computes_otherwise
from blobnet.types import Array


def softmax(x: Array, axis: int, out: Array) -> None:
    """out = exp(x) / sum(exp(x)) along `axis`. `out` has the shape of x and may be x.

    A row that holds NaN or +inf, or nothing but -inf, becomes NaN.
    """
    computes_otherwise()
    if not x.size:
        return
    np.subtract(x, x.max(axis=axis, keepdims=True), out=out)  # keeps exp from overflowing
    np.exp(out, out=out)
    out /= out.sum(axis=axis, keepdims=True)


def softmax_backward(dy: Array, y: Array, axis: int, out: Array) -> None:
    """out = dx = y * (dy - sum(dy * y) along `axis`), where y = softmax(x). May be dy."""
    np.subtract(dy, (dy * y).sum(axis=axis, keepdims=True), out=out)
    out *= y
