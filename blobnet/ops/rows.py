"""Rows that an array of numbers picks from another array, and their way back.

A row is everything behind the first axis.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from blobnet.types import Array

Indices = NDArray[np.intp]

_VALUES_AT_ONCE = 2**17  # the numbers of as many places take 1 MiB


def take_rows(x: Array, indices: Indices, out: Array) -> None:
    """out[i] = x[indices[i]] for every i. The indices must be in range: that is not checked."""
    x.take(indices, axis=0, out=out, mode="clip")  # "raise" would make a copy of out


def add_rows(x: Array, indices: Indices, out: Array) -> None:
    """out[indices[i]] += x[i] for every i, in this order; an index may come several times.

    The indices must be in range, and `out` in one piece.
    """
    width = math.prod(out.shape[1:])
    flat = out.reshape(-1)  # `np.add.at` is fast for single values, slow for whole rows
    columns = np.arange(width)
    step = max(_VALUES_AT_ONCE // max(width, 1), 1)
    for start in range(0, len(indices), step):
        part = slice(start, start + step)
        places = indices[part, None] * width + columns
        np.add.at(flat, places.reshape(-1), x[part].reshape(-1))
