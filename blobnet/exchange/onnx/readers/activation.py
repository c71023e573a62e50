"""Nodes that compute each value from the one below it."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads

_PLAIN = {
    "Abs": "AbsVal",
    "Relu": "ReLU",
    "Sigmoid": "Sigmoid",
    "Softplus": "BNLL",
    "Tanh": "TanH",
}


@reads(*_PLAIN)
def plain(node: NodeReader) -> None:
    node.layer(_PLAIN[node.op_type], [node.blob()], last=True)


@reads("LeakyRelu")
def leaky_relu(node: NodeReader) -> None:
    slope = {"negative_slope": node.attributes.get("alpha", 0.01)}
    node.layer("ReLU", [node.blob()], relu_param=slope, last=True)


@reads("Elu")
def elu(node: NodeReader) -> None:
    param = {"alpha": node.attributes.get("alpha", 1.0)}
    node.layer("ELU", [node.blob()], elu_param=param, last=True)


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
