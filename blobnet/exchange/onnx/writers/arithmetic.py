"""Sums and products of forks' layers."""

from __future__ import annotations

import math

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.detection.regions.inner_product_blob import InnerProductBlob
from blobnet.layers.faces.gram import Gram
from blobnet.layers.faces.landmarks.slope import Slope
from blobnet.layers.faces.lengths.channel_scale import ChannelScale
from blobnet.layers.faces.metric.pairwise import Pairwise
from blobnet.layers.motion.mean import Mean
from blobnet.layers.segmentation.spatial_product import SpatialProduct
from blobnet.layers.utility.batch_reduction import BatchReduction
from blobnet.layers.utility.mul import Mul
from blobnet.proto import PairwiseParameter, ReductionParameter


@writes(SpatialProduct, Mul)
def spatial_product(nodes: LayerNodes) -> str:
    return nodes.op("Mul", *nodes.bottoms)


@writes(ChannelScale)
def channel_scale(nodes: LayerNodes) -> list[str]:
    param, x = nodes.param.channel_scale_param, nodes.bottoms[0]
    global_scale = [nodes.weight(0)] if param.global_scale else []
    if not param.do_forward:
        made = x
    elif global_scale:
        made = nodes.op("Mul", x, global_scale[0])
    else:
        shape = nodes.bottom_shapes[0]
        wanted = (shape[0], 1, *shape[2:])
        factor = nodes.reshape(nodes.bottoms[1], nodes.bottom_shapes[1], wanted)
        made = nodes.op("Mul", x, factor)
    return [made, *global_scale][: len(nodes.top_shapes)]


@writes(Pairwise)
def pairwise(nodes: LayerNodes) -> str:
    param = nodes.param.pairwise_param
    flat = [nodes.op("Flatten", x, axis=1) for x in nodes.bottoms]
    a = nodes.op("Unsqueeze", flat[0], nodes.ints(1, name="axes"))
    b = nodes.op("Unsqueeze", flat[1], nodes.ints(0, name="axes"))
    if param.operation == PairwiseParameter.PROD:
        return nodes.op("Mul", a, b)
    if param.operation != PairwiseParameter.SUM:
        return nodes.op("Max", a, b)
    first, second = list(param.coeff) or [1, 1]
    return nodes.op("Add", nodes.times(a, first), nodes.times(b, second))


@writes(Gram)
def gram(nodes: LayerNodes) -> str:
    shape = (*nodes.bottom_shapes[0], 1, 1, 1)[: max(4, len(nodes.bottom_shapes[0]))]
    flat = nodes.ints(0, shape[1], math.prod(shape[2:]), name="shape")
    x = nodes.op("Reshape", nodes.bottoms[0], flat)
    if len(nodes.bottom_shapes[0]) == 1:
        x = nodes.op("Reshape", nodes.bottoms[0], nodes.ints(-1, 1, 1, name="shape"))
    product = nodes.op("MatMul", x, nodes.op("Transpose", x, perm=[0, 2, 1]))
    return nodes.expanded(nodes.times(product, 1 / max(math.prod(shape[1:]), 1)), 1)


@writes(Slope)
def slope(nodes: LayerNodes) -> str:
    _, _, height, width = nodes.bottom_shapes[0]
    places = np.empty((1, 2, height, width))
    places[:, 0] = (np.arange(height) / max(height, 1))[:, None]
    places[:, 1] = np.arange(width) / max(width, 1)
    size = nodes.op("Concat", nodes.lengths(nodes.bottoms[0], 0, 1), nodes.ints(1, 1, 1), axis=0)
    repeated = nodes.op("Expand", nodes.array(places, "places"), size)
    return nodes.op("Concat", nodes.bottoms[0], repeated, axis=1)


@writes(Mean)
def mean(nodes: LayerNodes) -> list[str]:
    param, made = nodes.param.mean_param, []
    for x, shape in zip(nodes.bottoms, nodes.bottom_shapes, strict=True):
        shift = nodes.layer._shift
        repeated = np.tile(shift, (shape[1] // len(shift), 1, 1))
        moved = nodes.op("Add", nodes.times(x, param.input_scale), nodes.array(repeated, "mean"))
        made.append(nodes.times(moved, param.output_scale))
    return made


@writes(InnerProductBlob)
def inner_product_blob(nodes: LayerNodes) -> str:
    rows = [nodes.op("Flatten", x, axis=1) for x in nodes.bottoms]
    return nodes.expanded(nodes.op("Gemm", *rows, transB=1), 2)


@writes(BatchReduction)
def batch_reduction(nodes: LayerNodes) -> str:
    """Piece by piece of the axis; with `pos`, over the diagonal of two."""
    param, shape = nodes.param.batch_reduction_param, nodes.bottom_shapes[0]
    axis, x = nodes.axis(param.reduction_param.axis), nodes.bottoms[0]
    lengths = [level * level for level in param.level]
    if param.pos:
        joined = (*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :])
        x = nodes.reshape(x, shape, joined)
        x = nodes.slice(x, axis, 0, joined[axis], shape[axis] + 1)
    if lengths in ([], [1]):
        return _reduced(nodes, x, axis, keep=False)
    if len(lengths) == 1:
        return _reduced(nodes, x, axis, keep=True)
    cut = nodes.ints(*lengths, name="lengths")
    parts = nodes.ops("Split", [x, cut], len(lengths), axis=axis)
    return nodes.op("Concat", *(_reduced(nodes, p, axis, keep=True) for p in parts), axis=axis)


def _reduced(nodes: LayerNodes, x: str, axis: int, *, keep: bool) -> str:
    param = nodes.param.batch_reduction_param.reduction_param
    if param.operation == ReductionParameter.SUM:
        return nodes.op("ReduceSum", x, nodes.ints(axis, name="axes"), keepdims=int(keep))
    if param.operation == ReductionParameter.TOPK:
        x = nodes.ops("TopK", [x, nodes.ints(param.k, name="k")], 2, axis=axis)[0]
    return nodes.op("ReduceMean", x, axes=[axis], keepdims=int(keep))
