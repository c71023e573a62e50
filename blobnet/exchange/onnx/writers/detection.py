"""Prior boxes, and features of regions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, samples, writes
from blobnet.layer import Layer
from blobnet.layers.detection.regions.psroi_pooling import PSROIPooling
from blobnet.layers.detection.regions.roi_pooling import ROIPooling
from blobnet.layers.detection.ssd.prior_box import PriorBox
from blobnet.layers.detection.ssd.prior_box_clustered import PriorBoxClustered
from blobnet.types import Array, Shape


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


@samples(ROIPooling, PSROIPooling)
def regions(
    layer: Layer, index: int, shapes: Sequence[Shape], rng: np.random.Generator
) -> Array | None:
    """Rows of an image's number and two corners within it, in pixels of the net's input."""
    if index != 1 or np.prod(shapes[1][2:], dtype=int) != 1:
        return None
    param = layer.layer_param_
    which = "roi_pooling_param" if isinstance(layer, ROIPooling) else "psroi_pooling_param"
    scale = getattr(param, which).spatial_scale
    images, _, height, width = shapes[0]
    rows = np.zeros((shapes[1][0], 5))
    rows[:, 0] = rng.integers(0, images, len(rows))
    size = np.array([width, height]) / scale
    corners = np.sort(rng.uniform(0, 1, (len(rows), 2, 2)) * (size - 1), axis=1)
    rows[:, 1:] = corners.reshape(len(rows), 4)
    return rows.reshape(shapes[1])
