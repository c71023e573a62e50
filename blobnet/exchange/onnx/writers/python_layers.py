"""Python layers that blobnet brings along, by the classes that compute them."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, leaves_out, writes
from blobnet.exchange.onnx.writers.boxes import images_of, placed, rows_of_anchors
from blobnet.python_layers.caffe.layers.detectnet.clustering import ClusterGroundtruth
from blobnet.python_layers.caffe.layers.detectnet.mean_ap import ScoreDetections, mAP
from blobnet.python_layers.eltwise import Eltwise
from blobnet.python_layers.layers import text_proposal_layer
from blobnet.python_layers.norm2layer import Norm2Layer
from blobnet.python_layers.pad import PadTensor
from blobnet.python_layers.pylayers import SoftmaxLayer
from blobnet.python_layers.reshape import Reshape
from blobnet.python_layers.shape import TensorShape
from blobnet.python_layers.spatial_dropout import SpatialDropoutLayer
from blobnet.python_layers.yolov2 import darknet_reorg

leaves_out(ClusterGroundtruth, ScoreDetections, mAP)

_LEAST = 0.0001  # of SoftmaxLayer: what each share gets more


@writes(TensorShape)
def tensor_shape(nodes: LayerNodes) -> str:
    return nodes.cast(nodes.op("Shape", nodes.bottoms[0]), "FLOAT")


@writes(Reshape, is_shaped_by_values=True)
def reshape(nodes: LayerNodes) -> str:
    x, shape = nodes.bottoms
    flat = nodes.op("Reshape", shape, nodes.ints(-1, name="flat"))
    return nodes.op("Reshape", x, nodes.cast(flat, "INT64"), allowzero=1)


@writes(Eltwise)
def eltwise(nodes: LayerNodes) -> str:
    """0 to 4: a product, sum, maximum, quotient or minimum."""
    layer, (a, b) = nodes.layer.instance, nodes.bottoms
    op_type = ("Mul", "Add", "Max", "Div", "Min")[layer._operation]
    first, second = layer._coeff
    return nodes.op(op_type, nodes.times(a, first), nodes.times(b, second))


@writes(PadTensor)
def pad_tensor(nodes: LayerNodes) -> str:
    layer = nodes.layer.instance
    if layer._mode in ("symmetric", "wrap"):
        raise ExportError(f"pad_mode {layer._mode} has no operator in opset 17: use reflect")
    begins, ends = zip(*layer._pads, strict=True)
    constant = [nodes.array(0, "value")] if layer._mode == "constant" else []
    pads = nodes.ints(*begins, *ends, name="pads")
    return nodes.op("Pad", nodes.bottoms[0], pads, *constant, mode=layer._mode)


@writes(darknet_reorg)
def reorganized(nodes: LayerNodes) -> str:
    """Darknet's, which sees the image as one of a quarter of the channels, twice as large."""
    channels, height, width = nodes.bottom_shapes[0][1:]
    wide = nodes.ints(0, channels // 4, height, 2, width, 2, name="cells")
    x = nodes.op("Reshape", nodes.bottoms[0], wide)
    x = nodes.op("Transpose", x, perm=[0, 3, 5, 1, 2, 4])
    return nodes.op("Reshape", x, nodes.ints(0, 4 * channels, height // 2, width // 2))


@writes(SpatialDropoutLayer)
def spatial_dropout(nodes: LayerNodes) -> str:
    """caffe-enet's, which multiplies while testing, too."""
    layer = nodes.layer.instance
    if layer._is_training:
        raise ExportError("it draws at random: take `phase: TRAIN` out of its param_str")
    return nodes.times(nodes.bottoms[0], layer._scale)


@writes(Norm2Layer)
def norm2(nodes: LayerNodes) -> str:
    rows = nodes.op("Flatten", nodes.bottoms[0], axis=1)
    length = nodes.op("ReduceL2", rows, axes=[1], keepdims=1)
    is_zero = nodes.op("Equal", length, nodes.array(0, "zero"))
    return nodes.op("Div", rows, nodes.op("Where", is_zero, nodes.array(1, "one"), length))


@writes(SoftmaxLayer)
def softmax(nodes: LayerNodes) -> str:
    total = 1 + _LEAST * nodes.bottom_shapes[0][1]
    shares = nodes.plus(nodes.op("Softmax", nodes.bottoms[0], axis=1), _LEAST)
    return nodes.times(shares, 1 / total)


@writes(text_proposal_layer.ProposalLayer)
def text_proposal(nodes: LayerNodes) -> list[str]:
    """CTPN's: the anchors of all places, moved and stretched up and down."""
    stride = nodes.layer.instance._stride
    scores, changes, info = nodes.bottoms
    image = images_of(nodes, info, int(np.prod(nodes.bottom_shapes[2])))
    kinds = text_proposal_layer.text_anchors(1, 1, stride)
    at = nodes.op("Reshape", placed(nodes, scores, kinds, (stride, stride)), nodes.ints(1, -1, 4))
    x1, y1, x2, y2 = nodes.ops("Split", [at, nodes.ints(1, 1, 1, 1)], 4, axis=2)
    deltas = rows_of_anchors(nodes, changes, 2)
    move, growth = nodes.ops("Split", [deltas, nodes.ints(1, 1)], 2, axis=2)
    tall = nodes.plus(nodes.op("Sub", y2, y1), 1)
    its = nodes.op("Mul", nodes.op("Exp", growth), tall)
    middle = nodes.times(nodes.op("Add", y1, y2), 0.5)
    centre = nodes.op("Add", nodes.op("Mul", move, tall), middle)
    begin = nodes.op("Sub", centre, nodes.times(its, 0.5))
    corners = nodes.op("Concat", x1, begin, x2, nodes.op("Add", begin, its), axis=2)
    sides = [image.width, image.height] * 2
    most = nodes.plus(nodes.op("Concat", *sides, axis=2), -1)
    boxes = nodes.op("Max", nodes.op("Min", corners, most), nodes.array(0, "zero"))
    half = nodes.slice(scores, 1, len(kinds), 2 * len(kinds))
    of_text = rows_of_anchors(nodes, half, 1)
    return [nodes.op("Squeeze", made, nodes.ints(0, name="axes")) for made in (boxes, of_text)]
