"""What Synopsys' PriorBox has for nets that were converted from TensorFlow or Keras."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.layer import Layer
from blobnet.ops.detection.priors import Size
from blobnet.proto import PriorBoxParameter
from blobnet.types import Array

_SHRUNK, _BY = 60, 0.05
"""With `tf`, squares of this size are smaller by so much of the image at each end."""


def order_of(layer: Layer, param: PriorBoxParameter) -> str:
    """Whose order the boxes of a place have. Raises the layer's error for two of them."""
    if param.tf and param.keras:
        raise layer.error("tf and keras are two orders of boxes", fix="write one of them")
    return "TensorFlow" if param.tf else "Keras" if param.keras else "SSD"


def explicit_sizes(layer: Layer, param: PriorBoxParameter) -> list[Size]:
    """The boxes of `box_width` and `box_height`."""
    widths, heights = list(param.box_width), list(param.box_height)
    if len(widths) != len(heights):
        raise layer.error(
            "must provide same number of box_with and box_height!",
            expected=f"{len(widths)} values of box_height",
            got=heights,
        )
    if not all(0 < value < 2**31 for value in (*widths, *heights)):
        raise layer.error("box_width and box_height must be positive", got=[widths, heights])
    return [Size(*pair) for pair in zip(widths, heights, strict=True)]


def as_converted(boxes: Array, sizes: Sequence[Size], param: PriorBoxParameter) -> Array:
    """Boxes (places * sizes, 4) as `tf` and `yx_order` have them."""
    if param.tf and not param.box_width:
        by_place = boxes.reshape(-1, len(sizes), 4)
        for index, size in enumerate(sizes):
            if (size.width, size.height) == (_SHRUNK, _SHRUNK):
                by_place[:, index, :2] += _BY
                by_place[:, index, 2:] -= _BY
    return boxes[:, [1, 0, 3, 2]] if param.yx_order else boxes
