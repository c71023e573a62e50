"""AnchorTargetLayer of Faster R-CNN: what the RPN is to learn of each anchor.

Caffe: rpn/anchor_target_layer.py of Faster R-CNN (rbgirshick/py-faster-rcnn), of FPN (unsky/FPN)
and of R-C3D (VisionLearningGroup/R-C3D).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.detection.boxes import overlaps
from blobnet.python_layers._boxes import Anchors, changes_to
from blobnet.python_layers._checks import (
    check_count,
    image_info,
    one_clip,
    one_image,
    rows_of,
    without_gradient,
    wrong,
)
from blobnet.python_layers._param_str import number, numbers, settings_of
from blobnet.python_layers._pyramid import SETTINGS, PyramidAnchors, has_levels
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.python_layers.tdcnn._windows import anchors_at, as_boxes
from blobnet.python_layers.tdcnn.config import cfg as twin_cfg
from blobnet.types import Array, IntArray

_TWIN_SCALES = (2, 4, 5, 6, 8, 9, 10, 12, 14, 16)


class AnchorTargetLayer(PythonLayer):
    """Labels of anchors (1 object, 0 none, -1 of no account) and how they should change.

    bottom[0]  scores: (1, 2A, H, W)    only its size counts
    bottom[1]  truth: (G, 5)            x1, y1, x2, y2, label
    bottom[2]  im_info: (1, 3)          height and width of the image, its scale
    bottom[3]  data: the image          not read
    top[0]     labels: (1, 1, A H, W)
    top[1]     changes: (1, 4A, H, W)   to the box that overlaps most
    top[2]     inside weights: (1, 4A, H, W)   RPN_BBOX_INSIDE_WEIGHTS at objects, else 0
    top[3]     outside weights: (1, 4A, H, W)  1 / (number of labels that count), or as
                                               RPN_POSITIVE_WEIGHT says

    Anchors within the image count: as objects where they overlap a box by RPN_POSITIVE_OVERLAP, or
    no other does more (so all do, where none meets the box: as in py-faster-rcnn); as none below
    RPN_NEGATIVE_OVERLAP. RPN_BATCHSIZE of them are drawn (-1: all), at most RPN_FG_FRACTION of them
    objects. Of boxes that overlap an anchor equally, the first counts. Without a box all are none.

    param_str: feat_stride, scales (8, 16, 32), allowed_border (0), and the settings of
    `fast_rcnn/config.py`. There is no gradient.

    With a list of strides it is FPN's, a PyramidAnchorTargetLayer; else with 3 bottoms R-C3D's, a
    TwinAnchorTargetLayer.
    """

    def __new__(cls, layer_param: Any) -> AnchorTargetLayer:
        if len(layer_param.bottom) == 3 and not has_levels(layer_param):
            return object.__new__(TwinAnchorTargetLayer)
        return object.__new__(PyramidAnchorTargetLayer if has_levels(layer_param) else cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 4, top, 4)
        settings = settings_of(self.param_str, "AnchorTargetLayer")
        known = ("feat_stride", "scales", "ratios", "allowed_border")
        self._settings = changed(cfg.TRAIN, settings, known, "AnchorTargetLayer")
        self._kinds = Anchors.of(settings, "AnchorTargetLayer")
        self._border = number(settings, "allowed_border", 0, "AnchorTargetLayer")
        self._size: tuple[int, int] = (0, 0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        one_image(self, bottom[0])
        height, width = bottom[0].shape[2:]
        count = self._kinds.per_place
        top[0].reshape(1, 1, count * height, width)
        for blob in top[1:]:
            blob.reshape(1, 4 * count, height, width)
        if self._size != (height, width):  # only now: a blob that would be too large is refused
            self._size = (height, width)
            self._anchors = self._kinds.at(height, width)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._write_for(bottom[1], bottom[2], top)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _write_for(self, boxes: Blob, info: Blob, top: Blobs) -> None:
        truth = rows_of(self, boxes, 5, more=True)[:, :4].astype(np.float64)
        height, width, _ = image_info(self, info)
        self._write(truth, height, width, top)

    def _write(self, truth: Array, height: float, width: float, top: Blobs) -> None:
        inside = self._inside(height, width)
        anchors = self._anchors[inside]
        labels, nearest = self._labels(anchors, truth)
        self._draw(labels, inside)
        changes = np.zeros(anchors.shape)
        if len(truth) and len(anchors):
            changes = self._changes(anchors, truth[nearest])
        if self._settings.RPN_NORMALIZE_TARGETS:
            changes -= self._settings.RPN_NORMALIZE_MEANS
            changes /= self._settings.RPN_NORMALIZE_STDS
        is_object, counts = labels == 1, labels >= 0
        inside_weights = np.where(is_object[:, None], self._inside_weights(), 0)
        outside_weights = self._outside_weights(is_object, counts).repeat(anchors.shape[1], axis=1)
        for blob, values, fill in (
            (top[0], labels[:, None], -1),
            (top[1], changes, 0),
            (top[2], inside_weights, 0),
            (top[3], outside_weights, 0),
        ):
            self._spread(values, inside, fill, blob.data)

    def _changes(self, anchors: Array, boxes: Array) -> Array:
        return changes_to(anchors, boxes)

    def _inside_weights(self) -> tuple[float, ...]:
        return self._settings.RPN_BBOX_INSIDE_WEIGHTS

    def _inside(self, height: float, width: float) -> IntArray:
        x1, y1, x2, y2 = self._anchors.T
        border = self._border
        begins, ends = (
            (x1 >= -border) & (y1 >= -border),
            (x2 < width + border) & (y2 < height + border),
        )
        return np.flatnonzero(begins & ends)

    def _labels(self, anchors: Array, truth: Array) -> tuple[Array, Array]:
        """The labels, and for each anchor the box that overlaps it most."""
        labels = np.full(len(anchors), -1.0)
        if not len(truth) or not len(anchors):
            labels[:] = 0
            return labels, np.zeros(len(anchors), np.int64)
        common = overlaps(anchors, truth, border=1)
        nearest = common.argmax(axis=1)
        most = common[np.arange(len(anchors)), nearest]
        is_none = most < self._settings.RPN_NEGATIVE_OVERLAP
        if not self._settings.RPN_CLOBBER_POSITIVES:
            labels[is_none] = 0
        labels[self._is_best(common)] = 1
        labels[most >= self._settings.RPN_POSITIVE_OVERLAP] = 1
        if self._settings.RPN_CLOBBER_POSITIVES:
            labels[is_none] = 0
        return labels, nearest

    def _draw(self, labels: Array, inside: IntArray) -> None:
        """Make labels of no account where there are too many of a kind; `inside` says whose."""
        size = self._settings.RPN_BATCHSIZE
        if size < 0:
            return
        for label in (1, 0):
            most = int(self._settings.RPN_FG_FRACTION * size)
            if label == 0:
                most = size - int((labels == 1).sum())
            found = np.flatnonzero(labels == label)
            if found.size > most:
                labels[self._dropped(found, found.size - most, label, inside)] = -1

    def _is_best(self, common: Array) -> Array:
        """Which anchors overlap a box as no other does more."""
        is_best: Array = (common == common.max(axis=0)).any(axis=1)
        return is_best

    def _dropped(self, found: IntArray, count: int, label: int, inside: IntArray) -> IntArray:
        """Which of the anchors with a label, `count` of them, are of no account."""
        dropped: IntArray = self.rng.choice(found, size=count, replace=False)
        return dropped

    def _outside_weights(self, is_object: Array, counts: Array) -> Array:
        weight = self._settings.RPN_POSITIVE_WEIGHT
        objects, others = int(is_object.sum()), int(counts.sum() - is_object.sum())
        if weight < 0:
            of_object = of_other = 1 / max(1, objects + others)
        else:
            of_object, of_other = weight / max(1, objects), (1 - weight) / max(1, others)
        return np.where(is_object, of_object, counts * of_other)[:, None]

    def _spread(self, values: Array, inside: Array, fill: float, out: Array) -> None:
        """Write rows of the anchors inside to where they stand in a map, by anchor first."""
        all_rows = np.full((len(self._anchors), values.shape[1]), fill, out.dtype)
        all_rows[inside] = values
        height, width = self._size
        maps = all_rows.reshape(1, height, width, -1).transpose(0, 3, 1, 2)
        out[...] = maps.reshape(out.shape)


class PyramidAnchorTargetLayer(AnchorTargetLayer):
    """FPN's: as AnchorTargetLayer, but of anchors on L levels, drawn from all together.

    bottom[l]      scores: (1, 2A, H, W)    of the level whose stride stands at l
    bottom[L]      truth: (G, 5)
    bottom[L + 1]  im_info: (1, 3)
    top[0]         labels: (1, N)           level by level; N is A for each place of each level
    top[1]         changes: (1, 4A, N / A)
    top[2], [3]    inside and outside weights: (1, 4A, N / A)

    param_str: feat_stride (4, 8, 16, 32, 64), scales (16, 32) and ratios (0.5, 1, 2) of a square
    with sides of the stride, allowed_border (1000), and the settings of `fast_rcnn/config.py`.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings = settings_of(self.param_str, "AnchorTargetLayer")
        known = (*SETTINGS, "allowed_border")
        self._settings = changed(cfg.TRAIN, settings, known, "AnchorTargetLayer")
        self._pyramid = PyramidAnchors.of(settings, "AnchorTargetLayer")
        self._border = number(settings, "allowed_border", 1000, "AnchorTargetLayer")
        self._sizes: list[tuple[int, ...]] = []
        check_count(self, bottom, 2 + len(self._pyramid.strides), top, 4)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        scores = bottom[: len(self._pyramid.strides)]
        for blob in scores:
            one_image(self, blob)
        count, sizes = self._pyramid.per_place, [blob.shape[2:] for blob in scores]
        places = sum(height * width for height, width in sizes)
        top[0].reshape(1, count * places)
        for blob in top[1:]:
            blob.reshape(1, 4 * count, places)
        if self._sizes != sizes:
            self._sizes = sizes
            maps = [self._pyramid.at(level, *size) for level, size in enumerate(sizes)]
            self._anchors = np.concatenate(maps)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._write_for(bottom[-2], bottom[-1], top)

    def _spread(self, values: Array, inside: Array, fill: float, out: Array) -> None:
        all_rows = np.full((len(self._anchors), values.shape[1]), fill, out.dtype)
        all_rows[inside] = values
        channels = self._pyramid.per_place * values.shape[1]
        levels, at = [], 0
        for height, width in self._sizes:
            rows = all_rows[at : at + height * width * self._pyramid.per_place]
            levels.append(rows.reshape(height * width, channels).T)
            at += len(rows)
        if out.ndim == 2:  # labels: all anchors of a level, one kind after the other
            levels = [level.reshape(1, -1) for level in levels]
        out[...] = np.concatenate(levels, axis=1)


