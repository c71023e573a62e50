"""DetectionOutput by NonMaxSuppression: decoded boxes, the best of those that overlap, in rows.

ONNX's suppression stands between two limits of SSD's: only the `top_k` highest scores of a class
go in, so lower ones are put below the threshold first; and only the `keep_top_k` highest of an
image go out, so rows are ranked within their image behind it.
"""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.exchange.onnx.writers.boxes import or_nothing
from blobnet.exchange.onnx.writers.yolo import one_bottom_output
from blobnet.layers.detection.ssd._separate_maps import are_separate
from blobnet.layers.detection.ssd.detection_output import DetectionOutput
from blobnet.ops.detection.box_codes import CORNER, CORNER_SIZE

_LOWEST = float(np.finfo(np.float32).min)


@writes(DetectionOutput, varies=2)
def detection_output(nodes: LayerNodes) -> str:
    if len(nodes.bottoms) == 1:
        return one_bottom_output(nodes)
    _check(nodes)
    param = nodes.param.detection_output_param
    labels = [k for k in range(param.num_classes) if k != param.background_label_id]
    boxes = _boxes(nodes)  # (N, P, 4), or (N * C, P, 4)
    scores = _scores(nodes, labels)  # (N, C, P)
    found = nodes.op("NonMaxSuppression", *_to_suppress(nodes, boxes, scores))
    image, label, prior = _columns(nodes, found, len(labels))
    number = nodes.op("Gather", nodes.array(labels, "labels"), label, axis=0)
    its_box = _box_of(nodes, boxes, image, label, prior, len(labels))
    score = nodes.op("GatherND", scores, nodes.op("Concat", image, label, prior, axis=1))
    score = nodes.expanded(score, 1)
    columns = [nodes.cast(image, "FLOAT"), number, score, its_box]
    rows = nodes.op("Concat", *columns, axis=1)
    if param.keep_top_k >= 0:
        rows = _kept(nodes, rows, image, score, param.keep_top_k)
    return or_nothing(nodes, rows)


def _check(nodes: LayerNodes) -> None:
    param, shapes = nodes.param.detection_output_param, nodes.bottom_shapes
    if param.nms_param.eta != 1:
        raise ExportError("`eta` lowers the threshold while it suppresses, which ONNX cannot say")
    if param.nms_param.soft_nms:
        raise ExportError("`soft_nms` lowers scores while it suppresses, which ONNX cannot say")
    if are_separate(param, len(shapes)):
        raise ExportError("predictions of separate maps have no writer: join them in front of it")
    if not param.normalized:
        raise ExportError("regions in pixels have no writer: divide them in front of it")
    if nodes.top_shapes[0][3] != 7:
        raise ExportError("polygons and rotated boxes have no writer: end the net in front of it")
    if len(shapes) > 3 and not param.visualize and param.background_label_id != 0:
        raise ExportError("an objectness goes with background_label_id 0")


# --- boxes and scores -----------------------------------------------------------------------------


def _boxes(nodes: LayerNodes) -> str:
    """Decoded, a row of four corners for each prior; and for each class, unless all share it."""
    param = nodes.param.detection_output_param
    priors = nodes.op("Reshape", nodes.bottoms[2], nodes.ints(2, -1, 4, name="shape"))
    boxes, variances = nodes.ops("Split", [priors, nodes.ints(1, 1)], 2, axis=0)
    if len(nodes.bottoms) > 4:
        moves = nodes.op("Reshape", nodes.bottoms[4], nodes.ints(0, -1, 4, name="shape"))
        boxes = _decoded(nodes, boxes, variances, moves)
    if param.share_location:
        predicted = nodes.op("Reshape", nodes.bottoms[0], nodes.ints(0, -1, 4, name="shape"))
        return _decoded(nodes, boxes, variances, predicted)
    shape = nodes.ints(0, -1, param.num_classes, 4, name="shape")
    predicted = nodes.op("Reshape", nodes.bottoms[0], shape)
    predicted = nodes.op("Transpose", predicted, perm=[0, 2, 1, 3])
    labels = [k for k in range(param.num_classes) if k != param.background_label_id]
    predicted = nodes.op("Gather", predicted, nodes.ints(*labels, name="classes"), axis=1)
    made = _decoded(nodes, boxes, variances, predicted)
    number = nodes.bottom_shapes[2][2] // 4
    return nodes.op("Reshape", made, nodes.ints(-1, number, 4, name="shape"))


def _decoded(nodes: LayerNodes, priors: str, variances: str, deltas: str) -> str:
    param = nodes.param.detection_output_param
    if not param.variance_encoded_in_target:
        deltas = nodes.op("Mul", deltas, variances)
    if param.code_type == CORNER:
        return nodes.op("Add", priors, deltas)
    first, last = nodes.ops("Split", [priors, nodes.ints(2, 2)], 2, axis=-1)
    size = nodes.op("Sub", last, first)
    if param.code_type == CORNER_SIZE:
        scaled = nodes.op("Mul", deltas, nodes.op("Concat", size, size, axis=-1))
        return nodes.op("Add", priors, scaled)
    moves, growth = nodes.ops("Split", [deltas, nodes.ints(2, 2)], 2, axis=-1)
    middle = nodes.times(nodes.op("Add", first, last), 0.5)
    centre = nodes.op("Add", nodes.op("Mul", moves, size), middle)
    half = nodes.times(nodes.op("Mul", nodes.op("Exp", growth), size), 0.5)
    corners = nodes.op("Sub", centre, half), nodes.op("Add", centre, half)
    return nodes.op("Concat", *corners, axis=-1)


