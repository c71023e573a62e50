"""What a forward costs: shapes of all layers, operations and bytes as OpenCV counts them.

OpenCV: getMemoryShapes and getFLOPS of each layer. Its counts are rough (a convolution in groups
counts as if it had none), and kept: they are there to be compared with its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from blobnet.dnn.custom_layers import is_custom
from blobnet.dnn.graph import Entry, Graph
from blobnet.dnn.model import Model
from blobnet.dnn.plan import detection_rows, runnable_part
from blobnet.layer import Layer
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.proto import LRNParameter, PoolingParameter
from blobnet.types import Array, Shape
from blobnet.wired_layer import WiredLayer


class Row(NamedTuple):
    """A layer with the shapes of what it reads and makes; `layer` is None for the inputs."""

    entry: Entry
    inputs: list[Shape]
    outputs: list[Shape]
    layer: Layer | None


def bytes_of(shapes: Sequence[Shape]) -> int:
    """In float32."""
    return 4 * sum(math.prod(shape) for shape in shapes)


def in_arrays(of_layers: Iterable[Sequence[Shape]]) -> tuple[tuple[Array, ...], ...]:
    """Shapes as cv2 gives them."""
    return tuple(tuple(np.array(shape, np.int32) for shape in shapes) for shapes in of_layers)


def flops(row: Row) -> int:
    """The operations of a layer; of types that OpenCV does not count, 0."""
    if row.layer is None or is_custom(row.entry.type):
        return 0
    count = _BY_TYPE.get(row.entry.type)
    return count(row, row.layer) if count else _EACH.get(row.entry.type, 0) * _total(row.outputs)


_EACH = {
    "AbsVal": 1,
    "BNLL": 5,
    "BatchNorm": 3,
    "ELU": 2,
    "Exp": 3,
    "Log": 1,
    "Mish": 3,
    "PReLU": 1,
    "ReLU": 1,
    "ReLU6": 2,
    "Scale": 2,
    "Sigmoid": 3,
    "Softmax": 4,
    "Swish": 3,
    "TanH": 1,
}
"""Operations for each value that a layer puts out."""


def _convolution(row: Row, layer: Layer) -> int:
    window = math.prod(layer.blobs_[0].shape[2:])
    return _total(row.outputs) * (2 * window * row.inputs[0][1] + 1)


def _deconvolution(row: Row, layer: Layer) -> int:
    weight = layer.blobs_[0].shape
    return 2 * weight[0] * math.prod(weight[2:]) * _total(row.inputs)


def _inner_product(row: Row, layer: Layer) -> int:
    weight = layer.blobs_[0]
    return 3 * (int(weight.count) // row.outputs[0][-1]) * _total(row.outputs)


def _pooling(row: Row, layer: Layer) -> int:
    param = layer.layer_param_.pooling_param
    side = param.kernel_size or 1
    window = (param.kernel_h or side) * (param.kernel_w or side)
    return _total(row.outputs) * (window + (param.pool == PoolingParameter.AVE))


def _lrn(row: Row, layer: Layer) -> int:
    param, (images, channels, *spatial) = layer.layer_param_.lrn_param, row.inputs[0]
    size, area = param.local_size, math.prod(spatial)
    if param.norm_region == LRNParameter.WITHIN_CHANNEL:
        return images * channels * area * (2 * size * size + 2)
    half = (size - 1) // 2
    count = images * (min(half, channels) * 2 * area + channels * 4 * area)
    return count + ((size + 2 * (channels - size)) * area if half < channels else 0)


def _eltwise(row: Row, layer: Layer) -> int:
    return _total(row.inputs)


def _power(row: Row, layer: Layer) -> int:
    return _total(row.outputs) * (2 if layer.layer_param_.power_param.power == 1 else 10)


def _prior_box(row: Row, layer: Layer) -> int:
    areas = [math.prod(shape[2:]) for shape in row.inputs]
    return sum(areas) * (row.outputs[0][2] // max(1, areas[0]))


def _mvn(row: Row, layer: Layer) -> int:
    images, channels = row.inputs[0][:2]
    means = images * channels if layer.layer_param_.mvn_param.normalize_variance else images
    return 6 * _total(row.inputs) + 3 * means


_BY_TYPE: dict[str, Callable[[Row, Layer], int]] = {
    "Convolution": _convolution,
    "Deconvolution": _deconvolution,
    "InnerProduct": _inner_product,
    "Pooling": _pooling,
    "LRN": _lrn,
    "Eltwise": _eltwise,
    "Power": _power,
    "PriorBox": _prior_box,
    "MVN": _mvn,
}


def _total(shapes: Sequence[Shape]) -> int:
    return sum(math.prod(shape) for shape in shapes)


def shapes_of(model: Model, graph: Graph, shapes: Mapping[str, Shape]) -> list[Row]:
    """A row for each of OpenCV's layers, where inputs have these shapes, by name."""
    positions = [entry.layer for entry in graph.entries if entry.layer is not None]
    part = runnable_part(model, graph, [(position, 0) for position in positions], shapes)
    net = Net(part.definition, "TEST")
    ours = [one for one in net.wired if not is_inserted_split(one.layer.layer_param_)]
    wired = dict(zip(part.positions, ours, strict=True))
    inputs = [shapes[name] for name in graph.inputs]
    rows = [Row(graph.entries[0], inputs, inputs, None)]
    for entry in graph.entries[1:]:
        position = entry.layer if entry.layer is not None else _behind(graph, entry)
        one = wired[position]
        bottoms = [blob.shape for blob in one.bottom]
        tops = _outputs(one) if entry.layer is not None else bottoms[-1:]
        rows.append(Row(entry, bottoms, tops, one.layer))
    return rows


def _outputs(one: WiredLayer) -> list[Shape]:
    rows = detection_rows(one)
    return [(*s[:2], rows, *s[3:]) if rows else s for s in (blob.shape for blob in one.top)]


def _behind(graph: Graph, entry: Entry) -> int:
    """The position of the layer that OpenCV puts another one in front of."""
    behind = graph.entries[entry.id + 1]
    return behind.layer if behind.layer is not None else 0
