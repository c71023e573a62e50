"""Means and sums over axes, positions of maxima."""

from __future__ import annotations

import math

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads

_OPERATIONS = {"ReduceSum": "SUM", "ReduceMean": "MEAN", "ReduceL1": "ASUM"}
_OPERATIONS["ReduceSumSquare"] = _OPERATIONS["ReduceL2"] = "SUMSQ"


@reads(*_OPERATIONS)
def reduction(node: NodeReader) -> None:
    """Over the last axes: Reduction; over one other, with the axes in another order first."""
    shape = node.shape()
    axes = sorted(node.axis(axis) for axis in node.numbers(1, "axes") or range(len(shape)))
    keeps = bool(node.attributes.get("keepdims", 1))
    x, rest = node.blob(), [axis for axis in range(len(shape)) if axis not in axes]
    is_image = node.op_type == "ReduceMean" and len(shape) == 4 and axes == [2, 3]
    if is_image:
        param = {"pool": "AVE", "global_pooling": True}
        (y,) = node.layer("Pooling", [x], pooling_param=param, last=keeps)
        if not keeps:
            node.reshaped(y, shape[:2], last=True)
        return
    if rest + axes != list(range(len(shape))):
        (x,) = node.layer("Permute", [x], permute_param={"order": [*rest, *axes]})
    param = {"operation": _OPERATIONS[node.op_type], "axis": len(rest)}
    is_root = node.op_type == "ReduceL2"
    (y,) = node.layer("Reduction", [x], reduction_param=param, last=not (keeps or is_root))
    if is_root:
        (y,) = node.layer("Power", [y], power_param={"power": 0.5}, last=not keeps)
    if keeps:
        kept = [1 if axis in axes else length for axis, length in enumerate(shape)]
        node.layer("Reshape", [y], reshape_param={"shape": {"dim": kept}}, last=True)


@reads("ReduceMax", "ReduceMin")
def extreme(node: NodeReader) -> None:
    """A Pooling over rows of what is reduced, each of which belongs to one value that stays."""
    shape, is_max = node.shape(), node.op_type == "ReduceMax"
    axes = sorted(node.axis(axis) for axis in node.numbers(1, "axes") or range(len(shape)))
    rest = [axis for axis in range(len(shape)) if axis not in axes]
    kept = [1 if axis in axes else length for axis, length in enumerate(shape)]
    made = kept if node.attributes.get("keepdims", 1) else [shape[axis] for axis in rest]
    x = node.blob()
    if not is_max:
        (x,) = node.layer("Power", [x], power_param={"scale": -1.0})
    if rest + axes != list(range(len(shape))):
        (x,) = node.layer("Permute", [x], permute_param={"order": [*rest, *axes]})
    length = math.prod(shape[axis] for axis in axes)
    x = node.reshaped(x, (1, 1, math.prod(made), length))
    pool = {"pool": "MAX", "kernel_h": 1, "kernel_w": length}
    (x,) = node.layer("Pooling", [x], pooling_param=pool)
    x = node.reshaped(x, made, last=is_max)
    if not is_max:
        node.layer("Power", [x], power_param={"scale": -1.0}, last=True)


@reads("ArgMax")
def arg_max(node: NodeReader) -> None:
    """Of equal values Caffe takes the one further back."""
    axis = node.axis(node.attributes.get("axis", 0))
    keeps = bool(node.attributes.get("keepdims", 1))
    (y,) = node.layer("ArgMax", [node.blob()], argmax_param={"axis": axis}, last=keeps)
    if not keeps:
        shape = node.shape()
        node.reshaped(y, [*shape[:axis], *shape[axis + 1 :]], last=True)
