"""YOLO's detections: boxes out of maps, of which NonMaxSuppression leaves the best.

Each class of each anchor is a candidate of its own in the third version, the most probable class
of each anchor in the second: suppression does not ask for classes here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.exchange.onnx.writers.boxes import chosen, just_below, or_nothing, suppressed
from blobnet.layers.detection.yolo.yolo_detection_output import YoloDetectionOutput
from blobnet.layers.detection.yolo.yolov3_detection_output import Yolov3DetectionOutput
from blobnet.types import Array


@writes(Yolov3DetectionOutput, varies=2)
def yolov3_detection_output(nodes: LayerNodes) -> str:
    param = nodes.param.yolov3_detection_output_param
    _check_batch(nodes)
    parts = [_candidates(nodes, index) for index in range(len(nodes.bottoms))]
    boxes, scores = (nodes.op("Concat", *part, axis=1) for part in zip(*parts, strict=True))
    found = _found(nodes, boxes, scores, param.nms_threshold, param.confidence_threshold)
    label = nodes.op("Mod", found[1], nodes.ints(param.num_classes, name="classes"))
    return _rows(nodes, found, nodes.plus(nodes.cast(label, "FLOAT"), 1), scores, boxes)


@writes(YoloDetectionOutput, varies=2)
def yolo_detection_output(nodes: LayerNodes) -> str:
    """The second version's: the best first."""
    param = nodes.param.yolo_detection_output_param
    _check_batch(nodes)
    maps = [
        _regions(nodes, index, nodes.layer._sizes, param.num_classes)
        for index in range(len(nodes.bottoms))
    ]
    joined = [nodes.op("Concat", *part, axis=1) for part in zip(*maps, strict=True)]
    label, scores, centre, half = joined
    boxes = _corners(nodes, centre, half)
    least = just_below(param.confidence_threshold)
    found = _found(nodes, boxes, scores, param.nms_threshold, least)
    label = nodes.plus(nodes.cast(chosen(nodes, label, *found), "FLOAT"), 1)
    return _rows(nodes, found, label, scores, boxes)


def one_bottom_output(nodes: LayerNodes) -> str:
    """DetectionOutput of the second version: centres and sizes, suppressed in order of cells."""
    yolo = nodes.layer._yolo
    label, scores, centre, half = _regions(nodes, 0, yolo._sizes, yolo._classes)
    inside = [
        nodes.op("Max", nodes.op("Sub", centre, half), nodes.array(0, "zero")),
        nodes.op("Min", nodes.op("Add", centre, half), nodes.array(1, "one")),
    ]
    inside[1] = nodes.op("Max", *inside)  # ONNX turns corners that are swapped; here: no extent
    count = math.prod(nodes.bottom_shapes[0][2:]) * len(yolo._sizes)
    earlier = nodes.array(np.arange(count, 0, -1), "order")
    is_sure = nodes.op("GreaterOrEqual", scores, nodes.array(yolo._threshold, "score"))
    rank = nodes.op("Where", is_sure, earlier, nodes.array(0, "zero"))
    threshold = nodes.param.detection_output_param.nms_threshold
    found = _found(nodes, nodes.op("Concat", *inside, axis=2), rank, threshold, 0.5)
    label = nodes.cast(chosen(nodes, label, *found), "FLOAT")
    sizes = nodes.op("Concat", centre, nodes.times(half, 2), axis=2)
    return _rows(nodes, found, label, scores, sizes)


def _check_batch(nodes: LayerNodes) -> None:
    if nodes.bottom_shapes[0][0] != 1:
        raise ExportError("it takes all images of a batch for one: export it with a batch of 1")


Found = tuple[str, str]
"""The image and the place of each box that stays: (K, 1) both."""


def _found(nodes: LayerNodes, boxes: str, scores: str, threshold: float, above: float) -> Found:
    """Those of boxes (N, P, 4) that stay, whatever their classes."""
    return suppressed(nodes, boxes, scores, threshold, drop_equal=True, above=above)


def _rows(nodes: LayerNodes, found: Found, label: str, scores: str, boxes: str) -> str:
    """Of what stays: the image, its label, of (K, 1), its score and its box."""
    score = nodes.expanded(chosen(nodes, scores, *found), 1)
    rows = [nodes.cast(found[0], "FLOAT"), label, score, chosen(nodes, boxes, *found)]
    return or_nothing(nodes, nodes.op("Concat", *rows, axis=1))


