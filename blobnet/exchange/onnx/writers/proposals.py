"""Regions that are looked at: the best anchors, of which NonMaxSuppression leaves some."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.exchange.onnx.writers.boxes import (
    Image,
    are_large,
    best,
    changed,
    chosen,
    images_of,
    or_row,
    placed,
    row_of,
    rows_of_anchors,
    suppressed,
)
from blobnet.layers.detection.regions.proposal import Proposal
from blobnet.python_layers._boxes import base_anchors
from blobnet.python_layers.rpn.proposal_layer import ProposalLayer, PyramidProposalLayer
from blobnet.python_layers.SSH.layers.proposal_layer import ProposalLayer as FaceProposalLayer
from blobnet.types import Array

_LOWEST = float(np.finfo(np.float32).min)


@writes(Proposal, varies=0)
def proposal(nodes: LayerNodes) -> list[str]:
    listed = len(nodes.param.proposal_param.anchor) > 0
    boxes, scores, image, place = (_of_list if listed else _of_ratios)(nodes)
    its = nodes.expanded(chosen(nodes, scores, image, place), 1)
    corners = chosen(nodes, boxes, image, place)
    rows = nodes.op("Concat", nodes.cast(image, "FLOAT"), corners, its, axis=1)
    if listed:
        rows = or_row(nodes, rows, row_of(nodes, [0, 0, 0, 1, 1, 0]))
    regions, its = nodes.ops("Split", [rows, nodes.ints(5, 1)], 2, axis=1)
    if len(nodes.top_shapes) == 1:
        return [regions]
    return [regions, nodes.op("Squeeze", its, nodes.ints(1, name="axes"))]


def _of_ratios(nodes: LayerNodes) -> tuple[str, str, str, str]:
    """Boxes and scores of all images, and images and places of those that stay."""
    kind = nodes.layer._kind
    numbers = int(np.prod(nodes.bottom_shapes[2]))  # of one image, which hold for all
    image = images_of(nodes, nodes.bottoms[2], numbers)
    anchors = nodes.layer._anchors(in_pixels=numbers > 3)
    boxes = _changed(nodes, anchors, (kind.stride,) * 2, nodes.bottoms[1], image)
    scales = nodes.op("Concat", image.scale_of_widths, image.scale, axis=2)
    is_large = are_large(nodes, boxes, nodes.times(scales, kind.min_size))
    scores = _of_objects(nodes, nodes.bottoms[0], len(anchors))
    small = nodes.array(-np.inf if kind.drops_small else 0, "small")
    scores = nodes.op("Where", is_large, scores, small)
    boxes, scores = best(nodes, boxes, scores, kind.compared)
    above = _LOWEST if kind.drops_small else None
    stay = suppressed(nodes, boxes, scores, kind.overlap, border=1, limit=kind.kept, above=above)
    return boxes, scores, *stay


def _of_list(nodes: LayerNodes) -> tuple[str, str, str, str]:
    """The same for anchors from a list; each image has numbers of its own."""
    param = nodes.param.proposal_param
    numbers = int(np.prod(nodes.bottom_shapes[2])) // max(nodes.bottom_shapes[0][0], 1)
    image = images_of(nodes, nodes.bottoms[2], numbers)
    anchors = nodes.layer._listed_anchors - 1
    stride = (param.stride_h, param.stride_w)
    boxes = _changed(nodes, anchors, stride, nodes.bottoms[1], image, _by_anchor)
    maps = nodes.slice(nodes.bottoms[0], 1, len(anchors), 2 * len(anchors))
    scores = nodes.op("Flatten", maps, axis=1)
    boxes, scores = best(nodes, boxes, scores, param.nms_input_num)
    least = nodes.array([param.min_width, param.min_height], "least")
    is_small = _are_not_larger(nodes, boxes, nodes.op("Mul", least, image.scale))
    scores = nodes.op("Where", is_small, nodes.array(-np.inf, "out"), scores)
    limit, threshold = param.nms_output_num, param.nms_iou_th
    stay = suppressed(nodes, boxes, scores, threshold, limit=limit, drop_equal=True, above=_LOWEST)
    return boxes, scores, *stay


@writes(ProposalLayer, varies=0)
def proposal_layer(nodes: LayerNodes) -> list[str]:
    """That of py-faster-rcnn; where nothing stays there is the whole image."""
    settings = nodes.layer.instance._settings
    image = images_of(nodes, nodes.bottoms[2], int(np.prod(nodes.bottom_shapes[2])))
    boxes, scores = _sorted(nodes, image)
    number, place = suppressed(
        nodes,
        boxes,
        scores,
        settings.RPN_NMS_THRESH,
        border=1,
        limit=settings.RPN_POST_NMS_TOP_N,
        above=_LOWEST,
    )
    its = nodes.expanded(chosen(nodes, scores, number, place), 1)
    columns = [nodes.cast(number, "FLOAT"), chosen(nodes, boxes, number, place), its]
    zeros, zero = row_of(nodes, [0, 0, 0]), row_of(nodes, [0])
    ends = [nodes.op("Squeeze", side, nodes.ints(2)) for side in (image.width, image.height)]
    whole = nodes.op("Concat", zeros, *(nodes.plus(end, -1) for end in ends), zero, axis=1)
    return _regions_or(nodes, nodes.op("Concat", *columns, axis=1), whole)


@writes(FaceProposalLayer, varies=0)
def face_proposal_layer(nodes: LayerNodes) -> list[str]:
    """SSH's: all of the best that are large enough, whether they overlap or not."""
    image = images_of(nodes, nodes.bottoms[2], int(np.prod(nodes.bottom_shapes[2])))
    boxes, scores = _sorted(nodes, image)
    flat = nodes.ints(-1, name="flat")
    stay = nodes.op("Greater", nodes.op("Reshape", scores, flat), nodes.array(_LOWEST, "lowest"))
    boxes, its = (
        nodes.op("Compress", nodes.op("Reshape", values, nodes.ints(-1, width)), stay, axis=0)
        for values, width in ((boxes, 4), (scores, 1))
    )
    image_number = nodes.op("Mul", its, nodes.array(0, "zero"))
    rows = nodes.op("Concat", image_number, boxes, its, axis=1)
    return _regions_or(nodes, rows, row_of(nodes, [0, 0, 0, 16, 16, 0]))


