"""Convolution as matrix products, image by image as Caffe does it: the text to read.

x       (N, C, *size)
weight  (O, C / G, *kernel)  the outputs of each of G groups see the inputs of that group
y       (N, O, *places)

What the window sees from one place, in one group, is a patch of K = C / G * taps values. With
those of all P places as the rows of a matrix, a convolution with M = O / G outputs in a group is
an inner product like any other, and so are its gradients:

    y.T (P, M)   =  patches (P, K) @ weight.T (K, M)
    dweight      += dy (M, P) @ patches (P, K)
    dpatches.T   =  weight.T (K, M) @ dy (M, P), each value then added to the pixel it came from

Where there is no numba this is what computes, and compiled kernels are tested against it. A
transposed convolution is the same with the roles of x and y exchanged.

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
    for image, result in zip(x, y, strict=True):
        im2col(image, window, columns)
        patches = _as_rows(columns.reshape(G, K, P))
        product = patches @ weight.reshape(G, M, K).swapaxes(1, 2)  # of three axes: group by group
        result[...] = product.swapaxes(1, 2).reshape(result.shape)
    if bias is not None:
        add_bias(y, bias)


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from.

    Raises MemoryError where there is no room for the columns of one image.
    """
    G, M, K, P = _sizes(dx, weight, dy)
    columns = _room_for_columns(dx, window, dy)
    for grad, result in zip(dy, dx, strict=True):
        transposed = weight.reshape(G, M, K).swapaxes(1, 2)
        np.matmul(transposed, grad.reshape(G, M, P), out=columns.reshape(G, K, P))
        col2im(columns, window, result)  # patches overlap: a pixel gets a sum


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`.

    Raises MemoryError where there is no room for the columns of one image.
    """
    G, M, K, P = _sizes(x, dweight, dy)
    columns = _room_for_columns(x, window, dy)
    for image, grad in zip(x, dy, strict=True):
        im2col(image, window, columns)
        product = grad.reshape(G, M, P) @ _as_rows(columns.reshape(G, K, P))
        dweight += product.reshape(dweight.shape)


def bias_gradient(dy: Array, dbias: Array) -> None:
    """dbias (O,) += the sum of `dy` over images and places."""
    planes = dy.reshape(*dy.shape[:2], math.prod(dy.shape[2:]))
    dbias += np.einsum("nop->no", planes).sum(axis=0)


def add_bias(y: Array, bias: Array) -> None:
    """y += bias (O,) at every place."""
    y += bias.reshape(-1, *(1,) * (y.ndim - 2))


def _sizes(x: Array, weight: Array, y: Array) -> tuple[int, int, int, int]:
    """Groups G, the outputs M of each, the values K of a patch, and places P."""
    groups = x.shape[1] // weight.shape[1]
    return groups, len(weight) // groups, math.prod(weight.shape[1:]), math.prod(y.shape[2:])


def _room_for_columns(x: Array, window: Window, y: Array) -> Array:
    """(C, *kernel, *places)"""
    return scratch("columns", (x.shape[1], *window.kernel, *y.shape[2:]), x.dtype)


def _as_rows(columns: Array) -> Array:
    """Columns (G, K, P) as patches (G, P, K).

    A copy, as BLAS adds in another order where it reads matrices the other way around; with this
    one LeNet goes Caffe's way past a near tie (see tests/test_lenet_recording.py).
    """
    groups, values, places = columns.shape
    patches = scratch("patches", (groups, places, values), columns.dtype)
    patches[...] = columns.swapaxes(1, 2)
    return patches
