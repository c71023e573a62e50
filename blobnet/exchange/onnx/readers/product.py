"""Products with constant matrices."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader, as_floats
from blobnet.exchange.onnx.reader_register import reads
from blobnet.types import Array


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


def _inner_product(node: NodeReader, weight: Array, bias: Array | None, axis: int) -> None:
    outputs = len(weight)
    weights = [weight]
    if bias is not None:
        if bias.size not in (1, outputs) or (bias.ndim > 1 and bias.shape[0] != 1):
            raise node.error("a bias has one value for each output", got=bias.shape)
        weights.append(np.broadcast_to(bias.reshape(-1), (outputs,)))
    param = {"num_output": outputs, "bias_term": len(weights) > 1, "axis": axis}
    node.layer("InnerProduct", [node.blob()], weights, inner_product_param=param, last=True)
