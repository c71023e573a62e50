"""Maps of outputs, anchor by anchor: how they are laid out, and the boxes that they mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.layer import Layer
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.sigmoid import sigmoid as ops_sigmoid
from blobnet.ops.softmax import softmax as ops_softmax
from blobnet.types import Array, Shape


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)) in memory of its own."""
    values = np.array(x, order="C")
    ops_sigmoid(values, out=values)
    return values


def softmax(x: Array, axis: int) -> Array:
    """exp(x) / sum(exp(x)) along an axis, in memory of its own."""
    values = np.array(x, order="C")
    ops_softmax(values, axis, out=values)
    return values


def map_shape(
    layer: Layer, shape: Shape, anchors: int, values: int, index: int = 0
) -> tuple[int, int, int, int, int]:
    """(N, anchors, values, H, W), as which bottom[index] is seen. Raises LayerError."""
    if len(shape) != 4 or shape[1] != anchors * values:
        raise layer.error(
            "a map of YOLO has `values` channels for each anchor",
            expected=f"shape (N, {anchors * values}, H, W): {anchors} anchors of {values} values",
            got=f"bottom[{index}] of shape {shape}",
            fix="give the convolution below as many outputs, or the layer another number of "
            "classes or anchors",
        )
    num, _, height, width = shape
    return num, anchors, values, height, width


def anchor_sizes(layer: Layer, biases: Sequence[float], count: int, field: str = "biases") -> Array:
    """Width and height of each anchor, (len(biases) / 2, 2). Raises LayerError without `count`."""
    if len(biases) % 2 or len(biases) < 2 * count:
        raise layer.error(
            f"{field}: width and height of each anchor",
            expected=f"an even number, at least {2 * count}",
            got=f"{len(biases)} numbers",
        )
    if not all(0 < value < np.inf for value in biases):
        raise layer.error(f"{field} must be positive numbers", got=list(biases))
    return np.array(biases, layer.dtype).reshape(-1, 2)


def boxes_of(xy: Array, wh: Array, anchors: Array) -> Array:
    """(4, N, A, H, W): centre and size by the map's, from outputs in the order (2, N, A, H, W).

    xy       where the centre is in its cell, from 0 to 1
    wh       logarithms of the sizes by the anchor's
    anchors  (A, 2)  width and height by the map's
    """
    height, width = xy.shape[-2:]
    boxes = np.empty((4, *xy.shape[1:]), xy.dtype)
    boxes[0] = (xy[0] + np.arange(width, dtype=xy.dtype)) / width
    boxes[1] = (xy[1] + np.arange(height, dtype=xy.dtype)[:, None]) / height
    with overflow_allowed():
        np.exp(wh, out=boxes[2:])
        boxes[2:] *= anchors.T[:, None, :, None, None]
    return boxes
