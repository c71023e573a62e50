"""Convolution as matrix products over columns: forward, and the three gradients.

x       (N, C, *size)
weight  (O, C / groups, *kernel)
y       (N, O, *places)

A transposed convolution is the same with the roles of x and y exchanged. Chunks of `forward` and
of `input_gradient` write to places of their own; the parts of a weight gradient are added in a
fixed order.

A chunk of S images has the columns (S, groups, values, places) and multiplies image by image,
straight into y. Where images have few places, those of a chunk are merged into one with the
columns (1, groups, values, places * S), and what it computes passes through a scratch array.

Caffe: base_conv_layer.cpp.
"""

from __future__ import annotations

import math
from functools import partial
from itertools import chain

import numpy as np

from blobnet.ops import direct_conv, wide_conv
from blobnet.ops.conv_chunks import Chunk, input_chunks, output_chunks
from blobnet.ops.im2col import col2im, im2col
from blobnet.ops.parallel import for_each
from blobnet.ops.relu import relu
from blobnet.ops.window import Window
from blobnet.ops.workspace import scratch
from blobnet.types import Array


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias` (O,).

    With a `slope` other than 1, what is negative is multiplied by it: a rectifier behind.
    """
    if wide_conv.suits(window, x, y):
        wide_conv.forward(x, weight, bias, window, y)
        if slope != 1:
            relu(y, slope, out=y)
        return
    if direct_conv.is_possible(window, x, weight, y):
        direct_conv.forward(x, weight, bias, window, y, slope)
        return
    for_each(_forward, output_chunks(x, weight, bias, window, y))
    if slope != 1:
        relu(y, slope, out=y)


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    if wide_conv.suits(window, dx, dy):
        wide_conv.input_gradient(dy, weight, window, dx)
        return
    if direct_conv.is_possible(window, dx, weight, dy):
        direct_conv.input_gradient(dy, weight, window, dx)
        return
    for_each(_input_gradient, chain.from_iterable(input_chunks(dx, weight, window, dy)))


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`."""
    if wide_conv.suits(window, x, dy):
        wide_conv.weight_gradient(x, dy, window, dweight)
        return
    if direct_conv.is_possible(window, x, dy, dweight):
        direct_conv.weight_gradient(x, dy, window, dweight)
        return
    for chunks in input_chunks(x, dweight, window, dy):
        lanes = [chunks[lane::LANES] for lane in range(min(LANES, len(chunks)))]
        turned = len(chunks) >= WORTH_TURNING
        sums = for_each(partial(_summed_weight_gradients, turned=turned), lanes)
        if not sums:
            continue
        total, target = sums[0], chunks[0].weight
        with np.errstate(all="ignore"):
            for other in sums[1:]:
                total += other
            target += (total.swapaxes(1, 2) if turned else total).reshape(target.shape)


def bias_gradient(dy: Array, dbias: Array) -> None:
    """dbias (O,) += the sum of `dy` over images and places."""
    planes = dy.reshape(*dy.shape[:2], math.prod(dy.shape[2:]))
    with np.errstate(all="ignore"):
        dbias += np.einsum("nop->no", planes).sum(axis=0)


def add_bias(y: Array, bias: Array) -> None:
    """y += bias (O,) at every place."""
    with np.errstate(all="ignore"):
        y += bias.reshape(-1, *(1,) * (y.ndim - 2))


LANES = 8
"""Sums that grow side by side; a fixed number, so that the order of adding is fixed."""

WORTH_TURNING = 4
"""As many chunks make up for turning their sum: columns @ dy.T takes a fifth less time."""


# --- one chunk ------------------------------------------------------------------------------------


def _forward(chunk: Chunk) -> None:
    columns = _columns(chunk)
    weight = chunk.weight.reshape(*chunk.weight.shape[:2], -1)
    with np.errstate(all="ignore"):
        if chunk.merged:
            product = _merged_outputs(chunk)
            _multiply(weight, columns, product.reshape(1, *product.shape[:2], -1))
            chunk.y[...] = product.transpose(3, 0, 1, 2)
        else:
            _multiply(weight, columns, chunk.y)
        if chunk.bias is not None:
            np.add(chunk.y, chunk.bias, out=chunk.y)


def _input_gradient(chunk: Chunk) -> None:
    weight = chunk.weight.reshape(*chunk.weight.shape[:2], -1).transpose(0, 2, 1)
    dy = _outputs(chunk)
    with np.errstate(all="ignore"):
        if chunk.window.is_point and not chunk.merged:
            _multiply(weight, dy, _image_as_columns(chunk))
            return
        image = _merged_image(chunk) if chunk.merged else chunk.x.swapaxes(0, 1)
        columns = image if chunk.window.is_point else _new_columns(chunk)
        _multiply(weight, dy, _as_matrices(columns, chunk))
        if not chunk.window.is_point:
            col2im(columns, chunk.window, image, first=1 if chunk.merged else 2)
        if chunk.merged:
            chunk.x.transpose(*range(1, image.ndim), 0)[...] = image


def _summed_weight_gradients(chunks: list[Chunk], turned: bool) -> Array:
    total = _weight_gradient(chunks[0], turned)
    with np.errstate(all="ignore"):
        for chunk in chunks[1:]:
            total += _weight_gradient(chunk, turned)
    return total


def _weight_gradient(chunk: Chunk, turned: bool) -> Array:
    """The chunk's share: (groups, outputs, values), with the last two `turned` around."""
    columns, dy = _columns(chunk), _outputs(chunk)
    with np.errstate(all="ignore"):
        products: Array = columns @ dy.swapaxes(2, 3) if turned else dy @ columns.swapaxes(2, 3)
        total: Array = products[0] if len(products) == 1 else products.sum(axis=0)
        return total


