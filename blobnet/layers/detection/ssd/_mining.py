"""MultiBoxLoss: which of the many priors that match nothing are learned from."""

from __future__ import annotations

import numpy as np

from blobnet.layers.detection.ssd._matching import Batch, Matches
from blobnet.ops.detection.box_codes import decode
from blobnet.ops.detection.box_matching import UNMATCHED
from blobnet.ops.detection.boxes import nms
from blobnet.ops.detection.detections import highest
from blobnet.proto import MultiBoxLossParameter
from blobnet.types import Array, IntArray

TINY = 1e-5
"""Boxes of a smaller area are left out of non-maximum suppression."""


def confidence_losses(scores: Array, labels: IntArray, *, is_logistic: bool) -> Array:
    """What each row of scores, (n, C), loses by the class that it should have.

    (A label that is no class, which a background of none has, counts as no class at all.)
    """
    is_class = (labels >= 0) & (labels < scores.shape[1])
    true = np.take_along_axis(scores, np.where(is_class, labels, 0)[:, None], axis=1)[:, 0]
    losses: Array
    if is_logistic:
        each = np.maximum(scores, 0) + np.log1p(np.exp(-np.abs(scores)))
        losses = each.sum(axis=1) - np.where(is_class, true, 0)
        return losses
    shifted = scores - scores.max(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1)
    least = np.finfo(np.float32).tiny
    probability = np.exp(true - scores.max(axis=1)) / total
    losses = -np.log(np.maximum(probability, least))
    return losses


class Mining:
    """What MultiBoxLossParameter says of negatives and hard examples."""

    def __init__(self, param: MultiBoxLossParameter) -> None:
        self._param = param
        self._is_hard = param.mining_type == MultiBoxLossParameter.HARD_EXAMPLE

    def mine(
        self, batch: Batch, matches: Matches, losses: Array, objectness: Array | None
    ) -> tuple[IntArray, IntArray]:
        """The negatives, as numbers of their images and priors; of matches the hard ones stay.

        losses      (N, P)
        objectness  (N, P): RefineDet's; priors with less than `objectness_score` do not count
        """
        images: list[IntArray] = [np.zeros(0, np.int64)]
        priors: list[IntArray] = [np.zeros(0, np.int64)]
        for image in np.flatnonzero(matches.has_truth):
            matched = matches.matched[image, 0]
            eligible = self._eligible(matched, matches.overlap[image])
            if objectness is not None:
                eligible &= objectness[image] >= np.float32(self._param.objectness_score)
            among = np.flatnonzero(eligible)
            chosen = self._choose(batch, int(image), among, matched, losses[image])
            is_chosen = np.zeros(len(matched), np.bool_)
            is_chosen[chosen] = True
            negative = np.flatnonzero(is_chosen & (matched == UNMATCHED))
            if self._is_hard:
                matched[~is_chosen & (matched > UNMATCHED)] = UNMATCHED
            images.append(np.full(len(negative), image))
            priors.append(negative)
        return np.concatenate(images), np.concatenate(priors)

    def _eligible(self, matched: IntArray, overlap: Array) -> Array:
        if self._is_hard:
            return np.ones(len(matched), np.bool_)
        found: Array = (matched == UNMATCHED) & (overlap < np.float32(self._param.neg_overlap))
        return found

    def _choose(
        self, batch: Batch, image: int, among: IntArray, matched: IntArray, losses: Array
    ) -> IntArray:
        """Those of `among` with the highest losses, as many as there may be."""
        param, lowest = self._param, -float("inf")
        if self._is_hard:
            number = min(param.sample_size, len(among))
        else:
            positive = np.count_nonzero(matched > UNMATCHED)
            allowed = np.float32(positive) * np.float32(param.neg_pos_ratio)
            number = int(min(max(allowed, 0), len(among)))
        if param.HasField("nms_param") and param.nms_param.nms_threshold > 0:
            order = among[highest(losses[among], lowest, param.nms_param.top_k)]
            return self._suppress(batch, image, order)[:number]
        return among[highest(losses[among], lowest, number)]

    def _suppress(self, batch: Batch, image: int, order: IntArray) -> IntArray:
        """Of boxes with falling losses those that overlap with none before them."""
        param = self._param
        boxes = batch.plain[order]
        if not param.use_prior_for_nms:
            boxes = decode(
                param.code_type,
                boxes,
                batch.variances[order],
                batch.locations[image, order, 0, :4],
                in_target=param.encode_variance_in_target,
            )
        boxes = boxes.astype(np.float32)
        sides = boxes[:, 2:] - boxes[:, :2]
        large = np.all(sides >= 0, axis=1) & (sides[:, 0] * sides[:, 1] >= TINY)
        order, boxes = order[large], boxes[large]
        top_k = param.nms_param.top_k
        limit = None if top_k < 0 else top_k
        return order[nms(boxes, param.nms_param.nms_threshold, limit=limit)]
