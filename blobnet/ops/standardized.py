"""BatchNorm, Scale and, behind them, a rectifier in one pass, where a compiled kernel serves.

x, y, dy, dx           (N, C, ...)
factor, shift          (C,)
mean, inv_std          (C,)  of x itself, in float64

y = max((x - mean) * inv_std * factor + shift, 0), the latter only where `rectified`. All bits are
those of `batch_norm.standardize`, `broadcast.scale` and `relu` one after the other, and of their
gradients; memory is gone through once instead of three times.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.batch_norm import inverse_std
from blobnet.ops.jit import compiled
from blobnet.ops.planes import are_planes, as_planes, by_channels
from blobnet.types import Array


def is_possible(*arrays: Array) -> bool:
    """Whether the others can be called with such x, y and those that are like them."""
    return compiled("standardized_kernel") is not None and are_planes(
        1, arrays[0].shape[1:2], *arrays
    )


def forward(
    x: Array, factor: Array, shift: Array, eps: float, out: Array, saved: Array | None,
    *, rectified: bool,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """out = y; returns (mean, variance, inv_std). `out` may be x; then `saved` can hold x."""
    kernels: Any = compiled("standardized_kernel")
    lowest = x.dtype.type(0 if rectified else -np.inf)
    room = np.empty(0, x.dtype) if saved is None else saved
    others = factor, shift, lowest, float(eps), out, room
    mean, variance = by_channels(kernels.forward, as_planes(x, 1, x.shape[1:2]), *others)
    return mean, variance, inverse_std(variance, eps)


def backward(
    x: Array, y: Array, dy: Array, factor: Array, mean: Array, inv_std: Array, out: Array,
    *, rectified: bool,
) -> tuple[Array, Array]:  # fmt: skip
    """out = dx, which may be dy; returns the gradients of factor and shift."""
    kernels: Any = compiled("standardized_kernel")
    stopped = x.dtype.type(not rectified)
    others = y if rectified else x, dy, factor, stopped, mean, inv_std, out
    sums = by_channels(kernels.backward, as_planes(x, 1, x.shape[1:2]), *others).astype(x.dtype)
    return sums[1], sums[0]
