"""Several blobs to one, one to several, and where nothing happens to values."""

from __future__ import annotations

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.data.dummy_data import DummyData
from blobnet.layers.utility.axpy import Axpy
from blobnet.layers.utility.concat import Concat
from blobnet.layers.utility.eltwise import Eltwise
from blobnet.layers.utility.parameter import Parameter
from blobnet.layers.utility.slice import Slice
from blobnet.layers.utility.split import Split
from blobnet.layers.utility.tile import Tile
from blobnet.proto import EltwiseParameter, FillerParameter


@writes(Eltwise)
def eltwise(nodes: LayerNodes) -> str:
    param, xs = nodes.param.eltwise_param, _of_one_shape(nodes)
    if param.coeff_blob:
        raise ExportError("factors from another blob, `coeff_blob`, have no writer yet")
    if param.operation == EltwiseParameter.PROD:
        return _in_turn(nodes, "Mul", xs)
    if param.operation == EltwiseParameter.SORT:
        return _in_turn(nodes, "Mul", [nodes.plus(x, 1) for x in xs])
    if param.operation == EltwiseParameter.MAX:
        return nodes.op("Max", *xs)
    if list(param.coeff) == [1, -1]:
        return nodes.op("Sub", *xs)
    if param.coeff:
        xs = [nodes.times(x, coeff) for x, coeff in zip(xs, param.coeff, strict=True)]
    return _in_turn(nodes, "Add", xs)


def _of_one_shape(nodes: LayerNodes) -> list[str]:
    """The bottoms; one of fewer axes with ones in their place, as ONNX spreads it."""
    xs, wide = list(nodes.bottoms), nodes.bottom_shapes[0]
    axis = nodes.param.eltwise_param.axis
    for index, shape in enumerate(nodes.bottom_shapes):
        if len(shape) < len(wide):
            before = axis % len(wide) if index == 1 else 0
            behind = len(wide) - before - len(shape)
            places = [*range(before), *range(len(wide) - behind, len(wide))]
            xs[index] = nodes.op("Unsqueeze", xs[index], nodes.ints(*places, name="axes"))
        elif len(shape) > len(wide):
            places = [*range(len(wide), len(shape))]
            xs[index] = nodes.op("Squeeze", xs[index], nodes.ints(*places, name="axes"))
    return xs


def _in_turn(nodes: LayerNodes, op_type: str, xs: list[str]) -> str:
    """The first two, then what comes of it with the next, as Caffe does."""
    made = xs[0]
    for x in xs[1:]:
        made = nodes.op(op_type, made, x)
    return made


@writes(Axpy)
def axpy(nodes: LayerNodes) -> str:
    factor, x, y = nodes.bottoms
    behind = len(nodes.bottom_shapes[1]) - len(nodes.bottom_shapes[0])
    if behind >= 0:
        factor = nodes.expanded(factor, behind)
    else:
        factor = nodes.op("Squeeze", factor, nodes.ints(*range(behind, 0), name="axes"))
    return nodes.op("Add", nodes.op("Mul", x, factor), y)


@writes(Concat)
def concat(nodes: LayerNodes) -> str:
    param = nodes.param.concat_param
    axis = param.concat_dim if param.HasField("concat_dim") else nodes.axis(param.axis)
    if param.per_fla_fuse and axis == 1:
        return _flat_concat(nodes)
    seen = zip(nodes.bottoms, nodes.bottom_shapes, nodes.layer._shapes, strict=True)
    xs = [  # (N, 1, C) counts as (N, C) beside such
        x if len(its) == len(counted) else nodes.op("Squeeze", x, nodes.ints(-2, name="axes"))
        for x, its, counted in seen
    ]
    return xs[0] if len(xs) == 1 else nodes.op("Concat", *xs, axis=axis)


def _flat_concat(nodes: LayerNodes) -> str:
    """Intel's: each as after SSD's Permute and Flatten."""
    rows = []
    for x, shape in zip(nodes.bottoms, nodes.bottom_shapes, strict=True):
        order = [0, *range(2, len(shape)), 1]
        rows.append(nodes.op("Flatten", nodes.op("Transpose", x, perm=order), axis=1))
    joined = rows[0] if len(rows) == 1 else nodes.op("Concat", *rows, axis=1)
    return nodes.expanded(joined, len(nodes.bottom_shapes[0]) - 2)


@writes(Slice)
def slice_(nodes: LayerNodes) -> list[str]:
    param = nodes.param.slice_param
    axis = param.slice_dim if param.HasField("slice_dim") else nodes.axis(param.axis)
    if len(nodes.top_shapes) == 1:
        return nodes.bottoms
    lengths = nodes.ints(*(shape[axis] for shape in nodes.top_shapes), name="lengths")
    return nodes.ops("Split", [nodes.bottoms[0], lengths], len(nodes.top_shapes), axis=axis)


@writes(Split)
def split(nodes: LayerNodes) -> list[str]:
    return nodes.bottoms * len(nodes.top_shapes)


@writes(Tile)
def tile(nodes: LayerNodes) -> str:
    shape, top = nodes.bottom_shapes[0], nodes.top_shapes[0]
    axis = nodes.axis(nodes.param.tile_param.axis)
    tiles = [1] * len(shape)
    tiles[axis] = top[axis] // max(shape[axis], 1)
    return nodes.op("Tile", nodes.bottoms[0], nodes.ints(*tiles, name="tiles"))


@writes(Parameter)
def parameter(nodes: LayerNodes) -> str:
    return nodes.weight(0)


@writes(DummyData)
def dummy_data(nodes: LayerNodes) -> list[str]:
    """Constants; what is drawn anew cannot be said."""
    fillers = list(nodes.param.dummy_data_param.data_filler) or [FillerParameter()]
    made = []
    for index, shape in enumerate(nodes.top_shapes):
        filler = fillers[index if len(fillers) > 1 else 0]
        if filler.type != "constant":
            raise ExportError(
                f'its filler "{filler.type}" draws at random: write an Input layer in its place'
            )
        value = nodes.array([filler.value], "value")
        made.append(nodes.op("Expand", value, nodes.ints(*shape, name="shape")))
    return made
