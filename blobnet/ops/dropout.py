"""The mask of Dropout, applied as it is made."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.jit import compiled
from blobnet.ops.values import are_flat, for_values, in_blocks
from blobnet.types import Array


def drop(x: Array, mask: Array, ratio: float, scale: float, out: Array) -> None:
    """mask = scale where it was at least `ratio`, else 0; out = x * mask. `out` may be x."""
    kernels: Any = compiled("activation")
    if kernels is not None and are_flat(x, mask, out):
        numbers = x.dtype.type(ratio), x.dtype.type(scale)
        arrays = x.reshape(-1), mask.reshape(-1), *numbers, out.reshape(-1)
        for_values(lambda begin, end: kernels.drop(begin, end, *arrays), x.size)
    else:
        in_blocks(lambda x, mask, out: _drop(x, mask, ratio, scale, out), x, mask, out)


def _drop(x: Array, mask: Array, ratio: float, scale: float, out: Array) -> None:
    np.greater_equal(mask, ratio, out=mask)
    mask *= scale
    np.multiply(x, mask, out=out)