class TwinAnchorTargetLayer(AnchorTargetLayer):
    """R-C3D's: as AnchorTargetLayer, but of windows of time in a clip.

    bottom[0]  scores: (1, 2A, L, 1, 1)      only its size counts
    bottom[1]  truth: (G, 3)                 the first and the last frame, label
    bottom[2]  data: (1, C, frames, H, W)    only how many frames there are counts
    top[0]     labels: (1, 1, A L, 1, 1)
    top[1]     changes: (1, 2A, L, 1, 1)     of the centre by the length, of the length's logarithm
    top[2], [3]    inside and outside weights: (1, 2A, L, 1, 1)

    param_str: feat_stride (8), scales (2, 4, 5, 6, 8, 9, 10, 12, 14, 16), by how many times 8
    frames an anchor is long, allowed_border (0), and the settings of `tdcnn/config.py`.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 3, top, 4)
        settings = settings_of(self.param_str, "AnchorTargetLayer")
        known = ("feat_stride", "scales", "allowed_border")
        self._settings = changed(twin_cfg.TRAIN, settings, known, "AnchorTargetLayer")
        self._stride = number(settings, "feat_stride", 8, "AnchorTargetLayer")
        self._scales = numbers(settings, "scales", _TWIN_SCALES, "AnchorTargetLayer")
        self._border = number(settings, "allowed_border", 0, "AnchorTargetLayer")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        one_clip(self, bottom[0])
        length, count = bottom[0].shape[2], len(self._scales)
        top[0].reshape(1, 1, count * length, 1, 1)
        for blob in top[1:]:
            blob.reshape(1, 2 * count, length, 1, 1)
        self._size = (length, 1)
        self._anchors = anchors_at(length, self._stride, self._scales)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[2].shape) != 5:
            expected, got = "shape (1, C, frames, H, W)", f"shape {bottom[2].shape}"
            raise wrong(self, "bottom[2] is no clip", expected=expected, got=got)
        windows = rows_of(self, bottom[1], 3, more=True)[:, :2].astype(np.float64)
        self._write(as_boxes(windows), 1, bottom[2].shape[2], top)

    def _spread(self, values: Array, inside: Array, fill: float, out: Array) -> None:
        its = values[:, ::2] if values.shape[1] == 4 else values
        super()._spread(its, inside, fill, out)
