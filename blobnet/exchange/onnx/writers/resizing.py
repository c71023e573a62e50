"""Images in another size, pixels to channels and back, and what is put around images."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.detection.yolo.reorg import Reorg
from blobnet.layers.motion.accum import Accum
from blobnet.layers.motion.resample import Resample
from blobnet.layers.segmentation.interp import Interp
from blobnet.layers.segmentation.padding import Padding
from blobnet.layers.segmentation.unpooling import Unpooling
from blobnet.layers.segmentation.upsample import Upsample
from blobnet.layers.utility.pad import Pad
from blobnet.layers.volume.gs_tiling import GSTiling
from blobnet.ops.motion.taps import Taps
from blobnet.ops.window import window_counts
from blobnet.proto import PadParameter, UnPoolingParameter
from blobnet.types import Array, Shape


@writes(Interp)
def interp(nodes: LayerNodes) -> str:
    """The size is computed by the model, where it follows from that of a bottom."""
    param, x = nodes.param.interp_param, nodes.bottoms[0]
    if param.pad_beg or param.pad_end:
        for axis in (2, 3):
            x = nodes.slice(x, axis, -param.pad_beg, param.pad_end or 2**31)
    shrinks, zooms = param.HasField("shrink_factor"), param.HasField("zoom_factor")
    if len(nodes.bottoms) > 1:
        size = nodes.lengths(nodes.bottoms[1], 2)
    elif not shrinks ^ zooms and param.HasField("height") and param.HasField("width"):
        size = nodes.ints(param.height, param.width, name="size")
    else:
        one = nodes.ints(1, name="one")
        size = nodes.op("Sub", nodes.lengths(x, 2), one)
        size = nodes.op("Div", size, nodes.ints(param.shrink_factor, name="shrink"))
        size = nodes.op("Mul", size, nodes.ints(param.zoom_factor, name="zoom"))
        size = nodes.op("Add", size, one)
    words = dict(mode="linear", coordinate_transformation_mode="align_corners")
    return nodes.op("Resize", x, "", "", nodes.sizes(x, size), **words)


@writes(Upsample)
def upsample(nodes: LayerNodes) -> str:
    if len(nodes.bottoms) > 1:
        return _by_mask(nodes)
    param, axes = nodes.param.upsample_param, len(nodes.bottom_shapes[0])
    scale = param.scale if param.HasField("scale") else 1
    scales = nodes.array([1, 1, *[scale] * (axes - 2)], "scales")
    words = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    return nodes.op("Resize", nodes.bottoms[0], "", scales, **words)


@writes(Unpooling)
def unpooling(nodes: LayerNodes) -> str:
    """By a mask, or to where windows begin; for sums the reverse of a pooling with ones."""
    param = nodes.param.unpooling_param
    if param.unpool == UnPoolingParameter.MAX or not param.HasField("unpool"):
        return _by_mask(nodes)
    layer, (channels, *places) = nodes.layer, nodes.bottom_shapes[0][1:]
    window, size, x = layer._window, layer._size, nodes.bottoms[0]
    if param.unpool == UnPoolingParameter.AVE:
        counts = window_counts(window, size, tuple(places), np.dtype(np.float32))
        x = nodes.op("Mul", x, nodes.array(1 / counts, "shares"))
    ones = nodes.array(np.ones((channels, 1, *window.kernel)), "ones")
    words = {"kernel_shape": list(window.kernel), "strides": list(window.stride)}
    y = nodes.op("ConvTranspose", x, ones, group=channels, **words)
    reach = [(n - 1) * s + k for n, s, k in zip(places, window.stride, window.kernel, strict=True)]
    more = [wanted - made for wanted, made in zip(size, reach, strict=True)]  # below 0: less
    pads = nodes.ints(0, 0, 0, 0, 0, 0, *more, name="pads")
    return nodes.op("Pad", y, pads) if any(more) else y


def _by_mask(nodes: LayerNodes) -> str:
    """Values back to where a pooling took them from; 0 elsewhere."""
    height, width = nodes.top_shapes[0][2:]
    flat = nodes.ints(0, 0, -1, name="flat")
    if len(nodes.bottoms) > 1:
        x, mask = (nodes.op("Reshape", bottom, flat) for bottom in nodes.bottoms)
    else:
        x = nodes.op("Reshape", nodes.bottoms[0], flat)
        places = nodes.layer._places([Blob(1, 1, *nodes.bottom_shapes[0][2:])])
        mask = nodes.op("Expand", nodes.array(places[None], "places"), nodes.lengths(x, 0))
    room = nodes.sizes(x, nodes.ints(height * width, name="places"))
    zeros = nodes.op("Expand", nodes.array([[[0]]], "zero"), room)
    filled = nodes.op("ScatterElements", zeros, nodes.cast(mask, "INT64"), x, axis=2)
    return nodes.op("Reshape", filled, nodes.ints(0, 0, height, width, name="shape"))


@writes(Resample)
def resample(nodes: LayerNodes) -> str:
    return _weighted(nodes, nodes.bottoms[0], nodes.bottom_shapes[0], nodes.layer._taps)


@writes(Accum)
def accum(nodes: LayerNodes) -> str:
    sources = zip(nodes.bottoms, nodes.bottom_shapes, nodes.layer._taps, strict=False)
    resized = [_weighted(nodes, x, shape, taps) for x, shape, taps in sources]
    return resized[0] if len(resized) == 1 else nodes.op("Concat", *resized, axis=1)


def _weighted(nodes: LayerNodes, x: str, shape: Shape, taps: list[Taps]) -> str:
    """Rows and columns mixed by fixed weights, as two products of matrices."""
    rows = nodes.array(_matrix(taps[0], shape[2]), "rows")
    columns = nodes.array(_matrix(taps[1], shape[3]).T, "columns")
    return nodes.op("MatMul", rows, nodes.op("MatMul", x, columns))


def _matrix(taps: Taps, length: int) -> Array:
    """(places, length): how much of each pixel is in each place."""
    matrix = np.zeros((len(taps.source), length))
    for place, (index, weight) in enumerate(zip(taps.source, taps.weight, strict=True)):
        np.add.at(matrix[place], index, weight)
    return matrix


@writes(Reorg)
def reorg(nodes: LayerNodes) -> str:
    """darknet's order, by an order of six axes."""
    param, (_, channels, height, width) = nodes.param.reorg_param, nodes.bottom_shapes[0]
    s = param.stride if param.HasField("stride") else 2
    depth = channels // (s * s)
    fine, coarse = (depth, height, s, width, s), (s, s, depth, height, width)
    first, order = (coarse, (0, 3, 4, 1, 5, 2)) if param.reverse else (fine, (0, 3, 5, 1, 2, 4))
    x = nodes.op("Reshape", nodes.bottoms[0], nodes.ints(0, *first, name="shape"))
    turned = nodes.op("Transpose", x, perm=list(order))
    return nodes.op("Reshape", turned, nodes.ints(0, *nodes.top_shapes[0][1:], name="shape"))


