"""The same values on other axes, in another order, or a part of them."""

from __future__ import annotations

import math

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.detection.ssd.permute import Permute
from blobnet.layers.sequence.transpose import Transpose
from blobnet.layers.utility.flatten import Flatten
from blobnet.layers.utility.reshape import Reshape
from blobnet.layers.utility.squeeze import Squeeze
from blobnet.layers.vision.crop import Crop


@writes(Flatten)
def flatten(nodes: LayerNodes) -> str:
    param, shape = nodes.param.flatten_param, nodes.bottom_shapes[0]
    start, end = nodes.axis(param.axis), nodes.axis(param.end_axis) + 1
    if (start, end) == (1, len(shape)):
        return nodes.op("Flatten", nodes.bottoms[0], axis=1)
    if end == len(shape):
        return nodes.op("Reshape", nodes.bottoms[0], nodes.ints(*[0] * start, -1, name="shape"))
    joined = (*shape[:start], math.prod(shape[start:end]), *shape[end:])
    return nodes.reshape(nodes.bottoms[0], shape, joined)


@writes(Squeeze)
def squeeze(nodes: LayerNodes) -> str:
    shape, axes = nodes.bottom_shapes[0], nodes.param.squeeze_param.axis
    removed = [nodes.axis(axis) for axis in axes] or [i for i, n in enumerate(shape) if n == 1]
    return nodes.op("Squeeze", nodes.bottoms[0], nodes.ints(*removed, name="axes"))


@writes(Reshape)
def reshape(nodes: LayerNodes) -> str:
    param, x = nodes.param.reshape_param, nodes.bottoms[0]
    if param.pixelshuffler != 1:
        return _pixel_shuffle(nodes, param.pixelshuffler)
    shape, dims = nodes.bottom_shapes[0], list(param.shape.dim)
    start = param.axis if param.axis >= 0 else len(shape) + param.axis + 1
    if param.num_axes == -1:  # as ONNX has it: 0 copies the length at the same place
        return nodes.op("Reshape", x, nodes.ints(*[0] * start, *dims, name="shape"))
    return nodes.reshape(x, shape, nodes.top_shapes[0])


def _pixel_shuffle(nodes: LayerNodes, r: int) -> str:
    """Intel's: channels that become pixels."""
    if r == 1:
        return nodes.bottoms[0]
    return nodes.op("DepthToSpace", nodes.bottoms[0], blocksize=r, mode="CRD")


@writes(Permute)
def permute(nodes: LayerNodes) -> str:
    order = list(nodes.param.permute_param.order)
    order += [axis for axis in range(len(nodes.bottom_shapes[0])) if axis not in order]
    return nodes.op("Transpose", nodes.bottoms[0], perm=order)


@writes(Transpose)
def transpose(nodes: LayerNodes) -> str:
    return nodes.op("Transpose", nodes.bottoms[0], perm=list(nodes.param.transpose_param.dim))


@writes(Crop)
def crop(nodes: LayerNodes) -> str:
    """As long as the other bottom, whatever its length is when the model runs."""
    param, x = nodes.param.crop_param, nodes.bottoms[0]
    axis, count = nodes.axis(param.axis), len(nodes.bottom_shapes[0])
    axes = list(range(axis, count))
    offsets = list(param.offset) or [0]
    offsets = offsets * len(axes) if len(offsets) == 1 else offsets
    wanted = nodes.lengths(nodes.bottoms[1], axis, count)
    starts = nodes.ints(*offsets, name="offset")
    ends = nodes.op("Add", wanted, starts)
    return nodes.op("Slice", x, starts, ends, nodes.ints(*axes, name="axes"))
