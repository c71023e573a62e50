"""Arrays with their axes in another order."""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array

Six = tuple[int, int, int, int, int, int]


@exact_kernel
def permute_rows(begin: int, end: int, x: Array, sizes: Six, steps: Six, y: Array) -> None:
    """y[a, b, c, d, e, f] = x[a * steps[0] + ... + f * steps[5]]; an item is a row along f."""
    width, step = sizes[5], steps[5]
    for row in range(begin, end):
        rest, at = row, 0
        for axis in range(4, -1, -1):
            if sizes[axis] > 1:
                above = rest // sizes[axis]
                at += (rest - above * sizes[axis]) * steps[axis]
                rest = above
        y_ = y[row * width : row * width + width]
        if step == 1:
            x_ = x[at : at + width]
            for i in range(width):
                y_[i] = x_[i]
        else:
            for i in range(width):
                y_[i] = x[at + i * step]