def _scores(nodes: LayerNodes, labels: list[int]) -> str:
    """(N, C, P): of the classes that count; what objectness rules out is 0."""
    param = nodes.param.detection_output_param
    shape = nodes.ints(0, -1, param.num_classes, name="shape")
    scores = nodes.op("Reshape", nodes.bottoms[1], shape)
    scores = nodes.op("Transpose", scores, perm=[0, 2, 1])
    scores = nodes.op("Gather", scores, nodes.ints(*labels, name="classes"), axis=1)
    if len(nodes.bottoms) < 4 or param.visualize:
        return scores
    pairs = nodes.op("Reshape", nodes.bottoms[3], nodes.ints(0, -1, 2, name="shape"))
    is_object = nodes.op("Transpose", nodes.slice(pairs, 2, 1, 2), perm=[0, 2, 1])
    limit = nodes.array(param.objectness_score, "objectness")
    out = nodes.op("Less", is_object, limit)
    return nodes.op("Where", out, nodes.array(0, "zero"), scores)


# --- suppression ----------------------------------------------------------------------------------


def _to_suppress(nodes: LayerNodes, boxes: str, scores: str) -> list[str]:
    """Boxes, scores and limits. Rows of what stays come by image, class and falling score."""
    param = nodes.param.detection_output_param
    number = nodes.bottom_shapes[2][2] // 4
    top_k = param.nms_param.top_k if param.nms_param.HasField("top_k") else -1
    limit = number if top_k < 0 else min(top_k, number)
    if limit < number:
        # by their places: of equal scores those in front go in, as many as there is room for
        most = nodes.ints(max(limit, 1), name="top_k")
        values, places = nodes.ops("TopK", [scores, most], 2, axis=2)
        out = nodes.op("Expand", nodes.array(-np.inf, "out"), nodes.op("Shape", scores))
        scores = nodes.op("ScatterElements", out, places, values, axis=2)
    if not param.share_location:
        scores = nodes.op("Reshape", scores, nodes.ints(-1, 1, number, name="shape"))
    threshold = param.confidence_threshold if param.HasField("confidence_threshold") else _LOWEST
    limits = [
        nodes.ints(limit, name="most"),
        nodes.array([param.nms_param.nms_threshold], "overlap"),
        nodes.array([threshold], "score"),
    ]
    first, last = nodes.ops("Split", [boxes, nodes.ints(2, 2)], 2, axis=-1)
    last = nodes.op("Max", first, last)  # ONNX turns corners that are swapped; here they are empty
    return [nodes.op("Concat", first, last, axis=-1), scores, *limits]


def _columns(nodes: LayerNodes, found: str, classes: int) -> list[str]:
    """Image, class and prior of each row, as (K, 1)."""
    param = nodes.param.detection_output_param
    image, label, prior = nodes.ops("Split", [found, nodes.ints(1, 1, 1)], 3, axis=1)
    if not param.share_location:  # each class of an image was an image of its own
        count = nodes.ints(classes, name="classes")
        image, label = nodes.op("Div", image, count), nodes.op("Mod", image, count)
    return [image, label, prior]


def _box_of(nodes: LayerNodes, boxes: str, image: str, label: str, prior: str, classes: int) -> str:
    """(K, 4)."""
    where = image
    if not nodes.param.detection_output_param.share_location:
        rows = nodes.op("Mul", image, nodes.ints(classes, name="classes"))
        where = nodes.op("Add", rows, label)
    return nodes.op("GatherND", boxes, nodes.op("Concat", where, prior, axis=1))


def _kept(nodes: LayerNodes, rows: str, image: str, score: str, most: int) -> str:
    """Of each image the rows with the highest scores, in the order in which they are.

    All are put in one order, by image and falling score; the rank within an image is the place
    there, less the number of rows of the images before.
    """
    shape = nodes.ints(-1, name="flat")
    image, score = (nodes.op("Reshape", value, shape) for value in (image, score))
    count = nodes.lengths(image, 0, 1)
    order = _by_image_and_score(nodes, image, score, count)
    its_image = nodes.op("Gather", image, order, axis=0)
    place = nodes.op("CumSum", _ones(nodes, count), nodes.scalar(0), exclusive=1)
    before = nodes.op("Gather", _rows_before(nodes, image), its_image, axis=0)
    rank = nodes.op("Sub", place, before)
    stays = nodes.cast(nodes.op("Less", rank, nodes.ints(most, name="most")), "INT64")
    in_place = nodes.op("ScatterElements", _ones(nodes, count), order, stays, axis=0)
    return nodes.op("Compress", rows, nodes.cast(in_place, "BOOL"), axis=0)


def _by_image_and_score(nodes: LayerNodes, image: str, score: str, count: str) -> str:
    """Positions of rows. Two sorts: by falling score, then by image, where equals stay in order."""
    _, by_score = nodes.ops("TopK", [score, count], 2, axis=0)
    images = nodes.op("Gather", image, by_score, axis=0)
    _, by_image = nodes.ops("TopK", [images, count], 2, axis=0, largest=0)
    return nodes.op("Gather", by_score, by_image, axis=0)


def _rows_before(nodes: LayerNodes, image: str) -> str:
    """For each image, how many rows those before it have."""
    zero, one = nodes.scalar(0), nodes.scalar(1)
    batch = nodes.op("Squeeze", nodes.lengths(nodes.bottoms[0], 0, 1), nodes.ints(0, name="axes"))
    numbers = nodes.op("Unsqueeze", nodes.op("Range", zero, batch, one), nodes.ints(1, name="axes"))
    its = nodes.cast(nodes.op("Equal", numbers, image), "INT64")
    counts = nodes.op("ReduceSum", its, nodes.ints(1, name="axes"), keepdims=0)
    return nodes.op("CumSum", counts, zero, exclusive=1)


def _ones(nodes: LayerNodes, count: str) -> str:
    return nodes.op("Expand", nodes.ints(1, name="one"), count)
