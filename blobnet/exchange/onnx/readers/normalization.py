"""Statistics, and what they are applied to."""

from __future__ import annotations

import math

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader, as_floats
from blobnet.exchange.onnx.reader_register import reads

_ONE = np.ones(1, np.float32)


@reads("BatchNormalization")
def batch_norm(node: NodeReader) -> None:
    """BatchNorm and Scale. `momentum` is for training."""
    if node.attributes.get("training_mode", 0):
        raise node.error("it is exported for training", fix="export it after net.eval()")
    names = ("scale", "bias", "mean", "variance")
    scale, bias, mean, variance = (
        as_floats(node.known(k, name)) for k, name in enumerate(names, 1)
    )
    param = {"use_global_stats": True, "eps": node.attributes.get("epsilon", 1e-5)}
    weights = [mean, variance, _ONE]
    (x,) = node.layer("BatchNorm", [node.blob()], weights, batch_norm_param=param)
    node.layer("Scale", [x], [scale, bias], scale_param={"bias_term": True}, last=True)


@reads("InstanceNormalization")
def instance_norm(node: NodeReader) -> None:
    """A BatchNorm over the channels of all images, by their own statistics; then a Scale."""
    shape = node.shape()
    if len(shape) < 3:
        raise node.error("there are no places to take statistics of", got=f"shape {shape}")
    eps = node.attributes.get("epsilon", 1e-5)
    scale, bias = (as_floats(node.known(k, name)) for k, name in ((1, "scale"), (2, "bias")))
    count = shape[0] * shape[1]
    joined = {"shape": {"dim": [1, count, *shape[2:]]}}
    (x,) = node.layer("Reshape", [node.blob()], reshape_param=joined)
    weights = [np.zeros(count, np.float32), np.zeros(count, np.float32), np.zeros(1, np.float32)]
    param = {"use_global_stats": False, "eps": eps}
    (x,) = node.layer("BatchNorm", [x], weights, batch_norm_param=param)
    (x,) = node.layer("Reshape", [x], reshape_param={"shape": {"dim": list(shape)}})
    node.layer("Scale", [x], [scale, bias], scale_param={"bias_term": True}, last=True)


@reads("LayerNormalization")
def layer_normalization(node: NodeReader) -> None:
    """Over the axes from one on: those in front are channels of one image."""
    shape, axis = node.shape(), node.axis(node.attributes.get("axis", -1))
    if len(node.outputs) > 1 and any(node.values.uses.get(name) for name in node.outputs[1:]):
        raise node.error("the mean and the deviation are no blobs of Caffe's")
    rows, width = math.prod(shape[:axis]), math.prod(shape[axis:])
    eps = float(node.attributes.get("epsilon", 1e-5))
    x = node.reshaped(node.blob(), (1, rows, width))
    weights = [np.zeros(rows, np.float32), np.ones(rows, np.float32), np.zeros(1, np.float32)]
    param = {"use_global_stats": False, "eps": eps}
    (x,) = node.layer("BatchNorm", [x], weights, batch_norm_param=param)
    x = node.layer("Reshape", [x], reshape_param={"shape": {"dim": list(shape)}})[0]
    scale = as_floats(node.known(1, "scale")).reshape(shape[axis:])
    bias = node.constant(2)
    biases = [] if bias is None else [as_floats(bias).reshape(shape[axis:])]
    param = {"axis": axis, "num_axes": len(shape) - axis, "bias_term": bool(biases)}
    node.layer("Scale", [x], [scale, *biases], scale_param=param, last=True)


@reads("ReduceLogSumExp")
def log_sum_exp(node: NodeReader) -> None:
    """Over rows of what is reduced, as a Softmax has it."""
    shape = node.shape()
    axes = sorted(node.axis(axis) for axis in node.numbers(1, "axes") or range(len(shape)))
    rest = [axis for axis in range(len(shape)) if axis not in axes]
    x = node.blob()
    if rest + axes != list(range(len(shape))):
        (x,) = node.layer("Permute", [x], permute_param={"order": [*rest, *axes]})
    width = math.prod(shape[axis] for axis in axes)
    x = node.reshaped(x, (math.prod(shape) // width, width))
    kept = [1 if axis in axes else length for axis, length in enumerate(shape)]
    made = kept if node.attributes.get("keepdims", 1) else [shape[axis] for axis in rest]
    node.reshaped(log_of_sum(node, x), made, last=True)


@reads("LRN")
def lrn(node: NodeReader) -> None:
    param = {
        "local_size": node.attributes.get("size", 0),
        "alpha": node.attributes.get("alpha", 1e-4),
        "beta": node.attributes.get("beta", 0.75),
        "k": node.attributes.get("bias", 1.0),
    }
    node.layer("LRN", [node.blob()], lrn_param=param, last=True)


@reads("Softmax", "LogSoftmax")
def softmax(node: NodeReader) -> None:
    """Before opset 13 over all axes from `axis` on, since over that one."""
    shape = node.shape()
    axis = node.axis(node.attributes.get("axis", -1 if node.opset >= 13 else 1))
    if node.opset < 13 and any(length != 1 for length in shape[axis + 1 :]):
        raise node.error(
            "a softmax over several axes is not read", fix="export it with opset 13 or newer"
        )
    if node.op_type == "LogSoftmax":
        _log_softmax(node, axis)
    else:
        node.layer("Softmax", [node.blob()], softmax_param={"axis": axis}, last=True)


def _log_softmax(node: NodeReader, axis: int) -> None:
    """x - L, where L is the logarithm of the sum of exp(x)."""
    axes = len(node.shape())
    order = [*(k for k in range(axes) if k != axis), axis]
    x, is_last = node.blob(), axis == axes - 1
    if not is_last:
        (x,) = node.layer("Permute", [x], permute_param={"order": order})
    less = log_of_sum(node, x, sign=-1.0)
    (y,) = node.layer("Bias", [x, less], bias_param={"axis": 0}, last=is_last)
    if not is_last:
        back = [order.index(k) for k in range(axes)]
        node.layer("Permute", [y], permute_param={"order": back}, last=True)


def log_of_sum(node: NodeReader, x: str, sign: float = 1.0) -> str:
    """L, the logarithm of the sum of exp(x) over the last axis; or - L.

    A probability p may be too small for a float, so log(p) alone does not tell L. But L is
    x - log(p) wherever p is not, and so the sum of p (x - log(p)): there the others count nothing.
    """
    last = len(node.shape_of(x)) - 1
    (p,) = node.layer("Softmax", [x], softmax_param={"axis": last})
    (some,) = node.layer("Clip", [p], clip_param={"min": 1e-37, "max": 1.0})
    (log,) = node.layer("Log", [some])
    (each,) = node.layer("Eltwise", [x, log], eltwise_param={"coeff": [1.0, -1.0]})
    (part,) = node.layer("Eltwise", [p, each], eltwise_param={"operation": "PROD"})
    return node.layer("Reduction", [part], reduction_param={"axis": last, "coeff": sign})[0]