@writes(GSTiling)
def gs_tiling(nodes: LayerNodes) -> str:
    param = nodes.param.gs_tiling_param
    if param.stride == 1:
        return nodes.bottoms[0]
    op_type = "DepthToSpace" if param.reverse else "SpaceToDepth"
    return nodes.op(op_type, nodes.bottoms[0], blocksize=param.stride)


@writes(Pad)
def pad(nodes: LayerNodes) -> str:
    param, axes = nodes.param.pad_param, len(nodes.bottom_shapes[0])
    if param.paddings:
        around = nodes.ints(*param.paddings[::2], *param.paddings[1::2], name="pads")
        value = nodes.array(param.constant_values, "value")
        return nodes.op("Pad", nodes.bottoms[0], around, value, mode="constant")
    begins, ends = [param.pad_u, param.pad_l], [param.pad_d, param.pad_r]
    kinds = {
        PadParameter.CONSTANT: "constant",
        PadParameter.REPLICATE: "edge",
        PadParameter.REFLECT: "reflect",
    }
    if param.pad_type != PadParameter.CONSTANT and min(*begins, *ends) < 0 < max(*begins, *ends):
        raise ExportError("pads that add on one side and cut on another: write two layers")
    return _around(nodes, begins, ends, axes, kinds[param.pad_type], param.pad_value)


@writes(Padding)
def padding(nodes: LayerNodes) -> str:
    param = nodes.param.padding_param
    return _around(nodes, [param.pad_beg] * 2, [param.pad_end] * 2, 4, "constant", 0)


def _around(
    nodes: LayerNodes, begins: list[int], ends: list[int], axes: int, mode: str, value: float
) -> str:
    """More of the last two axes, or less."""
    rest = [0] * (axes - 2)
    around = nodes.ints(*rest, *begins, *rest, *ends, name="pads")
    constant = [nodes.array(value, "value")] if mode == "constant" else []
    return nodes.op("Pad", nodes.bottoms[0], around, *constant, mode=mode)