def _corners(nodes: LayerNodes, centre: str, half: str) -> str:
    corners = nodes.op("Sub", centre, half), nodes.op("Add", centre, half)
    return nodes.op("Concat", *corners, axis=2)


# --- out of maps ----------------------------------------------------------------------------------


def _candidates(nodes: LayerNodes, index: int) -> tuple[str, str]:
    """Corners (1, P, 4) and scores (1, P) of all classes of all anchors of a map, cell by cell."""
    param = nodes.param.yolov3_detection_output_param
    classes, is_gaussian = param.num_classes, param.gaussian_box
    sizes = nodes.layer._sizes[index]
    lengths = [1] * 9 + [classes] if is_gaussian else [2, 2, 1, classes]
    parts = _by_cell(nodes, index, len(sizes), lengths)
    if is_gaussian:
        xy, wh = (nodes.op("Concat", parts[k], parts[k + 2], axis=2) for k in (0, 4))
        unsure = nodes.op("Mean", *(nodes.op("Sigmoid", part) for part in parts[1:8:2]))
        sure = nodes.op("Sub", nodes.array(1, "one"), unsure)
        objectness = nodes.op("Mul", nodes.op("Sigmoid", parts[8]), sure)
    else:
        xy, wh, objectness, _ = parts
        objectness = nodes.op("Sigmoid", objectness)
    boxes = _corners(nodes, *_placed(nodes, index, sizes, xy, wh))
    count = math.prod(nodes.bottom_shapes[index][2:]) * len(sizes)
    room = nodes.ints(1, count, classes, 4, name="candidates")
    repeated = nodes.op("Unsqueeze", boxes, nodes.ints(2, name="axes"))
    boxes = nodes.op("Reshape", nodes.op("Expand", repeated, room), nodes.ints(1, -1, 4))
    score = nodes.op("Mul", nodes.op("Sigmoid", parts[-1]), objectness)
    return boxes, nodes.op("Flatten", score, axis=1)


def _regions(
    nodes: LayerNodes, index: int, sizes: Array, classes: int
) -> tuple[str, str, str, str]:
    """Of each anchor the class (N, P, 1), the score (N, P), centre and half size (N, P, 2)."""
    xy, wh, objectness, scores = _by_cell(nodes, index, len(sizes), [2, 2, 1, classes])
    probability = nodes.op("Softmax", scores, axis=2)
    label = nodes.op("ArgMax", probability, axis=2, keepdims=1)
    largest = nodes.op("ReduceMax", probability, axes=[2], keepdims=1)
    score = nodes.op("Mul", nodes.op("Sigmoid", objectness), largest)
    centre, half = _placed(nodes, index, sizes, xy, wh)
    return label, nodes.op("Flatten", score, axis=1), centre, half


def _by_cell(nodes: LayerNodes, index: int, anchors: int, lengths: Sequence[int]) -> list[str]:
    """What a map says of each anchor of each cell, (N, P, length), in parts of these lengths."""
    height, width = nodes.bottom_shapes[index][2:]
    apart = nodes.ints(0, anchors, sum(lengths), height, width, name="anchors")
    x = nodes.op("Reshape", nodes.bottoms[index], apart)
    x = nodes.op("Transpose", x, perm=[0, 3, 4, 1, 2])
    x = nodes.op("Reshape", x, nodes.ints(0, -1, sum(lengths), name="rows"))
    return nodes.ops("Split", [x, nodes.ints(*lengths, name="lengths")], len(lengths), axis=2)


def _placed(nodes: LayerNodes, index: int, sizes: Array, xy: str, wh: str) -> tuple[str, str]:
    """Centre and half the size of each box, as shares of the image.

    sizes  (A, 2): width and height of the anchors, in cells
    """
    height, width = nodes.bottom_shapes[index][2:]
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    cell = np.stack([columns, rows], axis=-1).reshape(-1, 1, 2)
    shape = (height * width, len(sizes), 2)
    place, anchor = (np.broadcast_to(a, shape).reshape(-1, 2) for a in (cell, sizes[None]))
    cells = nodes.array([width, height], "cells")
    centre = nodes.op("Add", nodes.op("Sigmoid", xy), nodes.array(place, "place"))
    whole = nodes.op("Mul", nodes.op("Exp", wh), nodes.array(anchor, "anchor"))
    half = nodes.times(nodes.op("Div", whole, cells), 0.5)
    return nodes.op("Div", centre, cells), half
