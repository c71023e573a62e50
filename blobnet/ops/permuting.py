"""Arrays with their axes in another order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.ops.values import are_flat
from blobnet.types import Array

AXES = 6
"""So many, after those that stay together have been made one, the kernel takes."""


def _permuted(kernels: Any, x: Array, order: Sequence[int], out: Array) -> Any:
    if not out.size or not are_flat(x, out):
        return NotImplemented
    sizes, steps = _merged(x.shape, order)
    if len(sizes) > AXES:
        return NotImplemented
    missing = AXES - len(sizes)
    sizes, steps = (1,) * missing + sizes, (0,) * missing + steps
    rows, width = math.prod(sizes[:-1]), sizes[-1]
    arguments = x.reshape(-1), sizes, steps, out.reshape(-1)
    launch_over_values(kernels.permute_rows, rows, arguments, width)
    return None


@compiled_by("permuting_kernel", _permuted)
def permuted(x: Array, order: Sequence[int], out: Array) -> None:
    """out = x with its axes in this order: axis i of `out` is axis order[i] of x."""
    np.copyto(out, x.transpose(order))


def _repeated(kernels: Any, x: Array, times: int, axis: int, out: Array) -> Any:
    axes = x.ndim - axis
    if not out.size or not are_flat(x, out) or 1 + 2 * axes > AXES:
        return NotImplemented
    sizes, steps = [math.prod(x.shape[:axis])], [math.prod(x.shape[axis:])]
    for at in range(axis, x.ndim):
        sizes += [x.shape[at], times]
        steps += [math.prod(x.shape[at + 1 :]), 0]
    missing = AXES - len(sizes)
    sizes, steps = [1] * missing + sizes, [0] * missing + steps
    arguments = x.reshape(-1), tuple(map(int, sizes)), tuple(map(int, steps)), out.reshape(-1)
    launch_over_values(kernels.permute_rows, math.prod(sizes[:-1]), arguments, times)
    return None


@compiled_by("permuting_kernel", _repeated)
def repeated(x: Array, times: int, axis: int, out: Array) -> None:
    """out = x with every value so many times along `axis` and all axes behind it."""
    parts: list[int] = []
    for size in x.shape[axis:]:
        parts += [size, times]
    copies = range(axis + 1, axis + len(parts), 2)
    out.reshape(*x.shape[:axis], *parts)[...] = np.expand_dims(x, tuple(copies))


def inverse(order: Sequence[int]) -> tuple[int, ...]:
    """The order that puts axes back."""
    return tuple(sorted(range(len(order)), key=lambda i: order[i]))


def _merged(shape: Sequence[int], order: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of the axes of the result: their lengths, and how far apart in x their neighbours lie.

    Axes of length 1 are left out, and such that lie one behind the other in both are one.
    """
    sizes, steps = [1], [1]
    for axis in order:
        size, step = int(shape[axis]), math.prod(shape[axis + 1 :])
        if size == 1:
            continue
        if sizes[-1] == 1:
            sizes[-1], steps[-1] = size, step
        elif steps[-1] == size * step:
            sizes[-1], steps[-1] = sizes[-1] * size, step
        else:
            sizes.append(size)
            steps.append(step)
    return tuple(sizes), tuple(int(step) for step in steps)
