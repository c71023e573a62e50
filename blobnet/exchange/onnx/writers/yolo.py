"""YOLO's detections: boxes out of maps, of which NonMaxSuppression leaves the best.

Each class of each anchor is a candidate of its own in the third version, the most probable class
of each anchor in the second: suppression does not ask for classes here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.exchange.onnx.writers.boxes import just_below, or_nothing, suppressed
from blobnet.layers.detection.yolo.yolo_detection_output import YoloDetectionOutput
from blobnet.layers.detection.yolo.yolov3_detection_output import Yolov3DetectionOutput
from blobnet.types import Array


@writes(Yolov3DetectionOutput, varies=2)
def yolov3_detection_output(nodes: LayerNodes) -> str:
    param = nodes.param.yolov3_detection_output_param
    _check_batch(nodes)
    parts = [_candidates(nodes, index) for index in range(len(nodes.bottoms))]
    boxes, scores = (nodes.op("Concat", *part, axis=0) for part in zip(*parts, strict=True))
    chosen = _chosen(nodes, boxes, scores, param.nms_threshold, param.confidence_threshold)
    label = nodes.op("Mod", chosen, nodes.ints(param.num_classes, name="classes"))
    label = nodes.expanded(nodes.plus(nodes.cast(label, "FLOAT"), 1), 1)
    return _rows(nodes, label, scores, boxes, chosen)


@writes(YoloDetectionOutput, varies=2)
def yolo_detection_output(nodes: LayerNodes) -> str:
    """The second version's: the best first."""
    param = nodes.param.yolo_detection_output_param
    _check_batch(nodes)
    maps = [
        _regions(nodes, index, nodes.layer._sizes, param.num_classes)
        for index in range(len(nodes.bottoms))
    ]
    joined = [nodes.op("Concat", *part, axis=0) for part in zip(*maps, strict=True)]
    label, scores, centre, half = joined
    boxes = _corners(nodes, centre, half)
    least = just_below(param.confidence_threshold)
    chosen = _chosen(nodes, boxes, scores, param.nms_threshold, least)
    label = nodes.plus(nodes.cast(nodes.op("Gather", label, chosen, axis=0), "FLOAT"), 1)
    return _rows(nodes, label, scores, boxes, chosen)


def one_bottom_output(nodes: LayerNodes) -> str:
    """DetectionOutput of the second version: centres and sizes, suppressed in order of cells."""
    yolo = nodes.layer._yolo
    label, scores, centre, half = _regions(nodes, 0, yolo._sizes, yolo._classes)
    inside = [
        nodes.op("Max", nodes.op("Sub", centre, half), nodes.array(0, "zero")),
        nodes.op("Min", nodes.op("Add", centre, half), nodes.array(1, "one")),
    ]
    inside[1] = nodes.op("Max", *inside)  # ONNX turns corners that are swapped; here: no extent
    count = int(np.prod(nodes.bottom_shapes[0][2:])) * len(yolo._sizes)
    earlier = nodes.array(np.arange(count, 0, -1), "order")
    is_sure = nodes.op("GreaterOrEqual", scores, nodes.array(yolo._threshold, "score"))
    rank = nodes.op("Where", is_sure, earlier, nodes.array(0, "zero"))
    threshold = nodes.param.detection_output_param.nms_threshold
    chosen = _chosen(nodes, nodes.op("Concat", *inside, axis=1), rank, threshold, 0.5)
    label = nodes.cast(nodes.op("Gather", label, chosen, axis=0), "FLOAT")
    sizes = nodes.op("Concat", centre, nodes.times(half, 2), axis=1)
    return _rows(nodes, label, scores, sizes, chosen)


def _check_batch(nodes: LayerNodes) -> None:
    if nodes.bottom_shapes[0][0] != 1:
        raise ExportError("it takes all images of a batch for one: export it with a batch of 1")


def _chosen(nodes: LayerNodes, boxes: str, scores: str, threshold: float, above: float) -> str:
    """The places of those of boxes (M, 4) that stay, whatever their classes: (K,)."""
    first = nodes.ints(0, name="axes")
    boxes, scores = (nodes.op("Unsqueeze", values, first) for values in (boxes, scores))
    _, place = suppressed(nodes, boxes, scores, threshold, drop_equal=True, above=above)
    return nodes.op("Squeeze", place, nodes.ints(1, name="axes"))


def _rows(nodes: LayerNodes, label: str, scores: str, boxes: str, chosen: str) -> str:
    """Of what stays: 0, its label, of (K, 1), its score and its box."""
    score = nodes.expanded(nodes.op("Gather", scores, chosen, axis=0), 1)
    image = nodes.op("Mul", score, nodes.array(0, "zero"))
    rows = [image, label, score, nodes.op("Gather", boxes, chosen, axis=0)]
    return or_nothing(nodes, nodes.op("Concat", *rows, axis=1))


