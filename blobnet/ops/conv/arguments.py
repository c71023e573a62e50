"""What the kernels of all algorithms take beside their plans."""

from __future__ import annotations

from functools import cache

import numpy as np

from blobnet.ops.launch import Scratch
from blobnet.types import Array, DType


@cache
def no_bias(dtype: DType) -> Array:
    """The same 0 for every output."""
    return np.zeros(1, dtype)


def scratch_of(purpose: str, count: int, like: Array) -> Scratch:
    """Memory for so many values, of the type of `like`."""
    return Scratch(f"conv {purpose}", count, like.dtype)


def products_of(weight: Array, y: Array) -> int:
    """How many multiplications there are between weights and images (N, O, *places)."""
    return int(weight.size * (y.size // y.shape[1]))
