"""Values from one array to another as they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.ops.values import are_flat
from blobnet.types import Array


def _by_rows(kernels: Any, xs: Sequence[Array], axis: int, out: Array) -> Any:
    if not out.size or not are_flat(*xs, out):
        return NotImplemented
    rows, step, at = math.prod(out.shape[:axis]), math.prod(out.shape[axis:]), 0
    for x in xs:
        row = math.prod(x.shape[axis:])
        pieces = -(-row // kernels.PIECE)
        arguments = x.reshape(-1), row, out.reshape(-1), at, step
        launch_over_values(kernels.copy_rows, rows * pieces, arguments, -(-row // max(pieces, 1)))
        at += row
    return None


@compiled_by("copy_kernel", _by_rows)
def concatenate(xs: Sequence[Array], axis: int, out: Array) -> None:
    """out = the arrays `xs` one behind the other along `axis`, counted from the front."""
    np.concatenate(xs, axis=axis, out=out)


def _whole(kernels: Any, x: Array, out: Array) -> Any:
    return _by_rows(kernels, [x], 0, out)


@compiled_by("copy_kernel", _whole)
def copy(x: Array, out: Array) -> None:
    """out = x, of the same shape."""
    np.copyto(out, x)
