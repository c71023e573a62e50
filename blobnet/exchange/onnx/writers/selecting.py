"""Items and channels in another order, some of them, or as other blobs."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.faces.landmarks.flip import Flip
from blobnet.layers.sequence.reverse import Reverse
from blobnet.layers.utility.batch_reindex import BatchReindex
from blobnet.layers.utility.filter import Filter
from blobnet.layers.utility.gather import Gather
from blobnet.layers.utility.reshape_label import ReshapeLabel
from blobnet.layers.utility.scatter import Scatter
from blobnet.layers.utility.shuffle_channel import ShuffleChannel

_TO_THE_FRONT = -(2**31)  # where a slice that goes backward ends


@writes(ShuffleChannel)
def shuffle_channel(nodes: LayerNodes) -> str:
    group, (_, channels, *size) = nodes.param.shuffle_channel_param.group, nodes.bottom_shapes[0]
    apart = nodes.ints(0, group, channels // group, -1, name="groups")
    turned = nodes.op("Transpose", nodes.op("Reshape", nodes.bottoms[0], apart), perm=[0, 2, 1, 3])
    if len(size) == 2:  # whatever size images have
        sizes = nodes.lengths(nodes.bottoms[0], 2)
        shape = nodes.op("Concat", nodes.ints(0, channels, name="channels"), sizes, axis=0)
        return nodes.op("Reshape", turned, shape)
    return nodes.op("Reshape", turned, nodes.ints(0, channels, *size, name="shape"))


@writes(BatchReindex)
def batch_reindex(nodes: LayerNodes) -> str:
    return nodes.op("Gather", nodes.bottoms[0], nodes.cast(nodes.bottoms[1], "INT64"), axis=0)


@writes(Filter, varies=0)
def filter_(nodes: LayerNodes) -> list[str]:
    """Items that a bottom marks; or channels that a weight does, in channel pruning."""
    channels = nodes.layer._channels
    if channels is not None:
        marked = nodes.ints(*channels._chosen().tolist(), name="channels")
        return [nodes.op("Gather", x, marked, axis=channels._axis) for x in nodes.bottoms]
    marks = nodes.op("Reshape", nodes.bottoms[-1], nodes.ints(-1, name="flat"))
    passes = nodes.cast(marks, "BOOL")
    return [nodes.op("Compress", x, passes, axis=0) for x in nodes.bottoms[:-1]]


@writes(Flip)
def flip(nodes: LayerNodes) -> str:
    param, x = nodes.param.flip_param, nodes.bottoms[0]
    for axis, is_turned in ((2, param.flip_height), (3, param.flip_width)):
        if is_turned:
            x = nodes.slice(x, axis, -1, _TO_THE_FRONT, -1)
    return x


@writes(Reverse)
def reverse(nodes: LayerNodes) -> str:
    return nodes.slice(nodes.bottoms[0], nodes.param.reverse_param.axis, -1, _TO_THE_FRONT, -1)


@writes(Gather, Scatter)
def as_they_are(nodes: LayerNodes) -> list[str]:
    """One process has the whole batch."""
    return nodes.bottoms


@writes(ReshapeLabel)
def reshape_label(nodes: LayerNodes) -> list[str]:
    """The parts of each item's label, which lie in another order than the tops."""
    order = (3, 2, 1, 0, 4)
    shapes = [nodes.top_shapes[index] for index in order]
    flat = nodes.op("Flatten", nodes.bottoms[0], axis=1)
    lengths = nodes.ints(*(int(np.prod(shape[1:])) for shape in shapes), name="lengths")
    parts = nodes.ops("Split", [flat, lengths], 5, axis=1)
    made = [
        nodes.op("Reshape", part, nodes.ints(0, *shape[1:], name="shape"))
        for part, shape in zip(parts, shapes, strict=True)
    ]
    return [made[order.index(index)] for index in range(5)]