def _sorted(nodes: LayerNodes, image: Image) -> tuple[str, str]:
    """The best boxes (1, P, 4) and scores (1, P); of equals the last counts first.

    What is too small has the lowest score of all.
    """
    kinds, settings = nodes.layer.instance._kinds, nodes.layer.instance._settings
    anchors = base_anchors(kinds.scales, kinds.ratios)
    boxes = _changed(nodes, anchors, (kinds.stride,) * 2, nodes.bottoms[1], image)
    is_large = are_large(nodes, boxes, nodes.times(image.scale, settings.RPN_MIN_SIZE))
    scores = _of_objects(nodes, nodes.bottoms[0], len(anchors))
    scores = nodes.op("Where", is_large, scores, nodes.array(-np.inf, "out"))
    boxes, scores = (nodes.slice(x, 1, -1, -(2**31), -1) for x in (boxes, scores))
    return best(nodes, boxes, scores, settings.RPN_PRE_NMS_TOP_N)


def _regions_or(nodes: LayerNodes, rows: str, row: str) -> list[str]:
    """Regions and scores out of rows (R, 6), or of this one where there are none."""
    both = [or_row(nodes, rows, row), nodes.ints(5, 1)]
    return nodes.ops("Split", both, 2, axis=1)[: len(nodes.top_shapes)]


@writes(PyramidProposalLayer)
def pyramid_proposal_layer(nodes: LayerNodes) -> str:
    raise ExportError(
        "FPN's layer draws regions a second time until there are RPN_POST_NMS_TOP_N: "
        "end the net in front of it"
    )


Order = Callable[[LayerNodes, str, int], str]
"""From (N, A * values, H, W) to (N, P, values)."""


def _by_anchor(nodes: LayerNodes, x: str, values: int) -> str:
    """All places of an anchor side by side."""
    number = nodes.bottom_shapes[1][1] // 4
    x = nodes.op("Reshape", x, nodes.ints(0, number, values, -1, name="anchors"))
    x = nodes.op("Transpose", x, perm=[0, 1, 3, 2])
    return nodes.op("Reshape", x, nodes.ints(0, -1, values, name="rows"))


def _changed(
    nodes: LayerNodes,
    anchors: Array,
    stride: tuple[float, float],
    deltas: str,
    image: Image,
    order: Order = rows_of_anchors,
) -> str:
    """All anchors of all places after the changes: (N, P, 4)."""
    at = placed(nodes, deltas, anchors, stride)
    if order is _by_anchor:
        at = nodes.op("Transpose", at, perm=[2, 0, 1, 3])
    at = nodes.op("Reshape", at, nodes.ints(1, -1, 4, name="rows"))
    return changed(nodes, at, order(nodes, deltas, 4), image)


def _of_objects(nodes: LayerNodes, scores: str, anchors: int) -> str:
    """(N, P), of (N, 2 A, H, W): the second half of the channels."""
    turned = nodes.op("Transpose", nodes.slice(scores, 1, anchors, 2 * anchors), perm=[0, 2, 3, 1])
    return nodes.op("Flatten", turned, axis=1)


def _are_not_larger(nodes: LayerNodes, boxes: str, least: str) -> str:
    """Whether a side is no longer than its least length: bool (N, P)."""
    first, last = nodes.ops("Split", [boxes, nodes.ints(2, 2)], 2, axis=-1)
    fits = nodes.cast(nodes.op("Greater", nodes.op("Sub", last, first), least), "FLOAT")
    return nodes.op("Not", nodes.cast(nodes.op("ReduceMin", fits, axes=[-1], keepdims=0), "BOOL"))
