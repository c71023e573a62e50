"""How an overlap changes with a box, as darknet derives it."""

from __future__ import annotations

import math

import numpy as np

from blobnet.layers.detection.yolo._boxes import corners, shape_difference
from blobnet.proto import Yolov3Parameter
from blobnet.types import Array


def overlap_slopes(box: Array, truth: Array, kind: int) -> Array:
    """By how much the overlap with `truth` grows with each of the four numbers of `box`.

    kind  of Yolov3Parameter.IOU_LOSS: IOU, GIOU, DIOU or CIOU

    These are darknet's, and not the derivatives: for the size both edges move by all of its change,
    not by half of it; DIOU and CIOU have the squared distance by the squared diagonal, without a
    power, and what the diagonal changes by the place with the wrong sign; and where boxes do not
    meet, of GIOU, DIOU and CIOU only the penalty has slopes.

    Caffe: yolov3_layer.cpp of MobileNet-YOLO.
    """
    (low, high), (true_low, true_high) = corners(box), corners(truth)
    shared = np.minimum(high, true_high) - np.maximum(low, true_low)  # width and height of it
    meet = bool((shared > 0).all())
    other = shared[::-1]  # how much an edge that moves gains or loses
    shared_slopes = np.array(
        [np.where(low > true_low, -other, 0), np.where(high < true_high, other, 0)]
    )
    area_slopes = np.array([-box[:1:-1], box[:1:-1]])
    both = shared.prod()
    covered = box[2] * box[3] + truth[2] * truth[3] - both
    covered_slopes = area_slopes - shared_slopes
    edges = np.zeros_like(area_slopes)  # slopes by the lower and the higher edges, (2, 2)
    if covered > 0:
        edges = (covered * shared_slopes - both * covered_slopes) / (covered * covered)
    hull = np.maximum(high, true_high) - np.minimum(low, true_low)
    if kind == Yolov3Parameter.GIOU:
        around = hull.prod()
        other = hull[::-1]
        around_slopes = np.array(
            [np.where(low < true_low, -other, 0), np.where(high > true_high, other, 0)]
        )
        gap = (around * covered_slopes - covered * around_slopes) / (around * around)
        edges = edges + gap if meet and around > 0 else gap
    slopes = np.concatenate([edges[0] + edges[1], edges[1] - edges[0]])
    if kind in (Yolov3Parameter.DIOU, Yolov3Parameter.CIOU):
        penalty = _distance_slopes(box, truth, hull, low < true_low, high > true_high)
        if kind == Yolov3Parameter.CIOU:
            penalty[2:] += _shape_slopes(box, truth, both / covered)
        slopes = slopes + penalty if meet else penalty
    return slopes


def _distance_slopes(
    box: Array, truth: Array, hull: Array, low_moves: Array, high_moves: Array
) -> Array:
    """Of the squared distance of the centres by the squared diagonal of the hull."""
    squared = hull @ hull
    apart = truth[:2] - box[:2]
    factor = 2 * hull * (apart @ apart)
    by_centre = high_moves.astype(hull.dtype) - low_moves
    by_size = (high_moves.astype(hull.dtype) + low_moves) / 2
    slopes: Array = np.concatenate([2 * apart * squared - factor * by_centre, factor * by_size]) / (
        squared * squared
    )
    return slopes


def _shape_slopes(box: Array, truth: Array, overlap: Array) -> Array:
    """Of CIOU's term for shapes, by width and height."""
    unlike = shape_difference(box, truth)
    weight = unlike / (1 - overlap + unlike + 1e-6)
    angle = np.arctan(truth[2] / truth[3]) - np.arctan(box[2] / box[3])
    slopes: Array = weight * 8 / math.pi**2 * angle * np.array([box[3], -box[2]])
    return slopes
