"""ProposalTargetLayer of RRPN: which turned regions a detector learns from, and what of each.

Caffe: rotation/rproposal_target_layer.py of RRPN (mjq11302010044/RRPN).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import LayerError, explain
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, rows_of, who, without_gradient, wrong
from blobnet.python_layers._param_str import settings_of, whole
from blobnet.python_layers._sampling import check_classes, most_objects
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.python_layers.rotation._turned import (
    all_overlaps,
    angles_between,
    turned_changes_to,
)
from blobnet.types import Array, IntArray

_WHO = "ProposalTargetLayer"


class ProposalTargetLayer(PythonLayer):
    """Turned regions drawn from those of the RPN and from the boxes themselves, with labels.

    bottom[0]  regions: (n, 6)    0, then x, y, height, width, angle in degrees against the clock
    bottom[1]  truth: (G, 6)      x, y, height, width, angle, label
    top[0]     regions: (R, 6)    those of objects first
    top[1]     labels: (R,)       of the box that it overlaps most; 0 for no object
    top[2]     changes: (R, 5K)   to that box, in the columns of its class, else 0
    top[3]     inside weights: (R, 5K)   RBBOX_INSIDE_WEIGHTS in these columns, else 0
    top[4]     outside weights: (R, 5K)  1 where those are above 0, else 0

    BATCH_SIZE regions are drawn, at most FG_FRACTION of them objects: FG_THRESH and more of
    overlap, at an angle of R_POSITIVE_ANGLE_FILTER degrees at most. The others overlap from
    BG_THRESH_LO to below BG_THRESH_HI, or are turned from their box by more than
    R_NEGATIVE_ANGLE_FILTER. Of boxes that overlap a region equally, the first counts.

    param_str: num_classes, with that of no object (K), and the settings of `fast_rcnn/config.py`.
    There is no gradient.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 5)
        settings = settings_of(self.param_str, _WHO)
        self._classes = whole(settings, "num_classes", _WHO, least=2, default=0)
        check_classes(self._classes, _WHO)
        self._settings = changed(cfg.TRAIN, settings, ("num_classes",), _WHO)
        if self._settings.BATCH_SIZE < 1:
            raise wrong(self, "BATCH_SIZE", expected="1 or more", got=self._settings.BATCH_SIZE)
        self._reshape(top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: how many regions there are, only forward tells."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        given = rows_of(self, bottom[0], 6).astype(np.float64)
        truth = rows_of(self, bottom[1], 6).astype(np.float64)
        if given[:, 0].any():
            raise wrong(self, "only one image at a time", expected="regions of image 0")
        regions = np.concatenate([given[:, 1:], truth[:, :5]])
        chosen, nearest, objects = self._chosen(regions, truth[:, :5])
        self._reshape(top, len(chosen))
        top[0].data[:, 0], top[0].data[:, 1:] = 0, regions[chosen]
        its = truth[nearest[:objects]]
        for blob in top[1:]:
            blob.data[...] = 0
        top[1].data[:objects] = its[:, 5]
        changes = turned_changes_to(regions[chosen[:objects]], its[:, :5])
        if self._settings.BBOX_NORMALIZE_TARGETS_PRECOMPUTED:
            changes -= self._settings.RBBOX_NORMALIZE_MEANS
            changes /= self._settings.RBBOX_NORMALIZE_STDS
        self._write(top, its[:, 5], changes)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _reshape(self, top: Blobs, count: int) -> None:
        top[0].reshape(count, 6)
        top[1].reshape(count)
        for blob in top[2:]:
            blob.reshape(count, 5 * self._classes)

    def _chosen(self, regions: Array, boxes: Array) -> tuple[IntArray, IntArray, int]:
        """Which regions, the box that each overlaps most, and how many are objects."""
        settings = self._settings
        nearest, most, gap = np.zeros(len(regions), np.int64), *np.zeros((2, len(regions)))
        if len(boxes):
            common, rows = all_overlaps(regions, boxes), np.arange(len(regions))
            nearest = common.argmax(axis=1)
            most, gap = common[rows, nearest], angles_between(regions, boxes)[rows, nearest]
        is_near = most >= settings.FG_THRESH
        is_object = is_near & (gap <= settings.R_POSITIVE_ANGLE_FILTER)
        is_other = (most < settings.BG_THRESH_HI) & (most >= (settings.BG_THRESH_LO or 0.0))
        is_other |= is_near & (gap > settings.R_NEGATIVE_ANGLE_FILTER)
        limit = most_objects(settings, settings.BATCH_SIZE)
        objects = self.rng.permutation(np.flatnonzero(is_object))[:limit]
        others = self.rng.permutation(np.flatnonzero(is_other))
        chosen = np.concatenate([objects, others[: settings.BATCH_SIZE - len(objects)]])
        return chosen, nearest[chosen], len(objects)

    def _write(self, top: Blobs, labels: Array, changes: Array) -> None:
        """Changes and weights into the columns of their classes, in the first rows."""
        is_object, classes = labels > 0, labels.astype(np.int64)
        if len(labels) and not (labels.min() >= 0 and labels.max() < self._classes):
            expected = f"labels from 0 to {self._classes - 1}, since num_classes is {self._classes}"
            got = f"{labels.min():g} to {labels.max():g}"
            raise LayerError(
                explain(f"{who(self)}: a label of no class", expected=expected, got=got)
            )
        weights = np.array(self._settings.RBBOX_INSIDE_WEIGHTS)
        rows = np.flatnonzero(is_object)
        for blob, values in zip(top[2:], (changes[rows], weights, weights > 0), strict=True):
            columns = blob.data.reshape(-1, self._classes, 5)
            columns[rows, classes[rows]] = values
