"""From scored boxes of an image to its proposals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.ops.detection.shares import MODES, nms_by
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_each
from blobnet.proto import BoxGroupOutputParameter, BoxOutputParameter
from blobnet.types import Array

NONE_FOUND = (0, 1, 1, 10, 10)
"""The one region where there is none: something for the layers behind to work on."""


class Limits(NamedTuple):
    """Which proposals count.

    score    the least
    side     the least of width and height
    overlap  the largest with a better one, by `mode`
    before   how many go into non-maximum suppression at most; 0: all
    behind   how many come out at most; 0: all
    border   what sides are longer by than corners are apart
    """

    score: float
    side: float
    overlap: float
    mode: str
    before: int
    behind: int
    border: float


def check_mode(layer: Layer, mode: str) -> str:
    if mode not in MODES:
        raise layer.error("nms_type is unknown", expected=", ".join(MODES), got=mode)
    return mode


def read_limits(
    layer: Layer, param: BoxOutputParameter | BoxGroupOutputParameter, border: float
) -> Limits:
    """What the layer's message says. Raises LayerError for an unknown nms_type."""
    return Limits(
        score=param.fg_thr,
        side=param.min_size,
        overlap=param.iou_thr,
        mode=check_mode(layer, param.nms_type),
        before=param.max_nms_num,
        behind=param.max_post_nms_num,
        border=border,
    )


def propose_all(boxes: Array, scores: Array, limits: Limits, *, last_is_best: bool) -> list[Array]:
    """The proposals of each image: see `propose`; boxes (N, n, 4), scores (N, n)."""

    def of(image: int) -> Array:
        return propose(boxes[image], scores[image], limits, last_is_best=last_is_best)

    return for_each(of, range(len(boxes)), scores.size * PRODUCTS_PER_VALUE)


def propose(boxes: Array, scores: Array, limits: Limits, *, last_is_best: bool) -> Array:
    """Rows of x1, y1, x2, y2 and score: the best first.

    boxes         (n, 4) corners
    scores        (n,)
    last_is_best  which of equal scores comes first: the last box, or the first
    """
    sides = boxes[:, 2:] - boxes[:, :2] + boxes.dtype.type(limits.border)
    counts = np.flatnonzero((scores >= limits.score) & (sides >= limits.side).all(axis=1))
    if last_is_best:
        order = np.argsort(scores[counts], kind="stable")[::-1]
    else:
        order = np.argsort(-scores[counts], kind="stable")
    chosen = counts[order][: limits.before or None]
    kept = nms_by(boxes[chosen], limits.overlap, limits.mode, border=limits.border)
    chosen = chosen[kept][: limits.behind or None]
    return np.concatenate([boxes[chosen], scores[chosen, None]], axis=1)


def write_proposals(top: Blobs, images: list[Array]) -> None:
    """The rows of all images: with their number, and with their scores in a second top."""
    numbers = [np.full((len(rows), 1), n, rows.dtype) for n, rows in enumerate(images)]
    found = np.concatenate(
        [np.hstack(pair) for pair in zip(numbers, images, strict=True)] or [np.zeros((0, 6))]
    )
    for blob, columns in zip(top, (5, 6), strict=False):
        blob.reshape((max(len(found), 1), columns, 1, 1))
        rows = blob.data.reshape(-1, columns)
        if len(found):
            rows[...] = found[:, :columns]
        else:
            rows[...] = NONE_FOUND if columns == 5 else 0
