"""Vectors brought to length 1, in the sense of L2 or of L1.

Arrays are (outer, vector, inner): a vector goes over the middle axis.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.ops.lengths import lengths
from blobnet.ops.planes import SHORT
from blobnet.ops.values import are_flat
from blobnet.types import Array


def _to_unit_length(
    kernels: Any, x: Array, eps: float, scale: Array, length: Array, out: Array
) -> Any:
    outer, channels, inner = x.shape
    if not x.size or inner < SHORT or not are_flat(x, scale, length, out):
        return NotImplemented
    arguments = (
        channels, inner, x.reshape(-1), x.dtype.type(eps), scale, length.reshape(-1),
        out.reshape(-1),
    )  # fmt: skip
    items = outer * -(-inner // kernels.BLOCK)
    launch_over_values(kernels.to_unit_length, items, arguments, 2 * channels * kernels.BLOCK)
    return None


@compiled_by("detection.unit_length_kernel", _to_unit_length)
def to_unit_length(x: Array, eps: float, scale: Array, length: Array, out: Array) -> None:
    """length = `lengths`, in the sense of L2; out = x / length * scale. `out` may be x.

    scale  (1,) or (vector,)
    """
    length[...] = lengths(x, eps)
    np.divide(x, length, out=out)
    np.multiply(out, scale.reshape(-1, 1), out=out)


def unit_gradient(
    x: Array, length: Array, dy: Array, *, is_l1: bool = False, is_divided: bool = True
) -> Array:
    """dx of y = x / length.

    L2: (dy - y * sum(y * dy)) / length;  L1: (dy - sign(x) * sum(y * dy)) / length;
    without the last division unless `is_divided`.
    """
    y = x / length
    along = np.einsum("ovi,ovi->oi", y, dy)[:, None]
    dx: Array = (np.sign(x) if is_l1 else y) * along
    np.subtract(dy, dx, out=dx)
    if is_divided:
        np.divide(dx, length, out=dx)
    return dx
