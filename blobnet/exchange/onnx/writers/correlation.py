"""How alike two maps are, move by move: the second one padded or cut so that it lies moved."""

from __future__ import annotations

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.motion.correlation import Correlation
from blobnet.layers.motion.correlation1d import Correlation1D


@writes(Correlation, Correlation1D)
def correlation(nodes: LayerNodes) -> str:
    moves, is_product = nodes.layer._moves, nodes.layer._is_product
    a, b = nodes.bottoms
    first = _covered(nodes, a, 0, 0)
    maps = []
    for down in moves.down:
        for across in moves.across:
            second = _covered(nodes, b, down, across)
            alike = nodes.op("Mul" if is_product else "Sub", first, second)
            alike = alike if is_product else nodes.op("Abs", alike)
            maps.append(nodes.op("ReduceMean", alike, axes=[1], keepdims=1))
    joined = maps[0] if len(maps) == 1 else nodes.op("Concat", *maps, axis=1)
    if (moves.kernel, moves.stride) == (1, 1):
        return joined
    words = dict(kernel_shape=[moves.kernel] * 2, strides=[moves.stride] * 2)
    return nodes.op("AveragePool", joined, **words)


def _covered(nodes: LayerNodes, x: str, down: int, across: int) -> str:
    """What all windows cover of a map that is looked at so far on; outside of it are zeros."""
    moves, size = nodes.layer._moves, nodes.bottom_shapes[0][2:]
    begins = [-(moves.first[0] + down), -(moves.first[1] + across)]
    ends = [reach - begin - n for reach, begin, n in zip(moves.reach, begins, size, strict=True)]
    if not any(begins + ends):
        return x
    return nodes.op("Pad", x, nodes.ints(0, 0, *begins, 0, 0, *ends, name="pads"))
