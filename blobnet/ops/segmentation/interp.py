"""Images in another size, bilinear with corners on corners, and the way back of gradients.

x, dx  (N, C, H, W), of which `rows` and `columns` are looked at, slices with a start and a stop
y, dy  (N, C, h, w)

The first and the last pixel of y are those of x; in between, step = (size of x - 1) / (size of y -
1) in float32, as Caffe computes it. Where only one pixel is wanted it is the first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.ops.recording import computes_otherwise
from blobnet.types import Array


class Mixing(NamedTuple):
    """How pixels along an axis are mixed from two each.

    first, second  (size,) int32: which two
    share          (size,) float32: the share of the second
    """

    first: Array
    second: Array
    share: Array


@lru_cache(maxsize=256)
def mixing(start: int, stop: int, size: int) -> Mixing:
    """For `size` new pixels out of those from start to stop."""
    old = stop - start
    step = np.float32(old - 1) / np.float32(size - 1) if size > 1 else np.float32(0)
    place = step * np.arange(size, dtype=np.float32)
    first = place.astype(np.int32)
    share = place - first.astype(np.float32)
    np.minimum(first, old - 1, out=first)  # a rounding error may lead past the end
    second = np.minimum(first + 1, old - 1)
    return Mixing(first + np.int32(start), second.astype(np.int32) + np.int32(start), share)


def _forward(kernels: Any, x: Array, rows: slice, columns: slice, out: Array) -> Any:
    if not (x.flags.c_contiguous and out.flags.c_contiguous and x.dtype == out.dtype):
        return NotImplemented
    if _is_copy(x, rows, columns, out):
        computes_otherwise()
        np.copyto(out, x[:, :, rows, columns])
    else:
        _launch(kernels.interpolate, x, rows, columns, out)
    return None


@compiled_by("segmentation.interp_kernel", _forward)
def interpolate(x: Array, rows: slice, columns: slice, out: Array) -> None:
    """out = x in the size of out."""
    if _is_copy(x, rows, columns, out):
        np.copyto(out, x[:, :, rows, columns])
        return
    down, across = _mixings(rows, columns, out)
    share = across.share.astype(x.dtype)
    wide = (1 - share) * x.take(across.first, 3) + share * x.take(across.second, 3)
    share = down.share.astype(x.dtype)[:, None]
    np.multiply(1 - share, wide.take(down.first, 2), out=out)
    out += share * wide.take(down.second, 2)


def _backward(kernels: Any, dy: Array, rows: slice, columns: slice, out: Array) -> Any:
    if not (dy.flags.c_contiguous and out.flags.c_contiguous and dy.dtype == out.dtype):
        return NotImplemented
    out.fill(0)
    if _is_copy(out, rows, columns, dy):
        out[:, :, rows, columns] = dy
    else:
        _launch(kernels.interpolate_backward, out, rows, columns, dy)
    return None


@compiled_by("segmentation.interp_kernel", _backward)
def interpolate_backward(dy: Array, rows: slice, columns: slice, out: Array) -> None:
    """out = dx = for each x the sum of dy, by the shares that y has of it."""
    out.fill(0)
    if _is_copy(out, rows, columns, dy):
        out[:, :, rows, columns] = dy
        return
    down, across = _mixings(rows, columns, dy)
    out += _shares(down, out.shape[2], dy).T @ (dy @ _shares(across, out.shape[3], dy))


def _is_copy(x: Array, rows: slice, columns: slice, y: Array) -> bool:
    return (rows.stop - rows.start, columns.stop - columns.start) == y.shape[2:]


def _mixings(rows: slice, columns: slice, y: Array) -> tuple[Mixing, Mixing]:
    height, width = y.shape[2:]
    return mixing(rows.start, rows.stop, height), mixing(columns.start, columns.stop, width)


def _shares(its: Mixing, old: int, like: Array) -> Array:
    """(new, old): the share of each old pixel in each new one."""
    shares = np.zeros((len(its.first), old), like.dtype)
    new = np.arange(len(its.first))
    shares[new, its.first] = 1 - its.share.astype(like.dtype)
    shares[new, its.second] += its.share.astype(like.dtype)
    return shares


def _launch(kernel: Any, x: Array, rows: slice, columns: slice, y: Array) -> None:
    down, across = _mixings(rows, columns, y)
    planes, width = y.shape[0] * y.shape[1], y.shape[2] * y.shape[3]
    sizes = x.shape[2], x.shape[3]
    launch_over_values(
        kernel, planes, (x.reshape(-1), *sizes, *down, *across, y.reshape(-1)), width
    )
