"""Prior boxes, and features of regions."""

from __future__ import annotations

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
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
