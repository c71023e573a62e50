"""Layers that learn faces, as they are at test time: without margins, or with none to add."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.activation.noise import Noise
from blobnet.layers.faces.lengths.norm_l2 import NormL2
from blobnet.layers.faces.margins.label_specific_add import LabelSpecificAdd
from blobnet.layers.faces.margins.label_specific_rescale import LabelSpecificRescale
from blobnet.layers.faces.margins.large_margin_inner_product import LargeMarginInnerProduct
from blobnet.layers.faces.margins.margin_inner_product import MarginInnerProduct
from blobnet.layers.faces.metric.inner_distance import CPU_EPSILON, InnerDistance
from blobnet.proto import LargeMarginInnerProductParameter


@writes(NormL2)
def norm_l2(nodes: LayerNodes) -> str:
    shape, top = nodes.bottom_shapes[0], nodes.top_shapes[0]
    x = nodes.expanded(nodes.bottoms[0], len(top) - len(shape))
    squares = nodes.op("ReduceSumSquare", x, axes=[1, 2, 3])
    return nodes.op("Div", x, nodes.op("Sqrt", nodes.plus(squares, 1e-7)))


@writes(MarginInnerProduct, LargeMarginInnerProduct)
def margin_inner_product(nodes: LayerNodes) -> str:
    """The plain product, of rows of length 1 in SphereFace's."""
    layer = nodes.layer
    if layer._kind != LargeMarginInnerProductParameter.SINGLE or len(nodes.top_shapes) > 1:
        raise ExportError(
            "its margin needs labels, and shrinks with each forward: end the net in front of it, "
            "as deploy nets of faces do"
        )
    axis = layer._axis
    x = nodes.reshape(
        nodes.bottoms[0],
        nodes.bottom_shapes[0],
        (*nodes.bottom_shapes[0][:axis], int(np.prod(nodes.bottom_shapes[0][axis:]))),
    )
    if len(nodes.bottoms) > 2:
        weight = nodes.op("Reshape", nodes.bottoms[2], nodes.ints(layer._N, layer._K))
    else:
        values = nodes.base.blobs_[0].data
        if type(layer) is MarginInnerProduct:
            length = np.sqrt(np.square(values).sum(axis=1, keepdims=True))
            values = values / np.where(length > 0, length, 1)
        weight = nodes.array(values, "weight")
    return nodes.op("MatMul", x, nodes.op("Transpose", weight, perm=[1, 0]))


@writes(LabelSpecificAdd)
def label_specific_add(nodes: LayerNodes) -> list[str]:
    """Nothing is added while testing."""
    return [nodes.bottoms[0], nodes.array([0], "bias")][: len(nodes.top_shapes)]


@writes(LabelSpecificRescale)
def label_specific_rescale(nodes: LayerNodes) -> list[str]:
    """Scores stay while testing."""
    if nodes.param.label_specific_rescale_param.rescale_test:
        raise ExportError("`rescale_test` needs labels: take the layer out")
    factor = nodes.array([nodes.layer._positive], "factor")
    return [nodes.bottoms[0], factor][: len(nodes.top_shapes)]


@writes(Noise)
def noise(nodes: LayerNodes) -> str:
    """None while testing; that of the OpenCL branch makes 0 of everything then."""
    return nodes.times(nodes.bottoms[0], 0 if nodes.layer._multiplies else 1)


@writes(InnerDistance)
def inner_distance(nodes: LayerNodes) -> str:
    layer, param = nodes.layer, nodes.param.inner_distance_param
    shape, K = nodes.bottom_shapes[0], layer._K
    x = nodes.reshape(nodes.bottoms[0], shape, (*shape[: layer._axis], K))
    x = nodes.op("Unsqueeze", x, nodes.ints(-2, name="axes"))
    if len(nodes.bottoms) > 1:
        centres = nodes.op("Reshape", nodes.bottoms[1], nodes.ints(layer._N, K, name="rows"))
    elif param.normalize:
        values = nodes.base.blobs_[0].data.reshape(layer._N, K)
        lengths = np.sqrt(np.square(values).sum(axis=1, keepdims=True) + CPU_EPSILON)
        centres = nodes.array(values / lengths, "centres")
    else:
        centres = nodes.weight(0, (layer._N, K))
    reduce = "ReduceL1" if layer._is_l1 else "ReduceSumSquare"
    return nodes.op(reduce, nodes.op("Sub", x, centres), axes=[-1], keepdims=0)
