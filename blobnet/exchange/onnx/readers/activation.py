"""Nodes that compute each value from the one below it."""

from __future__ import annotations

import math

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads

_PLAIN = {
    "Abs": "AbsVal",
    "Atan": "Atan",
    "Cos": "Cosine",
    "Mish": "Mish",
    "Relu": "ReLU",
    "Sigmoid": "Sigmoid",
    "Softplus": "BNLL",
    "Tanh": "TanH",
}

_SELU = {"alpha": 1.6732632, "gamma": 1.0507009}  # where the node does not say


@reads(*_PLAIN)
def plain(node: NodeReader) -> None:
    node.layer(_PLAIN[node.op_type], [node.blob()], last=True)


@reads("Sin")
def sin(node: NodeReader) -> None:
    """A cosine, a quarter of its circle later."""
    (x,) = node.layer("Power", [node.blob()], power_param={"shift": -math.pi / 2})
    node.layer("Cosine", [x], last=True)


@reads("Sign")
def sign(node: NodeReader) -> None:
    """1 where x > 0 less 1 where - x > 0."""
    (turned,) = node.layer("Power", [node.blob()], power_param={"scale": -1.0})
    sides = [node.layer("Threshold", [x])[0] for x in (node.blob(), turned)]
    node.layer("Eltwise", sides, eltwise_param={"coeff": [1.0, -1.0]}, last=True)


@reads("LeakyRelu")
def leaky_relu(node: NodeReader) -> None:
    slope = {"negative_slope": node.attributes.get("alpha", 0.01)}
    node.layer("ReLU", [node.blob()], relu_param=slope, last=True)


@reads("Elu")
def elu(node: NodeReader) -> None:
    param = {"alpha": node.attributes.get("alpha", 1.0)}
    node.layer("ELU", [node.blob()], elu_param=param, last=True)


@reads("Selu")
def selu(node: NodeReader) -> None:
    """gamma times an ELU."""
    alpha, gamma = (node.attributes.get(k, d) for k, d in _SELU.items())
    (x,) = node.layer("ELU", [node.blob()], elu_param={"alpha": alpha})
    node.layer("Power", [x], power_param={"scale": gamma}, last=True)


@reads("Celu")
def celu(node: NodeReader) -> None:
    """alpha times an ELU of x / alpha."""
    alpha = node.attributes.get("alpha", 1.0)
    (x,) = node.layer("Power", [node.blob()], power_param={"scale": 1 / alpha})
    (x,) = node.layer("ELU", [x])
    node.layer("Power", [x], power_param={"scale": alpha}, last=True)


@reads("Gelu")
def gelu(node: NodeReader) -> None:
    """x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))); of erf Caffe has no layer."""
    if node.attributes.get("approximate", "none") != "tanh":
        raise node.error("Caffe has no erf", fix="GELU(approximate='tanh') can be read")
    x = node.blob()
    (cube,) = node.layer("Power", [x], power_param={"power": 3.0})
    coefficients = [math.sqrt(2 / math.pi) * each for each in (1.0, 0.044715)]
    (inner,) = node.layer("Eltwise", [x, cube], eltwise_param={"coeff": coefficients})
    (bent,) = node.layer("TanH", [inner])
    (gate,) = node.layer("Power", [bent], power_param={"scale": 0.5, "shift": 0.5})
    node.layer("Eltwise", [x, gate], eltwise_param={"operation": "PROD"}, last=True)


@reads("Softsign")
def softsign(node: NodeReader) -> None:
    """x / (1 + abs(x))."""
    (size,) = node.layer("AbsVal", [node.blob()])
    (inverse,) = node.layer("Power", [size], power_param={"power": -1.0, "shift": 1.0})
    product = {"operation": "PROD"}
    node.layer("Eltwise", [node.blob(), inverse], eltwise_param=product, last=True)


@reads("PRelu")
def prelu(node: NodeReader) -> None:
    slope, shape = node.known(1, "slope"), node.shape()
    if slope.size == 1:
        node.layer("PReLU", [node.blob()], [slope.reshape(())],
                   prelu_param={"channel_shared": True}, last=True)  # fmt: skip
        return
    expected = (shape[1], *(1,) * (len(shape) - 2)) if len(shape) > 1 else ()
    if slope.shape not in (expected, (1, *expected)):
        raise node.error("a slope must be one for each channel", got=slope.shape)
    node.layer("PReLU", [node.blob()], [slope.reshape(-1)], last=True)


@reads("Clip")
def clip(node: NodeReader) -> None:
    """ReLU6 between 0 and 6, ReLU where there is no upper limit, else Caffe's Clip."""
    low, high = (_limit(node, k, name) for k, name in ((1, "min"), (2, "max")))
    if (low, high) == (0, np.inf):
        node.layer("ReLU", [node.blob()], last=True)
    elif low == 0 and np.isfinite(high):
        limit: dict[str, float] = {} if high == 6 else {"threshold": high}
        node.layer("ReLU6", [node.blob()], relu6_param=limit, last=True)
    else:
        limits = np.finfo(np.float32)
        param: dict[str, float] = {
            "min": max(low, float(limits.min)),
            "max": min(high, float(limits.max)),
        }
        node.layer("Clip", [node.blob()], clip_param=param, last=True)


def _limit(node: NodeReader, index: int, name: str) -> float:
    """A limit of Clip: an attribute before opset 11, an input since; infinite where it is none."""
    if name in node.attributes:
        return float(node.attributes[name])
    if not node.has(index):
        return -np.inf if name == "min" else np.inf
    return float(node.known(index, name).reshape(-1)[0])


@reads("Exp")
def exp(node: NodeReader) -> None:
    node.layer("Exp", [node.blob()], last=True)


@reads("Log")
def log(node: NodeReader) -> None:
    node.layer("Log", [node.blob()], last=True)


@reads("Neg", "Sqrt", "Reciprocal")
def power(node: NodeReader) -> None:
    param = {"Neg": {"scale": -1.0}, "Sqrt": {"power": 0.5}, "Reciprocal": {"power": -1.0}}
    node.layer("Power", [node.blob()], power_param=param[node.op_type], last=True)


@reads("HardSigmoid")
def hard_sigmoid(node: NodeReader) -> None:
    slope, shift = node.attributes.get("alpha", 0.2), node.attributes.get("beta", 0.5)
    _hard_sigmoid(node, slope, shift, last=True)


@reads("HardSwish")
def hard_swish(node: NodeReader) -> None:
    """x times a hard sigmoid of x."""
    gate = _hard_sigmoid(node, 1 / 6, 0.5, last=False)
    product = {"operation": "PROD"}
    node.layer("Eltwise", [node.blob(), gate], eltwise_param=product, last=True)


def _hard_sigmoid(node: NodeReader, slope: float, shift: float, *, last: bool) -> str:
    param = {"scale": slope, "shift": shift}
    (line,) = node.layer("Power", [node.blob()], power_param=param)
    return node.layer("Clip", [line], clip_param={"min": 0.0, "max": 1.0}, last=last)[0]
