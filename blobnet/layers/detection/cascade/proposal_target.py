"""ProposalTarget: regions to learn from, with what is to be learned of each."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._box_codes import read_normalization
from blobnet.layers.detection.cascade._chooser import (
    Chooser,
    check_rows,
    numbers_below,
    rows_of,
)
from blobnet.layers.detection.cascade._sampling import (
    NO_OBJECT,
    Matches,
    Objects,
    choose,
    draw_background,
    match,
    read_objects,
)
from blobnet.types import Array, IntArray

_OF_MSCNN = 7
"""Columns of its objects; Cascade R-CNN's have one more, which says whether they are difficult."""


@register_layer("ProposalTarget")
class ProposalTarget(Chooser):
    """Chooses from regions and true boxes, and compares the former with the latter.

    bottom[0]  regions: (P, 5)   [image, x1, y1, x2, y2]; all bottoms may have further axes of 1
    bottom[1]  objects: (G, 7)   [image, x1, y1, x2, y2, label, ignored]; Cascade R-CNN's have 8
    top[0]     regions: (R, 5, 1, 1)       those of objects first, then those of background
    top[1]     labels: (R, 1, 1, 1)        0 for background
    top[2]     targets: (R, 4 * C, 1, 1)   x, y, width, height in the columns of the label; C is
                                           `cls_num`, 2 with `cls_aware: false`. 0 in all others
    top[3]     inside weights, as targets: 1 where a target is, 0 elsewhere
    top[4]     outside weights: the same
    top[5]     matches: (R, 6, 1, 1)       [label, x1, y1, x2, y2, overlap] of the object, or 0
    top[6]     sample weights: (R, 1, 1, 1), optional: by which objects have a share of
               `fg_fraction`; with `iou_weighted` they have their overlap first

    How regions are chosen, `_sampling.choose` says; true boxes are among them, unless
    `append_gtbox` is false. MS-CNN draws boxes of background, in `img_width` by `img_height`, until
    there are `batch_size` regions; Cascade R-CNN one, and only where there would be none at all.
    In Cascade R-CNN targets have weights where the overlap is from `bbox_thr_lw` to `bbox_thr_hg`.

    Proto: ProposalTargetParameter, BBoxRegParameter.  Caffe: proposal_target_layer.cpp of MS-CNN
    (zhaoweicai/mscnn) and of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "regions with their labels, distances from their objects, and weights"

    exact_num_bottom_blobs = 2
    min_top_blobs = 6
    max_top_blobs = 7

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.proposal_target_param
        has_classes = self.layer_param_.bbox_reg_param.cls_aware
        self._normalization = read_normalization(self)
        self._classes = param.cls_num if has_classes else None
        if has_classes and param.cls_num < 2:
            raise self.error(
                "cls_num is the number of classes, with the background",
                expected="2 at least",
                got=param.cls_num,
            )
        if param.batch_size != -1 and param.batch_size < 1:
            raise self.error("batch_size must be > 0, or -1 for all regions", got=param.batch_size)
        if not param.fg_thr >= param.bg_thr_hg:
            raise self.error(
                "a region cannot be of an object and of background",
                expected="fg_thr >= bg_thr_hg",
                got=f"{param.fg_thr:g} and {param.bg_thr_hg:g}",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_rows(self, bottom[0], 0, (5,), "regions")
        check_rows(self, bottom[1], 1, (7, 8), "objects")
        size = self.layer_param_.proposal_target_param.batch_size
        size = max(bottom[0].shape[0], 1) if size == -1 else size
        self.give_first_shapes(top, *self._shapes(size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.proposal_target_param
        regions, most = rows_of(bottom[0]), param.num_img_per_batch
        numbers_below(self, regions[:, 0], most, "an image's number in bottom[0]")
        objects = read_objects(self, rows_of(bottom[1]), most, self._classes)
        if param.append_gtbox:
            own = np.column_stack([objects.image.astype(self.dtype), objects.box])
            regions = np.concatenate([regions, own])
        matches = match(regions[:, 0].astype(np.int64), regions[:, 1:], objects)
        choice = choose(matches, objects.is_ignored, param, self.rng)
        missing = choice.missing
        if bottom[1].count(1) != _OF_MSCNN:
            missing = 0 if len(choice.objects) or len(choice.background) else 1
        chosen = np.concatenate([choice.objects, choice.background])
        learned = len(choice.objects)
        its = [regions[chosen], matches.which[chosen], matches.overlap[chosen]]
        if missing:
            its[0] = np.concatenate([its[0], draw_background(self, missing, objects, param)])
            its[1] = np.concatenate([its[1], np.full(missing, NO_OBJECT)])
            its[2] = np.concatenate([its[2], np.zeros(missing, self.dtype)])
        for blob, shape in zip(top, self._shapes(len(its[0])), strict=False):
            blob.reshape(shape)
            blob.data[...] = 0
        rows_of(top[0])[...] = its[0]
        if learned:
            its = [part[:learned] for part in its]
            self._write_objects(top, its[0], Matches(its[1], its[2]), objects)
        if len(top) > 6:
            self._write_weights(top[6].data.reshape(-1), rows_of(top[5])[:, 5], learned)

    def _shapes(self, size: int) -> list[tuple[int, ...]]:
        deltas = 4 * (self._classes or 2)
        return [(size, columns, 1, 1) for columns in (5, 1, deltas, deltas, deltas, 6, 1)]

    def _write_objects(
        self, top: Blobs, regions: Array, matches: Matches, objects: Objects
    ) -> None:
        """The rows of regions that hold an object, the first ones."""
        count = len(regions)
        labels, boxes = objects.label[matches.which], objects.box[matches.which]
        rows_of(top[1])[:count, 0] = labels
        found = rows_of(top[5])[:count]
        found[:, 0], found[:, 1:5], found[:, 5] = labels, boxes, matches.overlap
        classes = labels.astype(np.int64) if self._classes else np.ones(count, np.int64)
        _write_columns(top[2], classes, self._distances(regions[:, 1:], boxes))
        param = self.layer_param_.proposal_target_param
        low, high = np.array([param.bbox_thr_lw, param.bbox_thr_hg], self.dtype)
        has_weight = (matches.overlap >= low) & (matches.overlap <= high)
        for blob in top[3:5]:
            _write_columns(blob, classes, has_weight[:, None])

    def _distances(self, regions: Array, boxes: Array) -> Array:
        one, half = regions.dtype.type(1), regions.dtype.type(0.5)
        size, its_size = (each[:, 2:] - each[:, :2] + one for each in (regions, boxes))
        apart = boxes[:, :2] + half * its_size - (regions[:, :2] + half * size)
        deltas = np.concatenate([apart / size, np.log(its_size / size)], axis=1)
        return self._normalization.done(deltas, 1)

    def _write_weights(self, weights: Array, overlap: Array, learned: int) -> None:
        param = self.layer_param_.proposal_target_param
        weights[...] = 1
        if param.iou_weighted:
            weights[:learned] = overlap[:learned]
        parts = weights[:learned], weights[learned:]
        objects, ground = (part.sum() for part in parts)
        if objects:
            parts[0][...] *= param.fg_fraction * len(weights) / objects
            if ground:
                parts[1][...] *= (1 - param.fg_fraction) * len(weights) / ground


def _write_columns(top: Blob, classes: IntArray, values: Array) -> None:
    """Write the four columns of its class in each of the first rows."""
    rows = rows_of(top)[: len(classes)].reshape(len(classes), -1, 4)
    rows[np.arange(len(classes)), classes] = values