def _corners(nodes: LayerNodes, centre: str, half: str) -> str:
    corners = nodes.op("Sub", centre, half), nodes.op("Add", centre, half)
    return nodes.op("Concat", *corners, axis=1)


# --- out of maps ----------------------------------------------------------------------------------


def _candidates(nodes: LayerNodes, index: int) -> tuple[str, str]:
    """Corners (M, 4) and scores (M,) of all classes of all anchors of a map, cell by cell."""
    param = nodes.param.yolov3_detection_output_param
    classes, is_gaussian = param.num_classes, param.gaussian_box
    sizes = nodes.layer._sizes[index]
    lengths = [1] * 9 + [classes] if is_gaussian else [2, 2, 1, classes]
    parts = _by_cell(nodes, index, len(sizes), lengths)
    if is_gaussian:
        xy, wh = (nodes.op("Concat", parts[k], parts[k + 2], axis=1) for k in (0, 4))
        deviations = [nodes.op("Sigmoid", part) for part in parts[1:8:2]]
        unsure = nodes.op("Mean", *deviations)
        sure = nodes.op("Sub", nodes.array(1, "one"), unsure)
        objectness = nodes.op("Mul", nodes.op("Sigmoid", parts[8]), sure)
    else:
        xy, wh, objectness, _ = parts
        objectness = nodes.op("Sigmoid", objectness)
    boxes = _corners(nodes, *_placed(nodes, index, sizes, xy, wh))
    count = int(np.prod(nodes.bottom_shapes[index][2:])) * len(sizes)
    room = nodes.ints(count, classes, 4, name="candidates")
    repeated = nodes.op("Unsqueeze", boxes, nodes.ints(1, name="axes"))
    boxes = nodes.op("Reshape", nodes.op("Expand", repeated, room), nodes.ints(-1, 4))
    score = nodes.op("Mul", nodes.op("Sigmoid", parts[-1]), objectness)
    return boxes, nodes.op("Reshape", score, nodes.ints(-1, name="flat"))


def _regions(
    nodes: LayerNodes, index: int, sizes: Array, classes: int
) -> tuple[str, str, str, str]:
    """Of each anchor of each cell the class (M, 1), score (M,), centre and half size (M, 2)."""
    xy, wh, objectness, scores = _by_cell(nodes, index, len(sizes), [2, 2, 1, classes])
    probability = nodes.op("Softmax", scores, axis=1)
    label = nodes.op("ArgMax", probability, axis=1, keepdims=1)
    largest = nodes.op("ReduceMax", probability, axes=[1], keepdims=1)
    score = nodes.op("Mul", nodes.op("Sigmoid", objectness), largest)
    centre, half = _placed(nodes, index, sizes, xy, wh)
    return label, nodes.op("Reshape", score, nodes.ints(-1, name="flat")), centre, half


def _by_cell(nodes: LayerNodes, index: int, anchors: int, lengths: Sequence[int]) -> list[str]:
    """What a map of one image says of each anchor of each cell, in parts of these lengths."""
    height, width = nodes.bottom_shapes[index][2:]
    x = nodes.op("Reshape", nodes.bottoms[index], nodes.ints(anchors, -1, height, width))
    x = nodes.op("Transpose", x, perm=[2, 3, 0, 1])
    x = nodes.op("Reshape", x, nodes.ints(-1, sum(lengths), name="rows"))
    return nodes.ops("Split", [x, nodes.ints(*lengths, name="lengths")], len(lengths), axis=1)


def _placed(nodes: LayerNodes, index: int, sizes: Array, xy: str, wh: str) -> tuple[str, str]:
    """Centre and half the size of each box, as shares of the image.

    sizes  (A, 2): width and height of the anchors, in cells
    """
    height, width = nodes.bottom_shapes[index][2:]
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    cell = np.stack([columns, rows], axis=-1).reshape(-1, 1, 2)
    shape = (height * width, len(sizes), 2)
    place, anchor = (np.broadcast_to(a, shape).reshape(-1, 2) for a in (cell, sizes[None]))
    cells = nodes.array([[width, height]], "cells")
    centre = nodes.op("Add", nodes.op("Sigmoid", xy), nodes.array(place, "place"))
    whole = nodes.op("Mul", nodes.op("Exp", wh), nodes.array(anchor, "anchor"))
    half = nodes.times(nodes.op("Div", whole, cells), 0.5)
    return nodes.op("Div", centre, cells), half
