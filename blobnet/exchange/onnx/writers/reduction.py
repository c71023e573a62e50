"""Scores to probabilities, many values to few, and positions of the largest."""

from __future__ import annotations

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.utility.arg_max import ArgMax
from blobnet.layers.utility.reduction import Reduction
from blobnet.layers.utility.softmax import Softmax
from blobnet.layers.volume.voxel_softmax import VoxelSoftmax
from blobnet.proto import ReductionParameter


@writes(Softmax, VoxelSoftmax)
def softmax(nodes: LayerNodes) -> str:
    is_clip = isinstance(nodes.layer, VoxelSoftmax)
    axis = 1 if is_clip else nodes.axis(nodes.param.softmax_param.axis)
    return nodes.op("Softmax", nodes.bottoms[0], axis=axis)


@writes(Reduction)
def reduction(nodes: LayerNodes) -> str:
    param, x = nodes.param.reduction_param, nodes.bottoms[0]
    axes = list(range(nodes.axis(param.axis), len(nodes.bottom_shapes[0])))
    if param.operation == ReductionParameter.SUM:
        y = nodes.op("ReduceSum", x, nodes.ints(*axes, name="axes"), keepdims=0)
    else:
        op_type = {
            ReductionParameter.ASUM: "ReduceL1",
            ReductionParameter.SUMSQ: "ReduceSumSquare",
            ReductionParameter.MEAN: "ReduceMean",
        }[param.operation]
        y = nodes.op(op_type, x, axes=axes, keepdims=0)
    return nodes.times(y, param.coeff)


@writes(ArgMax)
def arg_max(nodes: LayerNodes) -> str:
    param, x = nodes.param.argmax_param, nodes.bottoms[0]
    if not param.HasField("axis"):
        return _of_items(nodes)
    axis = nodes.axis(param.axis)
    if param.top_k == 1 and not param.out_max_val:
        best = nodes.op("ArgMax", x, axis=axis, keepdims=1, select_last_index=1)
        return nodes.cast(best, "FLOAT")
    values, positions = _largest(nodes, x, axis, nodes.bottom_shapes[0][axis])
    return values if param.out_max_val else positions


def _of_items(nodes: LayerNodes) -> str:
    """Positions in flattened items, and the values where they are wanted."""
    param, shape = nodes.param.argmax_param, nodes.bottom_shapes[0]
    flat = nodes.op("Flatten", nodes.bottoms[0], axis=1) if len(shape) != 2 else nodes.bottoms[0]
    count = 1
    for length in shape[1:]:
        count *= length
    values, positions = _largest(nodes, flat, 1, count)
    rows = [positions, values] if param.out_max_val else [positions]
    rows = [nodes.op("Unsqueeze", row, nodes.ints(1, name="axes")) for row in rows]
    joined = rows[0] if len(rows) == 1 else nodes.op("Concat", *rows, axis=1)
    return nodes.expanded(joined, max(len(shape) - 3, 0))


def _largest(nodes: LayerNodes, x: str, axis: int, length: int) -> tuple[str, str]:
    """The `top_k` largest values along an axis, and where they stand; the later of equals first.

    ONNX takes the earlier one: so x is turned around.
    """
    turned = nodes.slice(x, axis, -1, -length - 1, -1)
    k = nodes.ints(nodes.param.argmax_param.top_k, name="k")
    values, places = nodes.ops("TopK", [turned, k], 2, axis=axis)
    last = nodes.ints(length - 1, name="last")
    return values, nodes.cast(nodes.op("Sub", last, places), "FLOAT")
