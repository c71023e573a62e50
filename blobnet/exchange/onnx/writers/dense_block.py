"""DenseBlock as what it is made of: normalizations, rectifiers, convolutions and joins."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.vision._norm_relu import EPSILON
from blobnet.layers.vision.dense_block import DenseBlock


@writes(DenseBlock)
def dense_block(nodes: LayerNodes) -> str:
    layer, y = nodes.layer, nodes.bottoms[0]
    for t in range(layer._n):
        made = _normalized(nodes, y, t, 1)
        if layer._has_bottleneck:
            narrow = nodes.op("Conv", made, nodes.weight(5 * layer._n + t))
            made = _normalized(nodes, narrow, t, 6)
        made = nodes.op("Conv", made, nodes.weight(t), pads=[1, 1, 1, 1])
        y = nodes.op("Concat", y, made, axis=1)
    return y


def _normalized(nodes: LayerNodes, x: str, t: int, group: int) -> str:
    """max(batchnorm(x), 0), of the weights of step t from this group of blobs on."""
    blobs, n = nodes.base.blobs_, nodes.layer._n
    weight = float(blobs[-1].data[0]) or 1.0
    scale, bias, mean, variance = (
        blobs[(group + k) * n + t].data.reshape(-1) / (1 if k < 2 else weight) for k in range(4)
    )
    arrays = dict(scale=scale, bias=bias, mean=mean, variance=np.asarray(variance))
    values = [nodes.array(array, name) for name, array in arrays.items()]
    return nodes.op("Relu", nodes.op("BatchNormalization", x, *values, epsilon=EPSILON))
