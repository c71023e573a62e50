"""Products with learned matrices, and factors and sums with small blobs."""

from __future__ import annotations

import math

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes, float_array
from blobnet.exchange.onnx.register import writes
from blobnet.layers.common.bias import Bias
from blobnet.layers.common.embed import Embed
from blobnet.layers.common.inner_product import InnerProduct
from blobnet.layers.common.scale import Scale
from blobnet.types import Shape


@writes(InnerProduct)
def inner_product(nodes: LayerNodes) -> str:
    param, shape = nodes.param.inner_product_param, nodes.bottom_shapes[0]
    axis = nodes.axis(param.axis)
    y = _gemm(nodes, axis) if axis == 1 else _matmul(nodes, axis, shape)
    return nodes.rectified(y, param.negative_slope) if param.relu else y


def _gemm(nodes: LayerNodes, axis: int) -> str:
    param = nodes.param.inner_product_param
    x = nodes.bottoms[0]
    if len(nodes.bottom_shapes[0]) != 2:
        x = nodes.op("Flatten", x, axis=axis)
    bias = [_bias(nodes)] if param.bias_term else []
    weight = _weight(nodes)
    return nodes.op("Gemm", x, weight, *bias, transB=int(not param.transpose))


def _matmul(nodes: LayerNodes, axis: int, shape: Shape) -> str:
    """With other axes in front than one for the items."""
    param = nodes.param.inner_product_param
    inner = math.prod(shape[axis:])
    x = nodes.reshape(nodes.bottoms[0], shape, (*shape[:axis], inner))
    weight = _weight(nodes)
    if not param.transpose:
        weight = nodes.op("Transpose", weight, perm=[1, 0])
    y = nodes.op("MatMul", x, weight) if axis else _vector_product(nodes, x, weight)
    return nodes.op("Add", y, _bias(nodes)) if param.bias_term else y


def _weight(nodes: LayerNodes) -> str:
    """The matrix, which may be caffe-windows' second bottom."""
    param = nodes.param.inner_product_param
    if len(nodes.bottoms) == 1:
        return _normalized(nodes) if param.normalize else nodes.weight(0)
    shape = nodes.bottom_shapes[1]
    inner = math.prod(shape) // shape[0]
    stored = (inner, shape[0]) if param.transpose else (shape[0], inner)
    return nodes.reshape(nodes.bottoms[1], shape, stored)


def _bias(nodes: LayerNodes) -> str:
    """The numbers to add, which may be caffe-windows' third bottom."""
    if len(nodes.bottoms) > 2:
        shape = nodes.bottom_shapes[2]
        return nodes.reshape(nodes.bottoms[2], shape, (math.prod(shape),))
    return nodes.weight(2 - len(nodes.bottoms), (-1,))


def _vector_product(nodes: LayerNodes, x: str, weight: str) -> str:
    """All values are one item."""
    row = nodes.op("Unsqueeze", x, nodes.ints(0, name="axes"))
    return nodes.op("Squeeze", nodes.op("MatMul", row, weight), nodes.ints(0, name="axes"))


def _normalized(nodes: LayerNodes) -> str:
    """caffe-windows' weights, brought to a norm of 1 as its forward does it."""
    top = nodes.top_shapes[0][-1]
    stored = nodes.base.blobs_[0].data
    rows = stored.reshape(top, -1)
    norms = np.sqrt(np.einsum("nk,nk->n", rows, rows) + 1e-6)[:, None]
    return nodes.graph.add_constant(f"{nodes.base.name}.0", (rows / norms).reshape(stored.shape))


@writes(Scale)
def scale(nodes: LayerNodes) -> str:
    param = nodes.param.scale_param
    given = len(nodes.bottoms) > 1
    shape = nodes.bottom_shapes[1] if given else nodes.base.blobs_[0].shape
    behind = _axes_behind(nodes, param.axis, shape)
    limits = [
        getattr(param, name) if param.HasField(name) else None
        for name in ("min_value", "max_value")
    ]
    if given:
        factor = nodes.expanded(nodes.bottoms[1], behind)
        for op_type, limit in zip(("Max", "Min"), limits, strict=True):
            if limit is not None:
                factor = nodes.op(op_type, factor, nodes.array(limit, op_type.lower()))
    elif any(limit is not None for limit in limits):
        values = np.clip(nodes.base.blobs_[0].data, *limits).reshape(*shape, *(1,) * behind)
        factor = nodes.graph.add_constant(f"{nodes.base.name}.0", float_array(values))
    else:
        factor = nodes.weight(0, (*shape, *(1,) * behind))
    y = nodes.op("Mul", nodes.bottoms[0], factor)
    if not param.bias_term:
        return y
    return nodes.op("Add", y, nodes.weight(0 if given else 1, (*shape, *(1,) * behind)))


@writes(Bias)
def bias(nodes: LayerNodes) -> str:
    given = len(nodes.bottoms) > 1
    shape = nodes.bottom_shapes[1] if given else nodes.base.blobs_[0].shape
    behind = _axes_behind(nodes, nodes.param.bias_param.axis, shape)
    if given:
        operand = nodes.expanded(nodes.bottoms[1], behind)
    else:
        operand = nodes.weight(0, (*shape, *(1,) * behind))
    return nodes.op("Add", nodes.bottoms[0], operand)


def _axes_behind(nodes: LayerNodes, stated: int, shape: Shape) -> int:
    """How many axes the large bottom has behind those of the small operand."""
    axes = len(nodes.bottom_shapes[0])
    return axes - nodes.axis(stated) - len(shape) if shape else 0


@writes(Embed)
def embed(nodes: LayerNodes) -> str:
    rows = nodes.op("Gather", nodes.weight(0), nodes.cast(nodes.bottoms[0], "INT64"), axis=0)
    if not nodes.param.embed_param.bias_term:
        return rows
    return nodes.op("Add", rows, nodes.weight(1, (-1,)))
