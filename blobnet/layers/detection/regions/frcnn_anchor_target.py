"""FrcnnAnchorTarget: what an RPN is to learn of each anchor, as Faster R-CNN in C++ has it."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._chooser import Chooser, check_rows, rows_of
from blobnet.layers.detection.regions._anchors import placed
from blobnet.layers.detection.regions._frcnn_training import training_of
from blobnet.ops.detection.box_changes import changes_to
from blobnet.ops.detection.boxes import overlaps
from blobnet.types import Array, IntArray


@register_layer("FrcnnAnchorTarget")
class FrcnnAnchorTarget(Chooser):
    """Labels of anchors (1 object, 0 none, -1 of no account) and how they should change.

    bottom[0]  scores: (1, 2 A, H, W)   only its size counts
    bottom[1]  truth: (G, 5, 1, 1)      x1, y1, x2, y2 in the image, label
    bottom[2]  im_info: (1, 3)          height and width of the image in pixels, its scale
    top[0]     labels: (1, 1, A H, W)
    top[1]     changes: (1, 4 A, H, W)  to the box that overlaps most, the first of equals
    top[2]     inside weights: (1, 4 A, H, W)   rpn_bbox_inside_weights at objects, else 0
    top[3]     outside weights: (1, 4 A, H, W)  1 / (number of labels that count), or as
                                                rpn_positive_weight says

    Anchors that reach beyond the image by no more than rpn_allowed_border count: as objects where
    they overlap a box by rpn_positive_overlap, or no other does more; as none below
    rpn_negative_overlap. rpn_batchsize of them are drawn, at most rpn_fg_fraction of them objects.

    The numbers are those of the fork's voc_config.json, unless `config` of window_data_param names
    a file like it, here or in the net's FrcnnRoiData.

    Proto: WindowDataParameter.  Caffe: frcnn_anchor_target_layer.cpp of D-X-Y/caffe-faster-rcnn.
    """

    formula = "labels of anchors, changes to their boxes, weights of both"

    min_bottom_blobs = 3
    max_bottom_blobs = 4
    exact_num_top_blobs = 4

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._settings = training_of(self)
        self._kinds = np.array(self._settings.anchors, self.dtype).reshape(-1, 4)
        weight = self._settings.rpn_positive_weight
        if not (weight < 0 or 0 < weight < 1):
            raise self.error(
                "ilegal rpn_positive_weight", expected="below 0, or between 0 and 1", got=weight
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[0] != 1:
            raise self.error(
                "only single item batches are supported",
                expected="scores of shape (1, C, H, W)",
                got=f"shape {shape}",
            )
        check_rows(self, bottom[1], 1, (5,), "boxes and their labels")
        if bottom[2].count() < 3:
            raise self.error(
                "bottom[2] says too little of the image",
                expected="height, width and scale",
                got=f"shape {bottom[2].shape}",
            )
        count, (height, width) = len(self._kinds), shape[2:]
        top[0].reshape((1, 1, count * height, width))
        for blob in top[1:]:
            blob.reshape((1, 4 * count, height, width))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        image = bottom[2].data.reshape(-1)[:2]
        truth = rows_of(bottom[1])[:, :4]
        size, stride = bottom[0].shape[2:], (self._settings.feat_stride,) * 2
        anchors = placed(self._kinds, size, stride).reshape(-1, 4)
        self._check_truth(truth, image)
        inside = self._inside(anchors, image)
        common = overlaps(anchors[inside], truth, border=1)
        labels = self._labels(common)
        self._draw(labels)
        changes = np.zeros((len(inside), 4), self.dtype)
        if len(truth):
            changes = changes_to(anchors[inside], truth[common.argmax(axis=1)])
        weights = np.array(self._settings.rpn_bbox_inside_weights, self.dtype)
        inside_weights = np.where(labels[:, None] == 1, weights, 0)
        outside_weights = self._outside_weights(labels)[:, None].repeat(4, axis=1)
        for blob, values, rest in (
            (top[0], labels[:, None], -1),
            (top[1], changes, 0),
            (top[2], inside_weights, 0),
            (top[3], outside_weights, 0),
        ):
            rows = np.full((len(anchors), values.shape[1]), rest, self.dtype)
            rows[inside] = values
            blob.data[...] = rows.reshape(*size, -1).transpose(2, 0, 1).reshape(blob.shape)

    def _check_truth(self, truth: Array, image: Array) -> None:
        limits = np.array([image[1], image[0]], truth.dtype)
        inside = (truth[:, :2] >= 0).all(axis=1) & (truth[:, 2:] <= limits).all(axis=1)
        if not inside.all():
            raise self.error(
                "a box is not within the image",
                expected=f"x and y from 0 to {image[1]:g} and {image[0]:g}",
                got=f"{truth[int(inside.argmin())]} in row {int(inside.argmin())} of bottom[1]",
            )

    def _inside(self, anchors: Array, image: Array) -> IntArray:
        border = np.float32(self._settings.rpn_allowed_border)
        ends = np.array([image[1], image[0]], self.dtype) + border
        found = np.flatnonzero(
            (anchors[:, :2] >= -border).all(axis=1) & (anchors[:, 2:] < ends).all(axis=1)
        )
        if not len(found):
            raise self.error(
                "no anchor lies within the image",
                expected="a larger image, smaller anchors or a larger rpn_allowed_border",
                got=f"an image of {image[0]:g} by {image[1]:g} pixels",
            )
        return found

    def _labels(self, common: Array) -> Array:
        """Labels of the anchors that count, (n,), from their overlaps with each box, (n, G)."""
        settings = self._settings
        low, high = (
            np.array(np.float32(value)).astype(self.dtype)
            for value in (settings.rpn_negative_overlap, settings.rpn_positive_overlap)
        )
        most = common.max(axis=1, initial=-1)
        labels = np.full(len(common), -1, self.dtype)
        is_none = most < low
        if not settings.rpn_clobber_positives:
            labels[is_none] = 0
        labels[(common == common.max(axis=0)).any(axis=1)] = 1
        labels[most >= high] = 1
        if settings.rpn_clobber_positives:
            labels[is_none] = 0
        return labels

    def _draw(self, labels: Array) -> None:
        """Make labels of no account where there are too many of a kind."""
        size = self._settings.rpn_batchsize
        objects = int(np.float32(self._settings.rpn_fg_fraction) * np.float32(size))
        for label in (1, 0):
            most = objects if label else size - int((labels == 1).sum())
            found = np.flatnonzero(labels == label)
            dropped = self.rng.permutation(found)[: max(len(found) - most, 0)]
            labels[dropped] = -1

    def _outside_weights(self, labels: Array) -> Array:
        """(n,): 0 where a label is of no account."""
        objects, others = int((labels == 1).sum()), int((labels == 0).sum())
        weight = self._settings.rpn_positive_weight
        of_object = of_other = 1 / max(objects + others, 1)
        if weight >= 0:
            of_object, of_other = weight / max(objects, 1), (1 - weight) / max(others, 1)
        return np.where(labels == 1, of_object, np.where(labels == 0, of_other, 0))
