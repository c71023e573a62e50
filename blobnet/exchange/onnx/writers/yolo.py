"""YOLO v3's detections: boxes out of maps, of which NonMaxSuppression leaves the best.

Each class of each anchor is a candidate of its own, as suppression does not ask for classes here.
"""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.exchange.onnx.writers.detection_output import or_nothing
from blobnet.layers.detection.yolo.yolov3_detection_output import Yolov3DetectionOutput
from blobnet.types import Array


@writes(Yolov3DetectionOutput, varies=2)
def yolov3_detection_output(nodes: LayerNodes) -> str:
    param = nodes.param.yolov3_detection_output_param
    if nodes.bottom_shapes[0][0] != 1:
        raise ExportError("it takes all images of a batch for one: export it with a batch of 1")
    if param.gaussian_box:
        raise ExportError("`gaussian_box` has no writer: end the net in front of it")
    parts = [_candidates(nodes, index) for index in range(len(nodes.bottoms))]
    boxes, scores = (nodes.op("Concat", *part, axis=0) for part in zip(*parts, strict=True))
    found = nodes.op(
        "NonMaxSuppression",
        nodes.op("Unsqueeze", boxes, nodes.ints(0, name="axes")),
        nodes.op("Unsqueeze", scores, nodes.ints(0, 1, name="axes")),
        nodes.ints(2**31 - 1, name="most"),
        nodes.array([param.nms_threshold], "overlap"),
        nodes.array([param.confidence_threshold], "score"),
    )
    chosen = nodes.op("Squeeze", nodes.slice(found, 1, 2, 3), nodes.ints(1, name="axes"))
    label = nodes.op("Mod", chosen, nodes.ints(param.num_classes, name="classes"))
    label = nodes.expanded(nodes.plus(nodes.cast(label, "FLOAT"), 1), 1)
    score = nodes.expanded(nodes.op("Gather", scores, chosen, axis=0), 1)
    image = nodes.op("Mul", score, nodes.array(0, "zero"))
    rows = [image, label, score, nodes.op("Gather", boxes, chosen, axis=0)]
    return or_nothing(nodes, nodes.op("Concat", *rows, axis=1))


def _candidates(nodes: LayerNodes, index: int) -> tuple[str, str]:
    """Corners (M, 4) and scores (M,) of all classes of all anchors of a map, cell by cell."""
    param = nodes.param.yolov3_detection_output_param
    height, width = nodes.bottom_shapes[index][2:]
    anchors, classes = param.num_box, param.num_classes
    x = nodes.op("Reshape", nodes.bottoms[index], nodes.ints(anchors, -1, height, width))
    x = nodes.op("Transpose", x, perm=[2, 3, 0, 1])
    x = nodes.op("Reshape", x, nodes.ints(-1, 5 + classes, name="rows"))
    lengths = nodes.ints(2, 2, 1, classes, name="lengths")
    xy, wh, objectness, scores = nodes.ops("Split", [x, lengths], 4, axis=1)
    place, size = _places(nodes, index)
    divisor = nodes.array([[width, height]], "cells")
    centre = nodes.op("Add", nodes.op("Sigmoid", xy), nodes.array(place, "place"))
    centre = nodes.op("Div", centre, divisor)
    whole = nodes.op("Mul", nodes.op("Exp", wh), nodes.array(size, "anchor"))
    half = nodes.times(nodes.op("Div", whole, divisor), 0.5)
    corners = nodes.op("Sub", centre, half), nodes.op("Add", centre, half)
    boxes = nodes.op("Concat", *corners, axis=1)
    room = nodes.ints(height * width * anchors, classes, 4, name="candidates")
    repeated = nodes.op("Unsqueeze", boxes, nodes.ints(1, name="axes"))
    boxes = nodes.op("Reshape", nodes.op("Expand", repeated, room), nodes.ints(-1, 4))
    score = nodes.op("Mul", nodes.op("Sigmoid", scores), nodes.op("Sigmoid", objectness))
    return boxes, nodes.op("Reshape", score, nodes.ints(-1, name="flat"))


def _places(nodes: LayerNodes, index: int) -> tuple[Array, Array]:
    """Of each anchor of each cell: column and row, and the anchor's width and height in cells."""
    anchors = nodes.param.yolov3_detection_output_param.num_box
    height, width = nodes.bottom_shapes[index][2:]
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    place = np.stack([columns, rows], axis=-1).reshape(-1, 1, 2)
    sizes = nodes.layer._sizes[index].reshape(1, anchors, 2)
    shape = (height * width, anchors, 2)
    of_each, anchor = (np.broadcast_to(a, shape).reshape(-1, 2) for a in (place, sizes))
    return of_each, anchor