def _multiply(a: Array, b: Array, out: Array) -> None:
    if a.shape[-1] == 1:  # numpy leaves products over one value to a slow loop
        np.multiply(a, b, out=out)
    else:
        np.matmul(a, b, out=out)


def _columns(chunk: Chunk) -> Array:
    """What the window sees at each place: (S, groups, values, places)."""
    if chunk.window.is_point and not chunk.merged:
        return _image_as_columns(chunk)
    image = chunk.x.swapaxes(0, 1)
    if chunk.merged:
        image = _merged_image(chunk)
        image[...] = chunk.x.transpose(*range(1, image.ndim), 0)
    if chunk.window.is_point:
        return _as_matrices(image, chunk)
    columns = _new_columns(chunk)
    first = 1 if chunk.merged else 2
    im2col(image, chunk.window, columns, first=first, row=chunk.first_row)
    return _as_matrices(columns, chunk)


def _image_as_columns(chunk: Chunk) -> Array:
    """The columns of a window of one value: a view of the image."""
    groups, _, channels, _ = chunk.weight.shape
    image = chunk.x.reshape(len(chunk.x), groups, channels, math.prod(chunk.x.shape[2:]))
    begin = chunk.first_row * math.prod(chunk.places[1:])
    return image[..., begin : begin + chunk.y.shape[3]]


def _new_columns(chunk: Chunk) -> Array:
    """Scratch memory for columns: (C, *kernel, S, *places), or S at the end if merged."""
    images = len(chunk.x)
    order = (*chunk.places, images) if chunk.merged else (images, *chunk.places)
    shape = (chunk.x.shape[1], *chunk.window.kernel, *order)
    return scratch("columns", shape, chunk.x.dtype)


def _as_matrices(columns: Array, chunk: Chunk) -> Array:
    groups, _, channels, taps = chunk.weight.shape
    images, _, _, places = chunk.y.shape
    matrices: Array
    if chunk.merged:
        matrices = columns.reshape(1, groups, channels * taps, places * images)
    else:
        matrices = columns.reshape(groups, channels * taps, images, places).transpose(2, 0, 1, 3)
    return matrices


def _outputs(chunk: Chunk) -> Array:
    """y to read: (S, groups, outputs, places)."""
    if not chunk.merged:
        return chunk.y
    y = _merged_outputs(chunk)
    y[...] = chunk.y.transpose(1, 2, 3, 0)
    side_by_side: Array = y.reshape(1, *y.shape[:2], -1)
    return side_by_side


def _merged_image(chunk: Chunk) -> Array:
    """Scratch memory for x with the images on the last axis."""
    return scratch("image", (*chunk.x.shape[1:], len(chunk.x)), chunk.x.dtype)


def _merged_outputs(chunk: Chunk) -> Array:
    """Scratch memory for y with the images on the last axis."""
    return scratch("outputs", (*chunk.y.shape[1:], len(chunk.y)), chunk.y.dtype)
