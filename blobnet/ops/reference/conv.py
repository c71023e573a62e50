"""Convolution as matrix products over columns: the text to read, with Caffe's order of adding.

x       (N, C, *size)
weight  (O, C / G, *kernel)  outputs of a group see the inputs of that group, of G
y       (N, O, *places)

`im2col` writes out what the window sees of an image: in each group K = C / G * taps values, from
each of P places. With M = O / G outputs in a group, a convolution is then one product per image
and group,

    y (M, P) = weight (M, K) @ columns (K, P),

and its gradients are those of a product. Where there is no numba this is what computes, and
compiled kernels are tested against it. A transposed convolution is the same with the roles of x
and y exchanged.

Caffe: base_conv_layer.cpp.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.ops.im2col import col2im, im2col
from blobnet.ops.window import Window
from blobnet.ops.workspace import scratch
from blobnet.types import Array


def forward(x: Array, weight: Array, bias: Array | None, window: Window, y: Array) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias` (O,).

    Raises MemoryError where there is no room for the columns of one image.
    """
    G, M, K, P = _sizes(x, weight, y)
    columns = _room_for_columns(x, window, y)
    for seen, result in zip(x, y, strict=True):
        im2col(seen, window, columns)
        product = weight.reshape(G, M, K) @ columns.reshape(G, K, P)  # group by group
        result[...] = product.reshape(result.shape)
    if bias is not None:
        add_bias(y, bias)


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from.

    Raises MemoryError where there is no room for the columns of one image.
    """
    G, M, K, P = _sizes(dx, weight, dy)
    columns = _room_for_columns(dx, window, dy)
    for given, result in zip(dy, dx, strict=True):
        transposed = weight.reshape(G, M, K).swapaxes(1, 2)
        np.matmul(transposed, given.reshape(G, M, P), out=columns.reshape(G, K, P))
        col2im(columns, window, result)  # windows overlap: pixels stand in several columns


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`.

    Raises MemoryError where there is no room for the columns of one image.
    """
    G, M, K, P = _sizes(x, dweight, dy)
    columns = _room_for_columns(x, window, dy)
    for seen, given in zip(x, dy, strict=True):
        im2col(seen, window, columns)
        product = given.reshape(G, M, P) @ columns.reshape(G, K, P).swapaxes(1, 2)
        dweight += product.reshape(dweight.shape)


def bias_gradient(dy: Array, dbias: Array) -> None:
    """dbias (O,) += the sum of `dy` over images and places."""
    planes = dy.reshape(*dy.shape[:2], math.prod(dy.shape[2:]))
    dbias += np.einsum("nop->no", planes).sum(axis=0)


def add_bias(y: Array, bias: Array) -> None:
    """y += bias (O,) at every place."""
    y += bias.reshape(-1, *(1,) * (y.ndim - 2))


def _sizes(x: Array, weight: Array, y: Array) -> tuple[int, int, int, int]:
    """Groups G; outputs M of a group and the values K that each sums up; places P."""
    groups = x.shape[1] // weight.shape[1]
    return groups, len(weight) // groups, math.prod(weight.shape[1:]), math.prod(y.shape[2:])


def _room_for_columns(x: Array, window: Window, y: Array) -> Array:
    """(C, *kernel, *places)"""
    return scratch("columns", (x.shape[1], *window.kernel, *y.shape[2:]), x.dtype)
