"""Images read between their pixels: along a flow, or on a grid that is turned and moved."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.motion.flow_warp import FlowWarp
from blobnet.layers.vision.spatial_transformer import THETAS, SpatialTransformer
from blobnet.proto import FlowWarpParameter


@writes(FlowWarp)
def flow_warp(nodes: LayerNodes) -> str:
    """What leads out of the image is filled; within its last pixel that one counts alone."""
    height, width = nodes.bottom_shapes[0][2:]
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    pixels = nodes.op("Add", nodes.bottoms[1], nodes.array(np.stack([columns, rows]), "pixels"))
    last = np.array([width - 1, height - 1]).reshape(2, 1, 1)
    scaled = nodes.op("Mul", pixels, nodes.array(2 / np.maximum(last, 1), "scale"))
    grid = nodes.op("Transpose", nodes.plus(scaled, -1), perm=[0, 2, 3, 1])
    words = dict(mode="bilinear", padding_mode="border", align_corners=1)
    y = nodes.op("GridSample", nodes.bottoms[0], grid, **words)
    inside = nodes.op(
        "And",
        nodes.op("GreaterOrEqual", pixels, nodes.array(0, "first")),
        nodes.op("Less", pixels, nodes.array(last + 1, "size")),
    )
    right, down = nodes.ops("Split", [nodes.cast(inside, "FLOAT"), nodes.ints(1, 1)], 2, axis=1)
    both = nodes.cast(nodes.op("Mul", right, down), "BOOL")
    is_zero = nodes.param.flow_warp_param.fill_value == FlowWarpParameter.ZERO
    return nodes.op("Where", both, y, nodes.array(0 if is_zero else np.nan, "fill"))


@writes(SpatialTransformer)
def spatial_transformer(nodes: LayerNodes) -> str:
    """Where -1 is the first pixel and 1 the one behind the last: half a pixel from ONNX's."""
    param, size = nodes.param.st_param, nodes.bottom_shapes[0][2:]
    fixed = [getattr(param, name) if param.HasField(name) else None for name in THETAS]
    free = [index for index, value in enumerate(fixed) if value is None]
    theta = nodes.op("Flatten", nodes.bottoms[1], axis=1)
    theta = nodes.op("MatMul", theta, nodes.array(np.eye(6)[free], "places"))
    theta = nodes.op("Add", theta, nodes.array([value or 0 for value in fixed], "fixed"))
    theta = nodes.op("Reshape", theta, nodes.ints(0, 2, 3, name="shape"))
    height, width = nodes.top_shapes[0][2:]
    steps = [np.arange(length) * 2 / length - 1 for length in (height, width)]
    rows, columns = np.meshgrid(*steps, indexing="ij")
    grid = np.stack([rows, columns, np.ones((height, width))]).reshape(3, -1)
    places = nodes.op("MatMul", theta, nodes.array(grid, "grid"))  # rows, then columns
    half = np.array([1 / size[0], 1 / size[1]]).reshape(2, 1)
    places = nodes.op("Add", places, nodes.array(half, "half_a_pixel"))
    turned = nodes.slice(nodes.op("Transpose", places, perm=[0, 2, 1]), 2, -1, -3, -1)
    turned = nodes.op("Reshape", turned, nodes.ints(0, height, width, 2, name="shape"))
    return nodes.op("GridSample", nodes.bottoms[0], turned, mode="bilinear", align_corners=0)
