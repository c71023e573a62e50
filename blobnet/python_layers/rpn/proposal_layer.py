"""ProposalLayer of Faster R-CNN: scores and changes of anchors to regions that are looked at.

Caffe: rpn/proposal_layer.py of Faster R-CNN (rbgirshick/py-faster-rcnn), of FPN (unsky/FPN) and of
R-C3D (VisionLearningGroup/R-C3D).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.detection.boxes import nms
from blobnet.python_layers._boxes import Anchors, changed_by, clipped
from blobnet.python_layers._checks import (
    check_count,
    image_info,
    one_clip,
    one_image,
    same_size,
    without_gradient,
    wrong,
)
from blobnet.python_layers._param_str import number, numbers, settings_of
from blobnet.python_layers._pyramid import SETTINGS, PyramidAnchors, has_levels
from blobnet.python_layers.fast_rcnn.config import Train, cfg, changed
from blobnet.python_layers.tdcnn._windows import anchors_at, as_boxes
from blobnet.python_layers.tdcnn.config import cfg as twin_cfg
from blobnet.types import Array


class ProposalLayer(PythonLayer):
    """Anchors, changed as the net says, of which the best stay that do not overlap much.

    bottom[0]  scores: (1, 2A, H, W)   of no object for all A anchors, then of an object
    bottom[1]  changes: (1, 4A, H, W)
    bottom[2]  im_info: (1, 3)         height and width of the image in pixels, its scale
    top[0]     regions: (R, 5)         0, then x1, y1, x2, y2; by falling score
    top[1]     scores: (R, 1)          optional

    Anchors are changed, cut at the image's edges, and dropped where a side is less than
    RPN_MIN_SIZE * scale; of the RPN_PRE_NMS_TOP_N best, those are dropped that overlap a better one
    by more than RPN_NMS_THRESH; RPN_POST_NMS_TOP_N stay. Of equal scores the last counts first.
    Where nothing stays, there is one region, of the whole image.

    param_str: feat_stride, scales (8, 16, 32), and the settings of `fast_rcnn/config.py`. There is
    no gradient.

    With a list of strides it is FPN's, a PyramidProposalLayer; with 2 bottoms R-C3D's, a
    TwinProposalLayer.
    """

    def __new__(cls, layer_param: Any) -> ProposalLayer:
        if len(layer_param.bottom) == 2:
            return object.__new__(TwinProposalLayer)
        return object.__new__(PyramidProposalLayer if has_levels(layer_param) else cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 3, top, (1, 2))
        settings = settings_of(self.param_str, "ProposalLayer")
        known = ("feat_stride", "scales", "ratios")
        self._settings = changed(cfg.of(self.phase), settings, known, "ProposalLayer")
        self._kinds = Anchors.of(settings, "ProposalLayer")
        self._size: tuple[int, int] = (0, 0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count = self._kinds.per_place
        one_image(self, bottom[0], 2 * count)
        one_image(self, bottom[1], 4 * count)
        same_size(self, bottom)
        if self._size != bottom[0].shape[2:]:
            self._size = (bottom[0].shape[2], bottom[0].shape[3])
            self._anchors = self._kinds.at(*self._size)
        top[0].reshape(1, 5)
        if len(top) > 1:
            top[1].reshape(1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        height, width, scale = image_info(self, bottom[2])
        boxes, scores = self._best(bottom, height, width, scale)
        self._write(boxes, scores, top)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _best(
        self, bottom: Blobs, height: float, width: float, scale: float
    ) -> tuple[Array, Array]:
        """The boxes that stay, and their scores; without any, the whole image."""
        boxes, scores = self._changed(bottom)
        boxes = clipped(boxes, height, width)
        chosen = self._chosen(boxes, scores, self._settings.RPN_MIN_SIZE * scale)
        if chosen.size:
            return boxes[chosen], scores[chosen]
        return np.array([[0, 0, width - 1, height - 1]], boxes.dtype), np.zeros(1, boxes.dtype)

    def _write(self, regions: Array, scores: Array, top: Blobs) -> None:
        top[0].reshape(len(regions), 1 + regions.shape[1])
        top[0].data[:, 0] = 0
        top[0].data[:, 1:] = regions
        if len(top) > 1:
            top[1].reshape(len(regions), 1)
            top[1].data[:, 0] = scores

    def _changed(self, bottom: Blobs) -> tuple[Array, Array]:
        """All anchors after the changes, and their scores."""
        half = bottom[0].shape[1] // 2
        scores = bottom[0].data[:, half:].transpose(0, 2, 3, 1).ravel()
        changes = bottom[1].data.transpose(0, 2, 3, 1).reshape(-1, 4)
        if isinstance(self._settings, Train) and self._settings.RPN_NORMALIZE_TARGETS:
            stds = np.array(self._settings.RPN_NORMALIZE_STDS, changes.dtype)
            changes = changes * stds + np.array(self._settings.RPN_NORMALIZE_MEANS, changes.dtype)
        return changed_by(self._anchors, changes), scores

    def _chosen(self, boxes: Array, scores: Array, least: float) -> Array:
        large = np.flatnonzero((self._sides(boxes) >= least).all(axis=1))
        order = large[np.argsort(scores[large], kind="stable")[::-1]]
        if self._settings.RPN_PRE_NMS_TOP_N > 0:
            order = order[: self._settings.RPN_PRE_NMS_TOP_N]
        kept = self._suppressed(boxes[order])
        found: Array = order[kept]
        return found

    def _sides(self, boxes: Array) -> Array:
        """What must not be too short of each box."""
        sides: Array = boxes[:, 2:] - boxes[:, :2] + 1
        return sides

    def _suppressed(self, boxes: Array) -> Array:
        """Which boxes stay of those that are sorted by their scores."""
        limit = self._settings.RPN_POST_NMS_TOP_N
        threshold = float(np.float32(self._settings.RPN_NMS_THRESH))
        kept: Array = nms(boxes, threshold, border=1, limit=limit if limit > 0 else None)
        return kept


class PyramidProposalLayer(ProposalLayer):
    """FPN's: as ProposalLayer, but of anchors on L levels, and always as many regions.

    bottom[0]          im_info: (1, 3)
    bottom[1 + l]      changes: (1, 4A, H, W), of the level whose stride stands at l
    bottom[1 + L + l]  scores: (1, 2A, H, W)
    top[0]             regions: (R, 5)    0, then x1, y1, x2, y2

    A level counts as far as the image reaches, `height / stride` rows. The best of all levels stay
    as there; some of them are drawn, then, to come twice or more often, until there are
    RPN_POST_NMS_TOP_N. Where nothing stays, all are (0, 0, 16, 16).

    param_str: feat_stride (4, 8, 16, 32, 64), scales (16, 32) and ratios (0.5, 1, 2) of a square
    with sides of the stride; and the settings of `fast_rcnn/config.py`.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings = settings_of(self.param_str, "ProposalLayer")
        self._settings = changed(cfg.of(self.phase), settings, SETTINGS, "ProposalLayer")
        self._pyramid = PyramidAnchors.of(settings, "ProposalLayer")
        check_count(self, bottom, 1 + 2 * len(self._pyramid.strides), top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count = self._pyramid.per_place
        for changes, scores in self._levels(bottom):
            one_image(self, changes, 4 * count)
            one_image(self, scores, 2 * count)
            if changes.shape[2:] != scores.shape[2:]:
                expected, got = f"changes for {scores.shape[2:]} places", changes.shape[2:]
                raise wrong(self, "a level has two sizes", expected=expected, got=got)
        top[0].reshape(1, 5)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        height, width, scale = image_info(self, bottom[0])
        found = []
        for level, blobs in enumerate(self._levels(bottom)):
            stride = self._pyramid.strides[level]
            rows = min(int(height / stride), blobs[0].shape[2])
            columns = min(int(width / stride), blobs[0].shape[3])
            changes, scores = (blob.data[:, :, :rows, :columns] for blob in blobs)
            changes = changes.transpose(0, 2, 3, 1).reshape(-1, 4)
            scores = scores[:, self._pyramid.per_place :].transpose(0, 2, 3, 1).ravel()
            anchors = self._pyramid.at(level, rows, columns)
            found.append((clipped(changed_by(anchors, changes), height, width), scores))
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        regions = boxes[self._repeated(boxes, scores, self._settings.RPN_MIN_SIZE * scale)]
        if not len(regions):
            regions = np.tile([0, 0, 16, 16], (max(1, self._settings.RPN_POST_NMS_TOP_N), 1))
        self._write(regions, scores, top)

    def _levels(self, bottom: Blobs) -> list[tuple[Blob, Blob]]:
        """Changes and scores of each level."""
        count = len(self._pyramid.strides)
        return list(zip(bottom[1 : 1 + count], bottom[1 + count :], strict=True))

    def _repeated(self, boxes: Array, scores: Array, least: float) -> Array:
        """The regions that stay, then drawn ones of them."""
        chosen = self._chosen(boxes, scores, least)
        missing = self._settings.RPN_POST_NMS_TOP_N - chosen.size
        if not chosen.size or missing <= 0:
            return chosen
        return np.concatenate([chosen, self.rng.choice(chosen, size=missing)])


class TwinProposalLayer(ProposalLayer):
    """R-C3D's: as ProposalLayer, but of windows of time in a clip.

    bottom[0]  scores: (1, 2A, L, 1, 1)   of no action for all A anchors, then of an action
    bottom[1]  changes: (1, 2A, L, 1, 1)  of the centre by the length, of the length's logarithm
    top[0]     windows: (R, 3)            0, then the first and the last frame; by falling score
    top[1]     scores: (R, 1)             optional

    The clip has feat_stride frames for each of L places. Where nothing stays, there is one window,
    of the whole clip.

    param_str: feat_stride, scales (1 to 63), by how many times 8 frames an anchor is long, and the
    settings of `tdcnn/config.py`.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, (1, 2))
        settings = settings_of(self.param_str, "ProposalLayer")
        base = twin_cfg.of(self.phase)
        self._settings = changed(base, settings, ("feat_stride", "scales"), "ProposalLayer")
        self._stride = number(settings, "feat_stride", 8, "ProposalLayer")
        self._scales = numbers(settings, "scales", tuple(range(1, 64)), "ProposalLayer")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob in bottom:
            one_clip(self, blob, 2 * len(self._scales))
        same_size(self, bottom)
        self._anchors = anchors_at(bottom[0].shape[2], self._stride, self._scales)
        top[0].reshape(1, 3)
        if len(top) > 1:
            top[1].reshape(1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        boxes, scores = self._best(bottom, 1, bottom[0].shape[2] * self._stride, 1)
        self._write(boxes[:, ::2], scores, top)

    def _changed(self, bottom: Blobs) -> tuple[Array, Array]:
        scores, changes = (blob.data[0, :, :, 0, 0] for blob in bottom)
        changes = as_boxes(changes.T.reshape(-1, 2))
        return changed_by(self._anchors, changes), scores[len(self._scales) :].T.ravel()

    def _sides(self, boxes: Array) -> Array:
        lengths: Array = boxes[:, 2:3] - boxes[:, :1] + 1
        return lengths
