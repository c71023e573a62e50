"""Images read at places that are computed: GridSample, with 0 outside of the image.

What a place outside of the image has differs from type to type, and from ONNX's modes: so the
border's pixel is read there, and a mask says what counts.
"""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.vision.deformable_convolution import DeformableConvolution
from blobnet.layers.vision.transformer import Transformer
from blobnet.types import Array, Shape


@writes(DeformableConvolution)
def deformable_convolution(nodes: LayerNodes) -> str:
    """All taps of all groups are read as one image, whose channels a 1 x 1 convolution weighs."""
    layer, (x, offsets) = nodes.layer, nodes.bottoms
    (_, channels, *size), places = nodes.bottom_shapes[0], nodes.top_shapes[0][2:]
    groups, window = layer._G, layer._window
    taps = window.kernel[0] * window.kernel[1]
    moved = nodes.op("Reshape", offsets, nodes.ints(-1, taps, 2, *places, name="offsets"))
    at = nodes.op("Add", moved, nodes.array(_taps(window, places), "taps"))
    at = nodes.op("Transpose", at, perm=[0, 1, 3, 4, 2])
    at = nodes.op("Reshape", at, nodes.ints(0, -1, places[1], 2, name="places"))
    images = nodes.op("Reshape", x, nodes.ints(-1, channels // groups, *size, name="groups"))
    read = read_inside(nodes, images, at, (size[0], size[1]))
    columns = nodes.op("Reshape", read, nodes.ints(-1, channels * taps, *places, name="columns"))
    weights = [nodes.weight(0, (layer._M, channels // layer._group * taps, 1, 1))]
    if layer._has_bias:
        weights.append(nodes.weight(1))
    return nodes.op("Conv", columns, *weights, group=layer._group)


def _taps(window: object, places: Shape) -> Array:
    """Where each tap looks at each place without offsets: (1, K, 2, *places), rows first."""
    axes = []
    for axis in range(2):
        kernel, stride, pad, dilation = (values[axis] for values in window)  # type: ignore[attr-defined]
        tap = np.arange(kernel) * dilation - pad
        axes.append(tap[:, None] + np.arange(places[axis]) * stride)
    rows = np.broadcast_to(axes[0][:, None, :, None], (*window.kernel, *places))  # type: ignore[attr-defined]
    columns = np.broadcast_to(axes[1][None, :, None, :], rows.shape)
    return np.stack([rows, columns], axis=2).reshape(1, -1, 2, *places)


def read_inside(nodes: LayerNodes, x: str, at: str, size: tuple[int, int], *, ends: int = 1) -> str:
    """x between its pixels at places (N, h, w, 2), rows first; 0 beside it.

    ends  1: up to the end of the last pixel, which alone counts there; 0: up to its middle
    """
    last = np.maximum(np.array(size) - 1, 1)
    scaled = nodes.plus(nodes.op("Mul", at, nodes.array(2 / last, "scale")), -1)
    grid = nodes.slice(scaled, 3, -1, -3, -1)  # ONNX has columns first
    words = dict(mode="bilinear", padding_mode="border", align_corners=1)
    y = nodes.op("GridSample", x, grid, **words)
    limit = nodes.array(np.array(size) - (0 if ends else 1), "size")
    behind = nodes.op("Less" if ends else "LessOrEqual", at, limit)
    both = nodes.op("And", nodes.op("GreaterOrEqual", at, nodes.array(0, "first")), behind)
    mask = nodes.op("ReduceMin", nodes.cast(both, "FLOAT"), axes=[3], keepdims=0)
    seen = nodes.cast(nodes.op("Unsqueeze", mask, nodes.ints(1, name="axes")), "BOOL")
    return nodes.op("Where", seen, y, nodes.array(0, "zero"))


@writes(Transformer)
def transformer(nodes: LayerNodes) -> str:
    """Of caffe-windows: -1 is the first pixel, 1 the one behind the last."""
    height, width = nodes.bottom_shapes[0][2:]
    theta = nodes.op("Reshape", nodes.bottoms[1], nodes.ints(-1, 2, 3, name="shape"))
    places = nodes.op("MatMul", theta, nodes.array(nodes.layer._grid, "grid"))
    half = nodes.array(np.array([[height], [width]]) / 2, "half")
    at = nodes.op("Mul", nodes.plus(places, 1), half)
    at = nodes.op("Transpose", at, perm=[0, 2, 1])
    at = nodes.op("Reshape", at, nodes.ints(0, height, width, 2, name="places"))
    return read_inside(nodes, nodes.bottoms[0], at, (height, width), ends=0)
