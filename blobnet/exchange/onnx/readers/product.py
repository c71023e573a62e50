"""Products with constant matrices."""

from __future__ import annotations

import re

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader, as_floats
from blobnet.exchange.onnx.reader_register import reads
from blobnet.types import Array

_LONGEST_SUM = 4096  # values that are added up: the matrix has as many squared


@reads("Gemm")
def gemm(node: NodeReader) -> None:
    """alpha A B + beta C, with a constant B: an InnerProduct."""
    if node.attributes.get("transA", 0):
        raise node.error("A must not be transposed")
    weight = node.known(1, "matrix B")
    if weight.ndim != 2 or len(node.shape()) != 2:
        raise node.error("both must be matrices", got=f"{node.shape()} and {weight.shape}")
    weight = weight if node.attributes.get("transB", 0) else weight.T
    weight = as_floats(weight) * np.float32(node.attributes.get("alpha", 1.0))
    bias = None
    if node.has(2):
        scale = np.float32(node.attributes.get("beta", 1.0))
        bias = as_floats(node.known(2, "bias C")) * scale
    _inner_product(node, weight, bias, axis=1)


@reads("MatMul")
def matmul(node: NodeReader) -> None:
    """x W, with a constant W; a bias that is added behind it is taken in: see `arithmetic`."""
    weight = node.known(1, "second matrix")
    if weight.ndim != 2 or not node.shape():
        raise node.error(
            "only products with a matrix of weights are read",
            got=f"{node.shape()} and {weight.shape}",
        )
    _inner_product(node, as_floats(weight.T), None, axis=len(node.shape()) - 1)


@reads("CumSum")
def cumulative_sum(node: NodeReader) -> None:
    """A matrix of ones below its diagonal, along one axis."""
    axis = node.axis(int(node.known(1, "axis").reshape(-1)[0]))
    shape = node.shape()
    length, last = shape[axis], len(shape) - 1
    if length > _LONGEST_SUM:
        raise node.error("it is read as a matrix", got=f"{length} values, {_LONGEST_SUM} at most")
    ones = np.ones((length, length), np.float32)
    offset = int(bool(node.attributes.get("exclusive", 0)))
    is_reversed = bool(node.attributes.get("reverse", 0))
    weight = np.triu(ones, offset) if is_reversed else np.tril(ones, -offset)
    param = {"num_output": length, "bias_term": False, "axis": last}
    x = node.blob()
    if axis == last:
        node.layer("InnerProduct", [x], [weight], inner_product_param=param, last=True)
        return
    order = [*(k for k in range(len(shape)) if k != axis), axis]
    (x,) = node.layer("Permute", [x], permute_param={"order": order})
    (x,) = node.layer("InnerProduct", [x], [weight], inner_product_param=param)
    back = [order.index(k) for k in range(len(shape))]
    node.layer("Permute", [x], permute_param={"order": back}, last=True)


@reads("Einsum")
def einsum(node: NodeReader) -> None:
    """The products of all pairs of rows of one blob: happynear's Gram."""
    equation = re.sub(r"\s", "", node.attributes.get("equation", ""))
    match = re.fullmatch(r"(\w)(\w)(\w),\1(?!\2)(\w)\3->\1\2\4", equation)
    if match is None or node.inputs[0] != node.inputs[1]:
        raise node.error(
            "of these only the products of the rows of one blob are read",
            got=equation,
            fix="with a matrix of weights write torch.matmul(x, weight); bnk,bmk->bnm of one x is "
            "read; other products of two blobs no layer of Caffe computes",
        )
    num, rows, width = node.shape()
    (x,) = node.layer("Gram", [node.blob()])
    (x,) = node.layer("Power", [x], power_param={"scale": float(rows * width)})
    node.reshaped(x, (num, rows, rows), last=True)


def _inner_product(node: NodeReader, weight: Array, bias: Array | None, axis: int) -> None:
    outputs = len(weight)
    weights = [weight]
    if bias is not None:
        if bias.size not in (1, outputs) or (bias.ndim > 1 and bias.shape[0] != 1):
            raise node.error("a bias has one value for each output", got=bias.shape)
        weights.append(np.broadcast_to(bias.reshape(-1), (outputs,)))
    param = {"num_output": outputs, "bias_term": len(weights) > 1, "axis": axis}
    node.layer("InnerProduct", [node.blob()], weights, inner_product_param=param, last=True)
