"""ScoreDetections and mAP of DetectNet: how many boxes are found, and how many are right.

Caffe: python/caffe/layers/detectnet/mean_ap.py of NVCaffe (NVIDIA/caffe).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.detection.boxes import overlaps
from blobnet.python_layers._checks import check_count, without_gradient, wrong
from blobnet.python_layers.caffe.layers.detectnet.clustering import MAX_BOXES
from blobnet.types import Array

_ENOUGH = 0.7  # overlap
_FOUND, _WRONG, _MISSED = 1, 2, 3


class ScoreDetections(PythonLayer):
    """What was found rightly, found wrongly and missed.

    bottom[0]  truth: (N, M, 5)     x1, y1, x2, y2, not read; rows whose box is 0 do not count
    bottom[1]  found: (N, M', 5)    the same
    top[0]     scored: (N, 50, 5)   x1, y1, x2, y2, then 1 of what was found rightly, 2 wrongly,
                                    3 missed, in this order; then rows of 0

    Each true box, one after the other, takes the first of those found that overlaps it by 0.7 or
    more and is not taken yet. Where there are more than 50 rows, which NVCaffe ends at, there are
    as many as are needed. There is no gradient.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        is_right = all(len(shape) == 3 and shape[2] >= 4 for shape in shapes)
        if not is_right or shapes[0][0] != shapes[1][0]:
            expected = "(N, M, 5) both, of as many images"
            got = f"shapes {shapes[0]} and {shapes[1]}"
            raise wrong(self, "the bottoms are no lists of boxes", expected=expected, got=got)
        top[0].reshape(shapes[0][0], MAX_BOXES, 5)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        pairs = zip(bottom[0].data[..., :4], bottom[1].data[..., :4], strict=True)
        scored = [
            _scored(truth[truth.any(axis=1)], found[found.any(axis=1)]) for truth, found in pairs
        ]
        most = max((len(rows) for rows in scored), default=0)
        top[0].reshape(len(scored), max(MAX_BOXES, most), 5)
        top[0].data[...] = 0
        for rows, out in zip(scored, top[0].data, strict=True):
            out[: len(rows)] = rows

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)


class mAP(PythonLayer):  # noqa: N801 (prototxts name it so)
    """Precision and recall of one batch, in percent.

    bottom[0]  scored: (N, M, 5)    the last number: 1 found rightly, 2 wrongly, 3 missed
    top[0]     mAP: (1,)            precision * recall / 100
    top[1]     precision: (1,)      of what was found, what is right; 0 where nothing was found
    top[2]     recall: (1,)         of what there is, what was found; 0 where there is nothing

    param_str is not read. There is no gradient.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 3)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 3 or shape[2] < 5:
            expected, got = "shape (N, M, 5)", f"shape {shape}"
            raise wrong(self, "the bottom is no list of boxes", expected=expected, got=got)
        for blob in top:
            blob.reshape(1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        marks = bottom[0].data[..., 4]
        found, wrongly, missed = ((marks == mark).sum() for mark in (_FOUND, _WRONG, _MISSED))
        precision = found / max(1, found + wrongly) * 100
        recall = found / max(1, found + missed) * 100
        for blob, value in zip(top, (precision * recall / 100, precision, recall), strict=True):
            blob.data[0] = value

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)


def _scored(truth: Array, found: Array) -> Array:
    """The rows of one image."""
    near = overlaps(found, truth, border=0) >= _ENOUGH
    is_taken, is_met = np.zeros(len(found), bool), np.zeros(len(truth), bool)
    for index in range(len(truth)):
        free = np.flatnonzero(near[:, index] & ~is_taken)
        if len(free):
            is_taken[free[0]] = is_met[index] = True
    parts = ((found[is_taken], _FOUND), (found[~is_taken], _WRONG), (truth[~is_met], _MISSED))
    return np.concatenate([np.insert(rows, 4, mark, axis=1) for rows, mark in parts])
