"""One matrix product, cut into pieces for several threads where it is large."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from blobnet.ops.parallel import for_each
from blobnet.types import Array

_PIECE = 2**21
"""Multiplications that are worth a piece; fixed, so that results do not depend on threads."""

_MOST_PIECES = 8


def matmul(a: Array, b: Array, out: Array) -> None:
    """out = a @ b, all of two axes, cut along the longer axis of `out`."""
    rows, columns = out.shape
    pieces = min(rows * columns * a.shape[1] // _PIECE, _MOST_PIECES, max(rows, columns))
    if pieces < 2:
        np.matmul(a, b, out=out)
    elif rows >= columns:
        for_each(lambda part: np.matmul(a[part], b, out=out[part]), _cut(rows, pieces))
    else:
        for_each(lambda part: np.matmul(a, b[:, part], out=out[:, part]), _cut(columns, pieces))


def _cut(length: int, pieces: int) -> list[slice]:
    edges = [length * piece // pieces for piece in range(pieces + 1)]
    return [slice(begin, end) for begin, end in pairwise(edges)]
