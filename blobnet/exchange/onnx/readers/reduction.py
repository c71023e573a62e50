"""Means and sums over axes, positions of maxima."""

from __future__ import annotations

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads

_OPERATIONS = {"ReduceSum": "SUM", "ReduceMean": "MEAN", "ReduceL1": "ASUM"}
_OPERATIONS["ReduceSumSquare"] = "SUMSQ"


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
    (y,) = node.layer("Reduction", [x], reduction_param=param, last=not keeps)
    if keeps:
        kept = [1 if axis in axes else length for axis, length in enumerate(shape)]
        node.layer("Reshape", [y], reshape_param={"shape": {"dim": kept}}, last=True)


@reads("ArgMax")
def arg_max(node: NodeReader) -> None:
    """Of equal values Caffe takes the one further back."""
    axis = node.axis(node.attributes.get("axis", 0))
    keeps = bool(node.attributes.get("keepdims", 1))
    (y,) = node.layer("ArgMax", [node.blob()], argmax_param={"axis": axis}, last=keeps)
    if not keeps:
        shape = node.shape()
        node.reshaped(y, [*shape[:axis], *shape[axis + 1 :]], last=True)
