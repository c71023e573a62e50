"""MultiBoxLoss: which prior boxes stand for which ground truth, and what they should predict."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.detection.ssd._priors import check_sizes
from blobnet.layers.detection.ssd._truths import Truths
from blobnet.ops.detection.box_codes import POLYGON, ROTATED, decode, encode
from blobnet.ops.detection.box_matching import UNMATCHED, match_boxes
from blobnet.ops.detection.rotated_boxes import rotated_from_polygons
from blobnet.proto import MultiBoxLossParameter
from blobnet.types import Array, IntArray

_SIDES = {
    4: (0, 1, 2, 3),
    4 + POLYGON: (0, 1, 2, 3, 0, 1, 2, 3, 2, 3, 2, 3),
    4 + ROTATED: (0, 1, 2, 3, 0, 1, 2, 3, 3),
}
"""Which side of its prior has to be inside of the image for each value to be learned."""


class Batch(NamedTuple):
    """What a forward pass works on.

    locations  (N, P, L, 4 or more)  for each of L classes, 1 where they share
    priors     (P, 4), or (N, P, 4) where RefineDet has moved them
    plain      (P, 4)  as PriorBox made them
    variances  (P, 4)
    """

    locations: Array
    priors: Array
    plain: Array
    variances: Array
    truths: Truths


class Matches(NamedTuple):
    """matched   (N, L, P): the row of `truths` that a prior stands for; UNMATCHED, IGNORED
    overlap   (N, P): its largest overlap with any truth, where classes share locations
    has_truth (N,): images that have any
    """

    matched: IntArray
    overlap: Array
    has_truth: Array

    def pairs(self) -> tuple[IntArray, IntArray, IntArray]:
        """Image, class and prior of each match, in this order."""
        image, label, prior = np.nonzero(self.matched > UNMATCHED)
        return image, label, prior


class Matching:
    """What MultiBoxLossParameter says of matches."""

    def __init__(self, param: MultiBoxLossParameter) -> None:
        self._param = param
        per_prediction = param.match_type == MultiBoxLossParameter.PER_PREDICTION
        self._threshold = param.overlap_threshold if per_prediction else None

    def find(self, batch: Batch) -> Matches:
        N, P, L, _ = batch.locations.shape
        matched = np.full((N, L, P), UNMATCHED, np.int64)
        overlap = np.zeros((N, P), np.float32)
        has_truth = np.zeros(N, np.bool_)
        for image in range(N):
            rows = np.flatnonzero(batch.truths.image == image)
            has_truth[image] = len(rows) > 0
            if len(rows):
                self._match_image(batch, image, rows, matched[image], overlap[image])
        return Matches(matched, overlap, has_truth)

    def _match_image(
        self, batch: Batch, image: int, rows: IntArray, matched: IntArray, overlap: Array
    ) -> None:
        """Write what one image's truths, these rows, are matched with."""
        if not self._param.use_prior_for_matching:
            self._match_predictions(batch, image, rows, matched, overlap)
            return
        priors = batch.priors[image] if batch.priors.ndim == 3 else batch.priors
        found, overlap[:] = self._match(priors, batch.truths.boxes[rows])
        if len(matched) == 1:
            matched[0] = found
        else:  # each class has the priors of its truths
            priors_found = np.flatnonzero(found > UNMATCHED)
            labels = batch.truths.label[rows[found[priors_found]]]
            matched[labels, priors_found] = found[priors_found]
        matched[matched > UNMATCHED] = rows[matched[matched > UNMATCHED]]

    def _match_predictions(
        self, batch: Batch, image: int, rows: IntArray, matched: IntArray, overlap: Array
    ) -> None:
        """Predicted boxes are matched instead of priors, class by class unless they share."""
        param = self._param
        for label in range(len(matched)):
            its = rows
            if len(matched) > 1:
                its = rows[batch.truths.label[rows] == label]
                if label == param.background_label_id:
                    continue
            boxes = decode(
                param.code_type,
                batch.plain,
                batch.variances,
                batch.locations[image, :, label, :4],
                in_target=param.encode_variance_in_target,
            )
            found, largest = self._match(boxes, batch.truths.boxes[its])
            if len(matched) == 1:
                overlap[:] = largest
            matched[label] = np.where(found > UNMATCHED, its[found] if len(its) else -1, found)

    def _match(self, boxes: Array, truths: Array) -> tuple[IntArray, Array]:
        return match_boxes(
            boxes.astype(np.float32),
            truths[:, :4].astype(np.float32),
            self._threshold,
            ignore_crossing=self._param.ignore_cross_boundary_bbox,
        )


def location_errors(
    layer: Layer, param: MultiBoxLossParameter, batch: Batch, matches: Matches
) -> Array:
    """What is predicted less what should be, (number of matches, 4 or more)."""
    image, label, prior = matches.pairs()
    code, in_target = param.code_type, param.encode_variance_in_target
    truths = batch.truths.boxes[matches.matched[image, label, prior]]
    check_sizes(layer, truths, code, "a box of bottom[3]")
    priors = batch.priors[image, prior] if batch.priors.ndim == 3 else batch.priors[prior]
    variances = batch.variances[prior]
    predicted = batch.locations[image, prior, label]
    if predicted.shape[1] == 4 + ROTATED:
        truths = np.concatenate((truths[:, :4], rotated_from_polygons(truths[:, 4:])), axis=1)
    expected = encode(code, priors, variances, truths, in_target=in_target)
    scales = variances if in_target else predicted.dtype.type(1)
    errors: Array = predicted / scales - expected / scales
    if param.bp_inside:  # nothing is learned of sides that are not in the image
        sides = priors
        if not param.use_prior_for_matching and predicted.shape[1] == 4:
            sides = decode(code, priors, variances, predicted, in_target=in_target)
        outside = (sides < 0) | (sides > 1)
        errors[outside[:, _SIDES[errors.shape[1]]]] = 0
    return errors
