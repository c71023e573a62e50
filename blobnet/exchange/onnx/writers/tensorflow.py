"""Operations of TensorFlow, which converted nets of Synopsys' Caffe have as layers."""

from __future__ import annotations

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import writes
from blobnet.layers.activation.atan import Atan
from blobnet.layers.utility.depth_to_space import DepthToSpace
from blobnet.layers.utility.expand_dims_nd import ExpandDimsND
from blobnet.layers.utility.unstack import Unstack
from blobnet.layers.vision.resize_bilinear import ResizeBilinear
from blobnet.layers.vision.resize_nearest_neighbor import ResizeNearestNeighbor
from blobnet.layers.vision.upsample_darknet import UpsampleDarknet

_TO_FIRST, _TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


@writes(Atan)
def atan(nodes: LayerNodes) -> str:
    return nodes.op("Atan", nodes.bottoms[0])


@writes(DepthToSpace)
def depth_to_space(nodes: LayerNodes) -> str:
    param, x = nodes.param.depth_to_space_param, nodes.bottoms[0]
    is_last = param.data_format == "NHWC"
    words = dict(blocksize=param.block_size, mode="CRD" if param.data_format == "CRD" else "DCR")
    if not is_last:
        return nodes.op("DepthToSpace", x, **words)
    moved = nodes.op("DepthToSpace", nodes.op("Transpose", x, perm=_TO_FIRST), **words)
    return nodes.op("Transpose", moved, perm=_TO_LAST)


@writes(ExpandDimsND)
def expand_dims(nodes: LayerNodes) -> str:
    count = len(nodes.bottom_shapes[0])
    stated = nodes.param.expand_dims_nd_param.axis
    places = [axis if axis >= 0 else axis + count + 1 for axis in stated]
    if not places:
        return nodes.bottoms[0]
    axes = nodes.ints(*(axis + done for done, axis in enumerate(places)), name="axes")
    return nodes.op("Unsqueeze", nodes.bottoms[0], axes)


@writes(Unstack)
def unstack(nodes: LayerNodes) -> list[str]:
    axis = nodes.axis(nodes.param.unstack_param.axis)
    rest = nodes.ints(axis, name="axis")
    parts = [nodes.slice(nodes.bottoms[0], axis, i, i + 1) for i in range(len(nodes.top_shapes))]
    return [nodes.op("Squeeze", part, rest) for part in parts]


@writes(UpsampleDarknet)
def upsample_darknet(nodes: LayerNodes) -> str:
    stride = nodes.param.upsample_darknet_param.stride
    scales = nodes.array([1, 1, stride, stride], "scales")
    words = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    return nodes.op("Resize", nodes.bottoms[0], "", scales, **words)


@writes(ResizeBilinear)
def resize_bilinear(nodes: LayerNodes) -> str:
    param = nodes.param.resize_bilinear_param
    kind = "asymmetric"
    for rule in ("align_corners", "pytorch_half_pixel"):
        kind = rule if getattr(param, rule) else kind
    kind = "half_pixel" if param.half_pixel_centers else kind
    return _resized(nodes, kind, mode="linear")


@writes(ResizeNearestNeighbor)
def resize_nearest_neighbor(nodes: LayerNodes) -> str:
    param = nodes.param.resize_nearest_neighbor_param
    rounded = "round_prefer_ceil" if param.align_corners or param.half_pixel_centers else "floor"
    kind = "half_pixel" if param.half_pixel_centers or param.half_pixel_onnx else "asymmetric"
    kind = "align_corners" if param.align_corners else kind
    return _resized(nodes, kind, mode="nearest", nearest_mode=rounded)


def _resized(nodes: LayerNodes, kind: str, **words: str) -> str:
    """To the sizes that the net has."""
    x, shape = nodes.bottoms[0], nodes.top_shapes[0]
    is_last = _is_last(nodes)
    x = nodes.op("Transpose", x, perm=_TO_FIRST) if is_last else x
    size = nodes.ints(*(shape[1:3] if is_last else shape[2:]), name="size")
    made = nodes.op(
        "Resize", x, "", "", nodes.sizes(x, size), coordinate_transformation_mode=kind, **words
    )
    return nodes.op("Transpose", made, perm=_TO_LAST) if is_last else made


def _is_last(nodes: LayerNodes) -> bool:
    """Whether channels are the last axis."""
    param = nodes.param
    of_bilinear = nodes.layer.type == "ResizeBilinear"
    chosen = param.resize_bilinear_param if of_bilinear else param.resize_nearest_neighbor_param
    return bool(chosen.data_format == "NHWC")
