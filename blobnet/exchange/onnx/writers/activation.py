"""Layers that compute each value from the one below it."""

from __future__ import annotations

import math

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.activation.abs_val import AbsVal
from blobnet.layers.activation.bnll import BNLL
from blobnet.layers.activation.clip import Clip
from blobnet.layers.activation.elu import ELU
from blobnet.layers.activation.exp import Exp
from blobnet.layers.activation.insanity import Insanity
from blobnet.layers.activation.log import Log
from blobnet.layers.activation.power import Power
from blobnet.layers.activation.prelu import PReLU
from blobnet.layers.activation.relu import ReLU
from blobnet.layers.activation.relu6 import ReLU6
from blobnet.layers.activation.se_lu import SeLu
from blobnet.layers.activation.sigmoid import Sigmoid
from blobnet.layers.activation.swish import Swish
from blobnet.layers.activation.tanh import TanH
from blobnet.layers.activation.threshold import Threshold
from blobnet.layers.common.dropout import Dropout
from blobnet.layers.common.spatial_dropout import SpatialDropout
from blobnet.ops.overflow import overflow_allowed


@writes(ReLU)
def relu(nodes: LayerNodes) -> str:
    param = nodes.param.relu_param
    y = nodes.rectified(nodes.bottoms[0], param.negative_slope)
    limits = [6.0] * param.relu6 + [param.maximum] * (param.maximum > 0)
    return nodes.op("Min", y, nodes.array(min(limits), "max")) if limits else y


@writes(ReLU6)
def relu6(nodes: LayerNodes) -> str:
    param = nodes.param.relu6_param
    if param.negative_slope == 0 < param.threshold:
        limits = nodes.array(0, "min"), nodes.array(param.threshold, "max")
        return nodes.op("Clip", nodes.bottoms[0], *limits)
    rectified = nodes.rectified(nodes.bottoms[0], param.negative_slope)
    return nodes.op("Min", rectified, nodes.array(param.threshold, "max"))


@writes(PReLU)
def prelu(nodes: LayerNodes) -> str:
    axes = len(nodes.bottom_shapes[0])
    is_shared = nodes.param.prelu_param.channel_shared
    shape = (1,) * axes if is_shared else (-1, *(1,) * (axes - 2))
    return nodes.op("PRelu", nodes.bottoms[0], nodes.weight(0, shape))


@writes(ELU)
def elu(nodes: LayerNodes) -> str:
    param = nodes.param.elu_param
    return _elu(nodes, param.alpha, getattr(param, "lambda"))


@writes(SeLu)
def selu(nodes: LayerNodes) -> str:
    param = nodes.param.selu_param
    return _elu(nodes, param.alpha, getattr(param, "lambda"))


def _elu(nodes: LayerNodes, alpha: float, factor: float) -> str:
    return nodes.times(nodes.op("Elu", nodes.bottoms[0], alpha=float(alpha)), factor)


@writes(Sigmoid)
def sigmoid(nodes: LayerNodes) -> str:
    return nodes.op("Sigmoid", nodes.bottoms[0])


@writes(TanH)
def tanh(nodes: LayerNodes) -> str:
    return nodes.op("Tanh", nodes.bottoms[0])


@writes(AbsVal)
def abs_val(nodes: LayerNodes) -> str:
    return nodes.op("Abs", nodes.bottoms[0])


@writes(BNLL)
def bnll(nodes: LayerNodes) -> str:
    return nodes.op("Softplus", nodes.bottoms[0])


@writes(Swish)
def swish(nodes: LayerNodes) -> str:
    x = nodes.bottoms[0]
    gate = nodes.op("Sigmoid", nodes.times(x, nodes.param.swish_param.beta))
    return nodes.op("Mul", x, gate)


@writes(Clip)
def clip(nodes: LayerNodes) -> str:
    param = nodes.param.clip_param
    low, high = nodes.array(param.min, "min"), nodes.array(param.max, "max")
    return nodes.op("Max", nodes.op("Min", nodes.bottoms[0], high), low)


@writes(Threshold)
def threshold(nodes: LayerNodes) -> str:
    limit = nodes.array(nodes.param.threshold_param.threshold, "threshold")
    return nodes.cast(nodes.op("Greater", nodes.bottoms[0], limit), "FLOAT")


@writes(Power)
def power(nodes: LayerNodes) -> str:
    param, x = nodes.param.power_param, nodes.bottoms[0]
    if param.power * param.scale == 0:  # the input does not count
        with overflow_allowed():
            value = np.power(np.float64(param.shift), param.power)
        return nodes.op("Expand", nodes.array([value], "value"), nodes.lengths(x, 0))
    linear = nodes.plus(nodes.times(x, param.scale), param.shift)
    if param.power == 1:
        return linear
    return nodes.op("Pow", linear, nodes.array(param.power, "power"))


@writes(Exp)
def exp(nodes: LayerNodes) -> str:
    """base ** shift * exp(log(base) * scale * x)."""
    param = nodes.param.exp_param
    log_base = 1.0 if param.base == -1 else math.log(param.base)
    outer = math.exp(log_base * param.shift)
    raised = nodes.op("Exp", nodes.times(nodes.bottoms[0], log_base * param.scale))
    return nodes.times(raised, outer)


@writes(Log)
def log(nodes: LayerNodes) -> str:
    param = nodes.param.log_param
    factor = 1.0 if param.base == -1 else 1 / math.log(param.base)
    linear = nodes.plus(nodes.times(nodes.bottoms[0], param.scale), param.shift)
    return nodes.times(nodes.op("Log", linear), factor)


@writes(Insanity)
def insanity(nodes: LayerNodes) -> str:
    """What TEST makes of it: a rectifier with the mean of the slopes."""
    stated = nodes.param
    param = stated.rrelu_param if stated.HasField("rrelu_param") else stated.insanity_param
    slope = (math.log(abs(param.ub)) - math.log(abs(param.lb))) / (param.ub - param.lb)
    return nodes.rectified(nodes.bottoms[0], slope)


@writes(Dropout)
def dropout(nodes: LayerNodes) -> str:
    """Nothing in TEST, but for Faster R-CNN's that does not scale while training."""
    param = nodes.param.dropout_param
    if param.sample_weights_test:
        raise ExportError(
            "`sample_weights_test` draws at random while testing: take it out of dropout_param"
        )
    scale = 1 / (1 - param.dropout_ratio)
    if param.sqrt_scale:
        scale **= 0.5
    return nodes.bottoms[0] if param.scale_train else nodes.times(nodes.bottoms[0], 1 / scale)


@writes(SpatialDropout)
def spatial_dropout(nodes: LayerNodes) -> str:
    return nodes.bottoms[0]
