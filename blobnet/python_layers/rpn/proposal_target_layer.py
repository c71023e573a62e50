"""ProposalTargetLayer of Faster R-CNN: which regions a detector learns from, and what of each.

Caffe: rpn/proposal_target_layer.py of Faster R-CNN (rbgirshick/py-faster-rcnn), of R-FCN
(YuwenXiong/py-R-FCN), of bottom-up attention (peteanderson80/bottom-up-attention), of FPN
(unsky/FPN) and of R-C3D (VisionLearningGroup/R-C3D).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.detection.boxes import overlaps
from blobnet.python_layers._boxes import changes_to
from blobnet.python_layers._checks import check_count, rows_of, who, without_gradient, wrong
from blobnet.python_layers._param_str import number, settings_of, whole
from blobnet.python_layers._pyramid import by_level, split_rows, write_levels
from blobnet.python_layers._sampling import (
    box_targets,
    check_classes,
    drawn,
    most_objects,
    normalized,
)
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.python_layers.tdcnn._windows import as_boxes
from blobnet.python_layers.tdcnn.config import cfg as twin_cfg
from blobnet.types import Array, IntArray

_WHO = "ProposalTargetLayer"
_ATTRIBUTES = 16  # of a box
_KNOWN = ("num_classes", "num_attr_classes", "num_rel_classes", "ignore_label", "use_attr_labels")


class Sample(NamedTuple):
    """Regions that were drawn: (R, 4), labels (R,), changes (R, 4), their boxes (R,).

    The first `objects` of them are objects.
    """

    regions: Array
    labels: Array
    changes: Array
    boxes: IntArray
    objects: int


class ProposalTargetLayer(PythonLayer):
    """Regions drawn from those of the RPN and from the boxes themselves, with their labels.

    bottom[0]  regions: (n, 5)        0, then x1, y1, x2, y2; further axes of size 1 will do
    bottom[1]  truth: (G, 5)          x1, y1, x2, y2, label; then 16 attributes and G relations,
                                      where they are asked for
    top[0]     regions: (R, 5, 1, 1)  those of objects first
    top[1]     labels: (R, 1, 1, 1)   of the box that it overlaps most; 0 for no object
    top[2]     changes: (R, 4K, 1, 1) to that box, in the columns of its class, else 0
    top[3]     inside weights: (R, 4K, 1, 1)   BBOX_INSIDE_WEIGHTS in these columns, else 0
    top[4]     outside weights: (R, 4K, 1, 1)  1 in these columns, else 0
    top[5]     attributes: (F, 16)    with num_attr_classes: of the objects' boxes, ignore_label
                                      where there is none; F is the largest number of objects
    top[next]  relations: (F * F, 1, 1, 1)     with num_rel_classes: of the first object to the
                                      first, to the second ...; as many pairs without a relation
                                      are 0 as there are with one, the others ignore_label

    BATCH_SIZE regions are drawn (-1: all), at most FG_FRACTION of them objects: FG_THRESH and more
    of overlap. The others overlap from BG_THRESH_LO to below BG_THRESH_HI. Of boxes that overlap a
    region equally, the first counts. Without a box no region is an object.

    All tops but the attributes have four axes, as in R-FCN and bottom-up attention, whose Eltwise
    needs them; losses and poolings take them, too, where py-faster-rcnn has (R, 5) and (R,).

    param_str: num_classes, with that of no object (K; 2 with labels above 1: one box for all
    classes, as in R-FCN); num_attr_classes, num_rel_classes (0), ignore_label (-1); and the
    settings of `fast_rcnn/config.py`. There is no gradient.

    With more than 2 bottoms it is FPN's, a PyramidProposalTargetLayer.

    With regions (n, 3) it is R-C3D's: 0, then the first and the last frame; truth is (G, 3) and
    the tops have 3, 1 and 2K columns. The settings are those of `tdcnn/config.py`.
    """

    def __new__(cls, layer_param: Any) -> ProposalTargetLayer:
        return object.__new__(PyramidProposalTargetLayer if len(layer_param.bottom) > 2 else cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings = settings_of(self.param_str, _WHO)
        self._classes = whole(settings, "num_classes", _WHO, least=2, default=0)
        check_classes(self._classes, _WHO)
        self._is_of_time = len(bottom[0].shape) > 1 and bottom[0].shape[1] == 3
        self._has_attributes = whole(settings, "num_attr_classes", _WHO, least=0, default=0) > 0
        self._has_relations = whole(settings, "num_rel_classes", _WHO, least=0, default=0) > 0
        self._ignore = number(settings, "ignore_label", -1, _WHO)
        base = twin_cfg.TRAIN if self._is_of_time else cfg.TRAIN
        self._settings = changed(base, settings, _KNOWN, _WHO)
        self._lowest = self._settings.BG_THRESH_LO or 0.0
        check_count(self, bottom, 2, top, 5 + self._has_attributes + self._has_relations)
        self._reshape(top, max(1, self._settings.BATCH_SIZE))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: how many regions there are, only forward tells."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        truth = self._truth(bottom[1])
        sample = self._sample(self._candidates(bottom[0], truth), truth)
        self._reshape(top, len(sample.regions), sample.objects)
        top[0].data[:, 0] = 0
        top[0].data[:, 1:, 0, 0] = sample.regions[:, ::2] if self._is_of_time else sample.regions
        top[1].data[:, 0, 0, 0] = sample.labels
        for blob, values in zip(top[2:], self._targets(sample), strict=False):
            blob.data[...] = 0
            blob.data[:, : values.shape[1], 0, 0] = values
        its = sample.boxes[: sample.objects]
        if self._has_attributes:
            self._write_attributes(truth[its, 5 : 5 + _ATTRIBUTES], top[5])
        if self._has_relations:
            self._write_relations(truth[:, 5 + _ATTRIBUTES :], its, top[-1])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _reshape(self, top: Blobs, regions: int, objects: int = 1) -> None:
        sides = 2 if self._is_of_time else 4
        columns = 1 + sides, 1, *[sides * self._classes] * 3
        for blob, its in zip(top, columns, strict=False):
            blob.reshape(regions, its, 1, 1)
        most = most_objects(self._settings, self._settings.BATCH_SIZE)
        most = objects if most is None else most
        if self._has_attributes:
            top[5].reshape(most, _ATTRIBUTES)
        if self._has_relations:
            top[-1].reshape(most * most, 1, 1, 1)

    def _truth(self, blob: Blob) -> Array:
        """(G, 5) and more: boxes, labels, attributes, relations."""
        if self._is_of_time:
            rows = rows_of(self, blob, 3, more=True).astype(np.float64)
            return np.concatenate([as_boxes(rows[:, :2]), rows[:, 2:]], axis=1)
        columns = 5 + _ATTRIBUTES if self._has_attributes or self._has_relations else 5
        return rows_of(self, blob, columns, more=True).astype(np.float64)

    def _candidates(self, blob: Blob, truth: Array) -> Array:
        """The boxes of the RPN, then those of the objects."""
        regions = rows_of(self, blob, 3 if self._is_of_time else 5).astype(np.float64)
        if not (regions[:, 0] == 0).all():
            got = f"a region of image {regions[regions[:, 0] != 0][0, 0]:g}"
            raise wrong(self, "only one image at a time", expected="regions of image 0", got=got)
        boxes = as_boxes(regions[:, 1:]) if self._is_of_time else regions[:, 1:]
        return np.concatenate([boxes, truth[:, :4]])

    def _sample(self, regions: Array, truth: Array) -> Sample:
        most, nearest = _nearest(regions, truth[:, :4])
        size = self._settings.BATCH_SIZE
        chosen, objects = drawn(most, self._settings, size, self._lowest, self.rng)
        regions, boxes = regions[chosen], nearest[chosen]
        labels = np.zeros(len(chosen))
        labels[:objects] = truth[boxes[:objects], 4]
        changes = np.zeros((len(chosen), 4))
        is_object = labels > 0
        changes[is_object] = changes_to(regions[is_object], truth[boxes[is_object], :4])
        return Sample(regions, labels, normalized(changes, self._settings), boxes, objects)

    def _targets(self, sample: Sample) -> tuple[Array, Array, Array]:
        """Changes in their columns, inside and outside weights."""
        classes = 2 if self._settings.AGNOSTIC else self._classes
        found = box_targets(sample.labels, sample.changes, classes, self._settings, who(self))
        changes, weights = found.changes, found.inside_weights
        if self._is_of_time:
            changes, weights = changes[:, ::2], weights[:, ::2]
        return changes, weights, weights > 0

    def _write_attributes(self, attributes: Array, blob: Blob) -> None:
        blob.data[...] = self._ignore
        blob.data[: len(attributes)] = attributes
        rest = blob.data[:, 1:]
        rest[rest == 0] = self._ignore

    def _write_relations(self, relations: Array, boxes: IntArray, blob: Blob) -> None:
        if relations.shape[1] != len(relations):
            raise wrong(
                self,
                "truth has no relations",
                expected=f"{len(relations)} columns behind the attributes, one for each box",
                got=relations.shape[1],
            )
        its = relations[np.ix_(boxes, boxes)].reshape(-1)
        unrelated = np.flatnonzero(its == 0)
        related = len(its) - len(unrelated)
        its[unrelated] = self._ignore
        size = min(related, len(unrelated))
        its[self.rng.choice(unrelated, size=size, replace=False)] = 0
        blob.data[...] = self._ignore
        most = int(np.sqrt(blob.shape[0]))
        pairs = blob.data.reshape(most, most)
        pairs[: len(boxes), : len(boxes)] = its.reshape(len(boxes), len(boxes))


class PyramidProposalTargetLayer(ProposalTargetLayer):
    """FPN's: as ProposalTargetLayer, with a list of regions for each level of a pyramid.

    bottom[0]      regions: (n, 5)
    bottom[1]      truth: (G, 5)
    bottom[2]      data: the image        not read
    top[l]         regions: (R, 5)        of L levels, the first of places that are 4 pixels apart
    top[L]         labels: (L R,)         level by level
    top[L + 1]     changes: (L R, 4K)
    top[L + 2]     inside weights: (L R, 4K)
    top[L + 3]     outside weights: (L R, 4K)

    R is BATCH_SIZE for each level: behind the regions of a level stand zeros with the label -1.
    A region of 224 by 224 pixels belongs to the third level, one of twice the side to the fourth.
    """

    _is_of_time = False
    fills_up = True
    """Whether all levels have as many rows; else a level has 4 of zeros where it has no region."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings = settings_of(self.param_str, _WHO)
        self._classes = whole(settings, "num_classes", _WHO, least=2, default=0)
        check_classes(self._classes, _WHO)
        self._settings = changed(cfg.TRAIN, settings, ("num_classes",), _WHO)
        self._lowest = self._settings.BG_THRESH_LO or 0.0
        check_count(self, bottom, (2, 3), top, tuple(range(5, 12)))
        if self.fills_up and self._settings.BATCH_SIZE < 1:
            raise wrong(self, "BATCH_SIZE", expected="1 or more", got=self._settings.BATCH_SIZE)
        levels, channels = len(top) - 4, 4 * self._classes
        for blob in top[:levels]:
            blob.reshape(1, 5)
        top[levels].reshape(levels)
        for blob in top[levels + 1 :]:
            blob.reshape(levels, channels)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        truth = rows_of(self, bottom[1], 5, more=True).astype(np.float64)
        sample = self._sample(self._candidates(bottom[0], truth), truth)
        levels = len(top) - 4
        places = by_level(sample.regions, levels)
        size = self._settings.BATCH_SIZE if self.fills_up else None
        rows = np.concatenate([np.zeros((len(sample.regions), 1)), sample.regions], axis=1)
        write_levels(top[:levels], split_rows(rows, places, size))
        labels = np.concatenate(split_rows(sample.labels, places, size, fill=-1))
        targets = [np.concatenate(split_rows(v, places, size)) for v in self._targets(sample)]
        write_levels(top[levels:], [labels, *targets])


def _nearest(regions: Array, boxes: Array) -> tuple[Array, IntArray]:
    """How much each region overlaps the box that it overlaps most, and which that is."""
    if not len(boxes):
        return np.zeros(len(regions)), np.zeros(len(regions), np.int64)
    common = overlaps(regions, boxes, border=1)
    nearest: IntArray = common.argmax(axis=1)
    most: Array = common[np.arange(len(regions)), nearest]
    return most, nearest
