"""Values of forks' layers that are computed one by one."""

from __future__ import annotations

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.activation.hard_swish import HardSwish
from blobnet.layers.activation.mish import Mish
from blobnet.layers.activation.se_lu_dropout import SeLuDropout
from blobnet.layers.faces.margins.arccos import Arccos
from blobnet.layers.faces.margins.cosine import Cosine
from blobnet.layers.faces.margins.soft_truncation import SoftTruncation
from blobnet.layers.faces.margins.truncation import Truncation
from blobnet.layers.motion.neg_relu import NegReLU


@writes(NegReLU)
def neg_relu(nodes: LayerNodes) -> str:
    """A rectifier of -x."""
    turned = nodes.op("Neg", nodes.bottoms[0])
    return nodes.op("Neg", nodes.rectified(turned, nodes.param.relu_param.negative_slope))


@writes(HardSwish)
def hard_swish(nodes: LayerNodes) -> str:
    return nodes.op("HardSwish", nodes.bottoms[0])


@writes(Mish)
def mish(nodes: LayerNodes) -> str:
    """Opset 18 has a node for it."""
    x = nodes.bottoms[0]
    return nodes.op("Mul", x, nodes.op("Tanh", nodes.op("Softplus", x)))


@writes(Arccos)
def arccos(nodes: LayerNodes) -> str:
    return nodes.op("Acos", nodes.bottoms[0])


@writes(Cosine)
def cosine(nodes: LayerNodes) -> str:
    return nodes.op("Cos", nodes.bottoms[0])


@writes(SoftTruncation)
def soft_truncation(nodes: LayerNodes) -> str:
    c = nodes.array(-nodes.param.soft_truncation_param.c, "c")
    raised = nodes.op("Exp", nodes.op("Div", nodes.bottoms[0], c))
    return nodes.op("Sub", nodes.array(1, "one"), raised)


@writes(Truncation)
def truncation(nodes: LayerNodes) -> str:
    param = nodes.param.truncation_param
    raised = nodes.op("Max", nodes.bottoms[0], nodes.array(param.lower_bound, "low"))
    return nodes.op("Min", raised, nodes.array(param.upper_bound, "high"))


@writes(SeLuDropout)
def selu_dropout(nodes: LayerNodes) -> str:
    return nodes.bottoms[0]
