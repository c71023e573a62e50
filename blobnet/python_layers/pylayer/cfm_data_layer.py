"""CFMDataLayer of MNC: images with masks that were proposed, from a list of Python's.

Dai et al., CVPR 2015.  Caffe: pylayer/cfm_data_layer.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.python_layers._boxes import changes_to
from blobnet.python_layers._checks import check_count, naming, who, wrong
from blobnet.python_layers._param_str import settings_of, whole
from blobnet.python_layers._sampling import box_targets, check_classes
from blobnet.python_layers.fast_rcnn.config import changed
from blobnet.python_layers.mnc_config import cfg
from blobnet.python_layers.pylayer._masks import resized
from blobnet.python_layers.pylayer._proposals import Proposals, noise_item
from blobnet.python_layers.pylayer._sampling import drawn_of_ranges
from blobnet.python_layers.roi_data_layer._entries import Entry
from blobnet.python_layers.roi_data_layer.layer import RoIDataLayer
from blobnet.types import Array


class CFMDataLayer(RoIDataLayer):
    """IMS_PER_BATCH images in any order, each scaled to one of SCALES pixels, with R proposals.

    top[0]  data: (N, 3, H, W)            blue first, less the mean
    top[1]  rois: (R, 5)                  number of the image, box in data; those of objects first
    top[2]  masks: (R, 1, M, M)           of the proposals, M is CFM_INPUT_MASK_SIZE
    top[3]  box_labels: (R, 1)            0 for no object
    top[4]  mask_labels: (R, 1)           0 where the masks overlap less than FG_SEG_THRESH, too
    top[5]  bbox_targets: (R, 4K)
    top[6]  mask_targets: (R, 1, S, S)
    top[7], [8]  inside and outside weights: (R, 4K)
    top[9]  mask_weight: (R, 1, S, S)     1 for objects, else 0

    `set_roidb(roidb)` gives the images: dicts with `image`, `flipped` (MNC's Flip), and for P
    proposals, of which those of the objects come first, `boxes` (P, 4), `masks` (P, h, w),
    `mask_targets` (P, S, S), `det_overlap`, `seg_overlap` and `output_label` (P,), `gt_assignment`
    (P,), the object of each, and `gt_classes`, the objects' labels. Proposals are drawn, the shares
    FRACTION_SAMPLE from the ranges of det_overlap THRESH_LO_SAMPLE to THRESH_HI_SAMPLE; objects are
    those from FG_DET_THRESH on. `set_normalization(means, stds)`, (K, 4) both, makes changes of
    objects less their class's mean, by its deviation.

    param_str: num_classes (K), and the settings of `mnc_config.py`, where MASK_SIZE is S.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, 10)
        settings = settings_of(self.param_str, who(self))
        self._classes = whole(settings, "num_classes", who(self), least=2, default=0)
        check_classes(self._classes, who(self))
        self._settings = self._train = changed(cfg.TRAIN, settings, ("num_classes",), who(self))
        self._means, self._side = cfg.PIXEL_MEANS, cfg.MASK_SIZE
        self._has_rpn, self._images = False, self._train.IMS_PER_BATCH
        self._normalization = np.zeros((self._classes, 4)), np.ones((self._classes, 4))
        self._begin(top)
        mask, side = (1, self._train.CFM_INPUT_MASK_SIZE), (1, self._side)
        columns = 4 * self._classes
        shapes = (1, 5), (1, 1, *mask[1:] * 2), (1, 1), (1, 1), (1, columns), (1, 1, *side[1:] * 2)
        for blob, shape in zip(top[1:7], shapes, strict=True):
            blob.reshape(*shape)
        for blob, shape in zip(top[7:], (shapes[4], shapes[4], shapes[5]), strict=True):
            blob.reshape(*shape)

    def set_roidb(self, roidb: Sequence[Mapping[str, Any]]) -> None:
        """Take images from this list from now on. Raises LayerError for what is no such list."""
        with naming(self):
            self._proposals = [
                Proposals.of(item, index, self._side) for index, item in enumerate(roidb)
            ]
            super().set_roidb([proposals.item for proposals in self._proposals])

    def set_normalization(self, means: Any, stds: Any) -> None:
        """What changes are normalized by, (K, 4) both. Raises LayerError for another shape."""
        found = np.array(means, np.float64), np.array(stds, np.float64)
        shape = (self._classes, 4)
        if any(values.shape != shape for values in found) or not (found[1] > 0).all():
            got = f"shapes {found[0].shape} and {found[1].shape}"
            expected = f"shape {shape}, deviations above 0"
            raise wrong(self, "means and deviations of changes", expected=expected, got=got)
        self._normalization = found

    def _write_regions(self, entries: list[Entry], scales: list[float], top: Blobs) -> None:
        parts = []
        for number, (entry, scale) in enumerate(zip(entries, scales, strict=True)):
            parts.append(self._drawn_proposals(self._proposals_of(entry), number, scale))
        for blob, values in zip(top[1:], zip(*parts, strict=True), strict=True):
            together = np.concatenate(values)
            blob.reshape(*together.shape)
            blob.data[...] = together

    def _proposals_of(self, entry: Entry) -> Proposals:
        if entry is self._noise:
            return Proposals.of(noise_item(entry.boxes, self._side), 0, self._side)
        place = next(index for index, other in enumerate(self._entries) if other is entry)
        return self._proposals[place]

    def _drawn_proposals(self, its: Proposals, number: int, scale: float) -> tuple[Array, ...]:
        """What tops 1 to 9 hold of an image."""
        train = self._train
        ranges = train.FRACTION_SAMPLE, train.THRESH_LO_SAMPLE, train.THRESH_HI_SAMPLE
        count = train.BATCH_SIZE // self._images
        chosen = drawn_of_ranges(its.det_overlap, count, *ranges, self.rng)
        is_object = its.det_overlap[chosen] >= train.FG_DET_THRESH
        chosen = chosen[np.argsort(~is_object, kind="stable")]
        objects = int(is_object.sum())
        labels = its.labels[chosen].copy()
        labels[objects:] = 0
        mask_labels = np.where(its.seg_overlap[chosen] < train.FG_SEG_THRESH, 0, labels)
        boxes = its.boxes[chosen] * scale
        changes = changes_to(boxes, its.boxes[its.assignment[chosen]] * scale)
        means, stds = self._normalization
        kinds = its.classes[its.assignment[chosen]].astype(np.int64)
        if len(kinds) and not 0 <= kinds.min() <= kinds.max() < self._classes:
            expected = f"labels below {self._classes}, since num_classes is {self._classes}"
            raise DataError(explain("gt_classes", expected=expected, got=kinds.max()))
        changes[:objects] = ((changes - means[kinds]) / stds[kinds])[:objects]
        found = box_targets(labels, changes, self._classes, train, who(self))
        side = train.CFM_INPUT_MASK_SIZE
        shown = [resized(mask, side, side) >= cfg.BINARIZE_THRESH for mask in its.masks[chosen]]
        targets = its.mask_targets[chosen][:, None]
        weights = np.zeros(targets.shape)
        weights[:objects] = 1
        rois = np.concatenate([np.full((len(boxes), 1), number), boxes], axis=1)
        masks = np.array(shown, float).reshape(-1, 1, side, side)
        columns = labels[:, None], mask_labels[:, None]
        outside = (found.inside_weights > 0).astype(float)
        return rois, masks, *columns, found.changes, targets, *found[1:], outside, weights
