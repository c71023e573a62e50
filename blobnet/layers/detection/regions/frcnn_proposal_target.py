"""FrcnnProposalTarget: regions to learn from, as Faster R-CNN in C++ draws them."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._chooser import Chooser, check_rows, numbers_below, rows_of
from blobnet.layers.detection.regions._frcnn_training import training_of
from blobnet.ops.detection.box_changes import changes_to
from blobnet.ops.detection.boxes import overlaps
from blobnet.types import Array, IntArray


@register_layer("FrcnnProposalTarget")
class FrcnnProposalTarget(Chooser):
    """Regions drawn from those of the RPN and from the boxes themselves, with their labels.

    bottom[0]  regions: (n, 5, 1, 1)  0, then x1, y1, x2, y2
    bottom[1]  truth: (G, 5, 1, 1)    x1, y1, x2, y2, label from 1 on
    top[0]     regions: (R, 5, 1, 1)  those of objects first
    top[1]     labels: (R, 1, 1, 1)   of the box that it overlaps most, the last of equals; 0 for
                                      no object
    top[2]     changes: (R, 4 K, 1, 1)  to that box, in the columns of its class, else 0
    top[3]     inside weights: (R, 4 K, 1, 1)   bbox_inside_weights in these columns, else 0
    top[4]     outside weights: (R, 4 K, 1, 1)  1 where those are above 0, else 0

    batch_size regions are drawn, at most fg_fraction of them objects: fg_thresh and more of
    overlap. The others overlap from bg_thresh_lo to below bg_thresh_hi. Changes are less
    bbox_normalize_means, by bbox_normalize_stds, if bbox_normalize_targets. K is n_classes.

    The numbers are those of the fork's voc_config.json, unless `config` of window_data_param names
    a file like it, here or in the net's FrcnnRoiData.

    Proto: WindowDataParameter.  Caffe: frcnn_proposal_target_layer.cpp of D-X-Y/caffe-faster-rcnn.
    """

    formula = "regions with their labels, changes to their boxes, and weights"

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 5

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._settings = training_of(self)
        if self._settings.batch_size < 1:
            raise self.error("batch_size must be > 0", got=self._settings.batch_size)
        self.give_first_shapes(top, *self._shapes(1))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_rows(self, bottom[0], 0, (5,), "regions")
        check_rows(self, bottom[1], 1, (5,), "boxes and their labels")

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        given, truth = rows_of(bottom[0]), rows_of(bottom[1])
        if given[:, 0].any():
            raise self.error(
                "only single item batches are supported",
                expected="0 in the first column of bottom[0]",
                got=f"{given[given[:, 0].nonzero()[0][0], 0]:g}",
            )
        classes = self._settings.n_classes
        labels = numbers_below(self, truth[:, 4], classes, "a label in bottom[1]", least=1)
        regions = np.concatenate([given[:, 1:], truth[:, :4]])
        most, nearest = _nearest(regions, truth[:, :4])
        chosen, objects = self._chosen(most)
        for blob, shape in zip(top, self._shapes(len(chosen)), strict=True):
            blob.reshape(shape)
            blob.data[...] = 0
        rows_of(top[0])[:, 1:] = regions[chosen]
        its = nearest[chosen[:objects]]
        rows_of(top[1])[:objects, 0] = labels[its]
        changes = self._changes(regions[chosen[:objects]], truth[its, :4])
        weights = np.array(self._settings.bbox_inside_weights, self.dtype)
        for blob, values in zip(top[2:], (changes, weights, weights > 0), strict=True):
            columns = rows_of(blob).reshape(len(chosen), classes, 4)
            columns[np.arange(objects), labels[its]] = values

    def _shapes(self, count: int) -> list[tuple[int, ...]]:
        numbers = 4 * self._settings.n_classes
        return [(count, columns, 1, 1) for columns in (5, 1, numbers, numbers, numbers)]

    def _chosen(self, most: Array) -> tuple[IntArray, int]:
        """Which regions, those of objects first, and how many these are."""
        settings = self._settings
        size = int(settings.batch_size)
        low, high, least = (
            self.dtype.type(np.float32(value))
            for value in (settings.bg_thresh_lo, settings.bg_thresh_hi, settings.fg_thresh)
        )
        limit = int(np.float32(size) * np.float32(settings.fg_fraction))
        objects = self.rng.permutation(np.flatnonzero(most >= least))[:limit]
        others = self.rng.permutation(np.flatnonzero((most >= low) & (most < high)))
        return np.concatenate([objects, others[: size - len(objects)]]), len(objects)

    def _changes(self, regions: Array, boxes: Array) -> Array:
        changes = changes_to(regions, boxes)
        if self._settings.bbox_normalize_targets:
            changes -= np.array(self._settings.bbox_normalize_means, self.dtype)
            changes /= np.array(self._settings.bbox_normalize_stds, self.dtype)
        return changes


def _nearest(regions: Array, boxes: Array) -> tuple[Array, IntArray]:
    """How much each region overlaps the box that it overlaps most, and which that is."""
    if not len(boxes):
        return np.zeros(len(regions), regions.dtype), np.zeros(len(regions), np.int64)
    common = overlaps(regions, boxes, border=1)[:, ::-1]
    nearest: IntArray = len(boxes) - 1 - common.argmax(axis=1)
    return common.max(axis=1), nearest
