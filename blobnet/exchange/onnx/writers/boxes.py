"""What writers of detectors have in common: anchors, their changes, the best of many boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.types import Array


class Image(NamedTuple):
    """Height and width of images in pixels, and what they were scaled by: (N, 1, 1) each.

    Of some layers heights and widths are scaled differently.
    """

    height: str
    width: str
    scale: str
    scale_of_widths: str


def images_of(nodes: LayerNodes, bottom: str, numbers: int) -> Image:
    """What a bottom of so many numbers for each image says with the first three or four of them."""
    rows = nodes.op("Reshape", bottom, nodes.ints(-1, 1, numbers, name="rows"))
    parts = [nodes.slice(rows, 2, k, k + 1) for k in range(min(numbers, 4))]
    return Image(parts[0], parts[1], parts[2], parts[-1])


def placed(nodes: LayerNodes, x: str, anchors: Array, stride: tuple[float, float]) -> str:
    """Anchors (A, 4) at every place of a map, whatever its size: (H, W, A, 4).

    stride  how far rows and columns are apart, in pixels
    """
    shifts = []
    for axis, step in enumerate(stride):
        size = nodes.op("Squeeze", nodes.lengths(x, 2 + axis, 3 + axis), nodes.ints(0, name="axes"))
        numbers = nodes.op("Range", nodes.scalar(0), size, nodes.scalar(1))
        at = nodes.times(nodes.cast(numbers, "FLOAT"), step)
        at = nodes.op("Unsqueeze", at, nodes.ints(*((1, 2, 3), (0, 2, 3))[axis], name="axes"))
        both = np.array([0, 1, 0, 1] if axis == 0 else [1, 0, 1, 0])
        shifts.append(nodes.op("Mul", at, nodes.array(both, "moved")))
    shift = nodes.op("Add", *shifts)
    return nodes.op("Add", nodes.array(anchors[None, None], "anchors"), shift)


def changed(nodes: LayerNodes, boxes: str, deltas: str, image: Image) -> str:
    """Boxes (..., 4) as a net would have them, of whole pixels, within the image."""
    first, last = nodes.ops("Split", [boxes, nodes.ints(2, 2)], 2, axis=-1)
    size = nodes.plus(nodes.op("Sub", last, first), 1)
    moves, growth = nodes.ops("Split", [deltas, nodes.ints(2, 2)], 2, axis=-1)
    centre = nodes.op("Add", first, nodes.times(size, 0.5))
    centre = nodes.op("Add", nodes.op("Mul", moves, size), centre)
    half = nodes.times(nodes.op("Mul", nodes.op("Exp", growth), size), 0.5)
    most = nodes.plus(nodes.op("Concat", image.width, image.height, axis=2), -1)
    zero = nodes.array(0, "zero")
    corners = [nodes.op(way, centre, half) for way in ("Sub", "Add")]
    inside = [nodes.op("Max", nodes.op("Min", at, most), zero) for at in corners]
    return nodes.op("Concat", *inside, axis=-1)


def rows_of_anchors(nodes: LayerNodes, x: str, values: int) -> str:
    """(N, A * values, H, W) as (N, H * W * A, values): the anchors of a place side by side."""
    turned = nodes.op("Transpose", x, perm=[0, 2, 3, 1])
    return nodes.op("Reshape", turned, nodes.ints(0, -1, values, name="rows"))


def are_large(nodes: LayerNodes, boxes: str, least: str, border: float = 1) -> str:
    """Whether both sides of boxes (N, P, 4) have the least length, (N, 1, 1 or 2): bool (N, P)."""
    first, last = nodes.ops("Split", [boxes, nodes.ints(2, 2)], 2, axis=-1)
    sides = nodes.plus(nodes.op("Sub", last, first), border)
    fits = nodes.cast(nodes.op("GreaterOrEqual", sides, least), "FLOAT")
    smaller = nodes.op("ReduceMin", fits, axes=[-1], keepdims=0)
    return nodes.cast(smaller, "BOOL")


def best(nodes: LayerNodes, boxes: str, scores: str, most: int) -> tuple[str, str]:
    """Of boxes (N, P, 4) those with the highest scores (N, P), sorted; of equals the first ones.

    most  how many; 0 or less for all
    """
    count = nodes.lengths(scores, 1, 2)
    if most > 0:
        count = nodes.op("Min", count, nodes.ints(most, name="most"))
    values, order = nodes.ops("TopK", [scores, count], 2, axis=1)
    at = nodes.op("Unsqueeze", order, nodes.ints(2, name="axes"))
    return nodes.op("GatherND", boxes, at, batch_dims=1), values


def suppressed(
    nodes: LayerNodes,
    boxes: str,
    scores: str,
    threshold: float,
    *,
    border: float = 0,
    limit: int = 0,
    drop_equal: bool = False,
    above: float | None = None,
) -> tuple[str, str]:
    """Which of boxes (N, P, 4) stay where many overlap: their images and places, (K, 1) each.

    border      what sides are longer by than their ends are apart
    limit       how many stay of an image; 0 or less for all
    drop_equal  whether an overlap of the threshold itself is too much
    above       what a score must exceed
    """
    if border:
        first, last = nodes.ops("Split", [boxes, nodes.ints(2, 2)], 2, axis=-1)
        boxes = nodes.op("Concat", first, nodes.plus(last, border), axis=-1)
    limits = [
        nodes.ints(limit if limit > 0 else 2**31 - 1, name="most"),
        nodes.array([just_below(threshold) if drop_equal else threshold], "overlap"),
    ]
    if above is not None:
        limits.append(nodes.array([above], "score"))
    by_class = nodes.op("Unsqueeze", scores, nodes.ints(1, name="axes"))
    found = nodes.op("NonMaxSuppression", boxes, by_class, *limits)
    return nodes.slice(found, 1, 0, 1), nodes.slice(found, 1, 2, 3)


def chosen(nodes: LayerNodes, values: str, image: str, place: str) -> str:
    """Of values (N, P, ...) those at images and places."""
    return nodes.op("GatherND", values, nodes.op("Concat", image, place, axis=1))


def or_row(nodes: LayerNodes, rows: str, row: str) -> str:
    """Rows (K, n), or this one (1, n) where there are none."""
    count = nodes.op("Max", nodes.lengths(rows, 0, 1), nodes.ints(1, name="one"))
    both = nodes.op("Concat", rows, row, axis=0)
    return nodes.op("Slice", both, nodes.ints(0), count, nodes.ints(0))


def row_of(nodes: LayerNodes, numbers: Sequence[float]) -> str:
    """(1, n)."""
    return nodes.array([list(numbers)], "row")


def just_below(number: float) -> float:
    """The largest float32 that is less: what is at least `number` exceeds it."""
    return float(np.nextafter(np.float32(number), np.float32(-np.inf)))


def or_nothing(nodes: LayerNodes, rows: str) -> str:
    """(1, 1, K, 7): the rows, or one for each image that says there are none."""
    batch = nodes.lengths(nodes.bottoms[0], 0, 1)
    size = nodes.op("Squeeze", batch, nodes.ints(0, name="axes"))
    numbers = nodes.op("Range", nodes.scalar(0), size, nodes.scalar(1))
    images = nodes.expanded(nodes.cast(numbers, "FLOAT"), 1)
    none = nodes.op("Expand", nodes.array([[-1.0] * 6], "none"), nodes.op(
        "Concat", batch, nodes.ints(6, name="columns"), axis=0))  # fmt: skip
    empty = nodes.op("Concat", images, none, axis=1)
    count = nodes.lengths(rows, 0, 1)
    is_none = nodes.op("Equal", count, nodes.ints(0, name="zero"))
    end = nodes.op("Where", is_none, batch, count)
    both = nodes.op("Concat", rows, empty, axis=0)
    start, axis = nodes.ints(0, name="start"), nodes.ints(0, name="axis")
    whole = nodes.op("Slice", both, start, end, axis)
    return nodes.op("Unsqueeze", whole, nodes.ints(0, 1, name="axes"))
