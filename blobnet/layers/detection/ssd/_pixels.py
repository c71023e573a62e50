"""Regions in pixels as the priors of DetectionOutput, which is OpenVINO's `normalized: false`."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.proto import DetectionOutputParameter
from blobnet.types import Array

_COLUMNS = 5
"""The image, which is the only one, and the corners."""


def check_pixels(layer: Layer, param: DetectionOutputParameter) -> None:
    """Raise the layer's error where the fields about pixels do not go together."""
    sizes = param.HasField("input_width"), param.HasField("input_height")
    if param.normalized:
        if any(sizes):
            raise layer.error(
                "input_width and input_height are for boxes in pixels",
                fix="write normalized: false, or take them out",
            )
        return
    if not (param.input_width and param.input_height):
        raise layer.error(
            "boxes in pixels are divided by the size of the image",
            expected="input_width and input_height above 0",
            got=f"{param.input_width} and {param.input_height}",
        )
    if not param.variance_encoded_in_target:
        raise layer.error("regions have no variances", fix="write variance_encoded_in_target: true")


def count_regions(layer: Layer, regions: Blob) -> int:
    """How many there are. Raises the layer's error."""
    if not regions.count() or regions.count() % _COLUMNS:
        raise layer.error(
            "bottom[2] has no regions",
            expected="5 values for each: the image, x1, y1, x2, y2 in pixels",
            got=f"shape {regions.shape}",
        )
    return regions.count() // _COLUMNS


def read_regions(layer: Layer, regions: Blob, code: int) -> tuple[Array, Array]:
    """Boxes relative to the image, and variances of 1: (P, 4) each; `code` does not matter.

    A region that was cut at the image's edge may have no area: what is decoded has none, either.
    """
    param = layer.layer_param_.detection_output_param
    size = np.array([param.input_width, param.input_height] * 2, regions.data.dtype)
    boxes: Array = regions.data.reshape(-1, _COLUMNS)[:, 1:] / size
    return boxes, np.ones_like(boxes)
