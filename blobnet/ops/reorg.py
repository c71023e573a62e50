"""Reorg's order: pixels of squares and channels, as darknet exchanges them."""

from __future__ import annotations

from blobnet.ops.permuting import inverse, permuted
from blobnet.types import Array, Shape

_TO_FINE = (0, 3, 4, 1, 5, 2)


def reorganized(shape: Shape, stride: int, x: Array, y: Array, *, to_fine: bool) -> None:
    """y = x from coarse images (N, s, s, D, H, W) to fine ones (N, D, H, s, W, s), or back.

    N, D * s * s, H and W are those of `shape`, whichever of the two has it; s is `stride`. What x
    and y are is read in this order, whatever their own shapes are.
    """
    (num, channels, height, width), s = shape, stride
    depth = channels // (s * s)
    fine, coarse = (num, depth, height, s, width, s), (num, s, s, depth, height, width)
    if to_fine:
        permuted(x.reshape(coarse), _TO_FINE, out=y.reshape(fine))
    else:
        permuted(x.reshape(fine), inverse(_TO_FINE), out=y.reshape(coarse))
