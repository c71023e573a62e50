"""PSROIPooling by integral images: the sum in a bin is that of four corners."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.detection.regions.psroi_pooling import PSROIPooling

_NARROWEST = 0.1  # of a region, in pixels of the feature map


@writes(PSROIPooling)
def psroi_pooling(nodes: LayerNodes) -> str:
    """Sums are taken in double precision, as they are differences of large ones."""
    param = nodes.param.psroi_pooling_param
    group, outputs = param.group_size, param.output_dim
    regions = nodes.op("Reshape", nodes.bottoms[1], nodes.ints(0, 5, name="shape"))
    image, corners = nodes.ops("Split", [regions, nodes.ints(1, 4)], 2, axis=1)
    left, top, right, bottom = nodes.ops(
        "Split", [_rounded(nodes, corners), nodes.ints(1, 1, 1, 1)], 4, axis=1
    )
    rows = _edges(nodes, top, bottom, axis=2)
    columns = _edges(nodes, left, right, axis=3)
    number = nodes.expanded(nodes.cast(image, "INT64"), 2)  # (R, 1, 1, 1)
    channels = np.arange(outputs * group * group).reshape(1, outputs, group, group)
    channel = nodes.graph.add_constant(f"{nodes.base.name}/channels", channels)
    rows = [nodes.op("Unsqueeze", edge, nodes.ints(1, 3)) for edge in rows]  # (R, 1, G, 1)
    columns = [nodes.op("Unsqueeze", edge, nodes.ints(1, 2)) for edge in columns]
    total = _sums(nodes, number, channel, rows, columns)
    lengths = [nodes.op("Sub", last, first) for first, last in (rows, columns)]
    area = nodes.op("Max", nodes.op("Mul", *lengths), nodes.ints(1, name="one"))
    return nodes.cast(nodes.op("Div", total, nodes.cast(area, "DOUBLE")), "FLOAT")


def _rounded(nodes: LayerNodes, x: str) -> str:
    """Halves away from 0, as in C; ONNX's Round takes them to the even number."""
    size = nodes.op("Floor", nodes.plus(nodes.op("Abs", x), 0.5))
    return nodes.op("Mul", nodes.op("Sign", x), size)


def _edges(nodes: LayerNodes, first: str, last: str, axis: int) -> list[str]:
    """The first pixel of each bin, and the first behind it: (R, G) both, within the image."""
    param = nodes.param.psroi_pooling_param
    group = param.group_size
    begin = nodes.times(first, param.spatial_scale)
    end = nodes.times(nodes.plus(last, 1), param.spatial_scale)
    length = nodes.op("Max", nodes.op("Sub", end, begin), nodes.array(_NARROWEST, "narrowest"))
    width = nodes.op("Div", length, nodes.array(group, "bins"))
    size = nodes.cast(nodes.lengths(nodes.bottoms[0], axis, axis + 1), "FLOAT")
    edges = []
    for op_type, numbers in (("Floor", np.arange(group)), ("Ceil", np.arange(1, group + 1))):
        steps = nodes.op("Mul", width, nodes.array(numbers[None], "numbers"))
        edge = nodes.op(op_type, nodes.op("Add", steps, begin))
        edge = nodes.op("Min", nodes.op("Max", edge, nodes.array(0, "zero")), size)
        edges.append(nodes.cast(edge, "INT64"))
    return edges


def _sums(nodes: LayerNodes, number: str, channel: str, rows: list[str], columns: list[str]) -> str:
    """The sum in each bin: (R, O, G, G)."""
    x = nodes.cast(nodes.bottoms[0], "DOUBLE")
    for axis in (2, 3):
        x = nodes.op("CumSum", x, nodes.scalar(axis))
    x = nodes.op("Pad", x, nodes.ints(0, 0, 1, 1, 0, 0, 0, 0, name="pads"))
    channels, height, width = (nodes.lengths(x, axis, axis + 1) for axis in (1, 2, 3))
    flat = nodes.op("Reshape", x, nodes.ints(-1, name="flat"))
    plane = nodes.op("Add", nodes.op("Mul", number, channels), channel)
    found = {}
    for i, row in enumerate(rows):
        line = nodes.op("Mul", nodes.op("Add", nodes.op("Mul", plane, height), row), width)
        for j, column in enumerate(columns):
            found[i, j] = nodes.op("Gather", flat, nodes.op("Add", line, column), axis=0)
    right = nodes.op("Sub", found[1, 1], found[0, 1])
    left = nodes.op("Sub", found[1, 0], found[0, 0])
    return nodes.op("Sub", right, left)
