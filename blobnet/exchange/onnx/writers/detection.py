"""Prior boxes, and features of regions."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.detection.regions.roi_align import ROIAlign
from blobnet.layers.detection.regions.roi_pooling import ROIPooling
from blobnet.layers.detection.ssd.prior_box import PriorBox
from blobnet.layers.detection.ssd.prior_box_clustered import PriorBoxClustered


@writes(PriorBox, PriorBoxClustered)
def prior_box(nodes: LayerNodes) -> list[str]:
    """Constants, which hold for images of this size."""
    return nodes.computed()


@writes(ROIPooling)
def roi_pooling(nodes: LayerNodes) -> str:
    param, (images, regions) = nodes.param.roi_pooling_param, nodes.bottoms
    if len(nodes.bottom_shapes[0]) != 4:
        raise ExportError("ONNX pools regions of images alone, not of volumes")
    regions = _rows(nodes, regions)
    if param.pad_ratio:
        regions = _padded(nodes, regions, param.pad_ratio)
    return nodes.op(
        "MaxRoiPool",
        images,
        regions,
        pooled_shape=list(nodes.top_shapes[0][2:]),
        spatial_scale=param.spatial_scale,
    )


@writes(ROIAlign)
def roi_align(nodes: LayerNodes) -> str:
    """At the corners of bins: ONNX reads the middles of bins, so the region is moved by half a bin.

    ONNX lets a sample lie a pixel beside the image, the layer half a pixel: a mask says so.
    """
    param, (down, across) = nodes.param.roi_pooling_param, nodes.layer._bins
    regions = _rows(nodes, nodes.bottoms[1])
    if param.pad_ratio:
        regions = _padded(nodes, regions, param.pad_ratio)
    image, corners = nodes.ops("Split", [regions, nodes.ints(1, 4)], 2, axis=1)
    corners = nodes.plus(nodes.times(corners, param.spatial_scale), -0.5)
    first, last = nodes.ops("Split", [corners, nodes.ints(2, 2)], 2, axis=1)
    length = nodes.op("Sub", last, first)
    bin_size = nodes.op("Div", length, nodes.array([[across, down]], "bins"))
    half = nodes.times(bin_size, 0.5)
    moved = nodes.op("Concat", nodes.op("Sub", first, half), nodes.op("Add", last, half), axis=1)
    y = nodes.op(
        "RoiAlign",
        nodes.bottoms[0],
        nodes.plus(moved, 0.5),
        nodes.cast(nodes.op("Squeeze", image, nodes.ints(1, name="axes")), "INT64"),
        coordinate_transformation_mode="half_pixel",
        mode="avg",
        output_height=down + 1,
        output_width=across + 1,
        sampling_ratio=1,
    )
    is_good = nodes.op("Greater", length, nodes.array(0, "none"))
    masks = [_inside(nodes, first, bin_size, is_good, axis) for axis in (1, 0)]
    seen = nodes.op("Mul", *masks)
    return nodes.op("Where", nodes.cast(seen, "BOOL"), y, nodes.array(0, "zero"))


def _inside(nodes: LayerNodes, first: str, bin_size: str, is_good: str, axis: int) -> str:
    """1 where the samples of a row or column are in the image, of regions with an extent."""
    begin, step = (nodes.slice(value, 1, axis, axis + 1) for value in (first, bin_size))
    good = nodes.op("ReduceMin", nodes.cast(is_good, "FLOAT"), axes=[1], keepdims=1)
    count = nodes.layer._bins[1 - axis] + 1
    steps = nodes.op("Mul", step, nodes.array(np.arange(count)[None], "numbers"))
    at = nodes.op("Add", begin, steps)
    size = nodes.cast(nodes.lengths(nodes.bottoms[0], 3 - axis, 4 - axis), "FLOAT")
    least = nodes.op("GreaterOrEqual", at, nodes.array(-0.5, "least"))
    most = nodes.op("LessOrEqual", at, nodes.plus(size, -0.5))
    inside = nodes.op("Mul", nodes.cast(nodes.op("And", least, most), "FLOAT"), good)
    return nodes.op("Unsqueeze", inside, nodes.ints(*((1, 2) if axis == 0 else (1, 3))))


def _rows(nodes: LayerNodes, regions: str) -> str:
    """Regions as (R, 5), where they have axes of length 1 behind."""
    more = len(nodes.bottom_shapes[1]) - 2
    if not more:
        return regions
    return nodes.op("Squeeze", regions, nodes.ints(*range(-more, 0), name="axes"))


def _padded(nodes: LayerNodes, regions: str, ratio: float) -> str:
    """Larger on each side by a share of their length."""
    image, first, last = nodes.ops("Split", [regions, nodes.ints(1, 2, 2)], 3, axis=1)
    lengths = nodes.plus(nodes.op("Sub", last, first), 1)
    pad = nodes.times(lengths, ratio)
    corners = nodes.op("Sub", first, pad), nodes.op("Add", last, pad)
    return nodes.op("Concat", image, *corners, axis=1)
