"""batch_sampler: pieces of an image that are drawn until they share enough with its boxes.

Caffe: sampler.cpp of SSD, GenerateJitterSamples of MobileNet-YOLO.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.proto import BatchSampler, SampleConstraint
from blobnet.sources.augmentation.boxes import WHOLE, coverages, jaccard_overlaps
from blobnet.sources.augmentation.settings import check_range
from blobnet.types import Array

_MOST_TRIALS = 10**5
_KINDS = ("jaccard_overlap", "sample_coverage", "object_coverage")


class BoxSampler:
    """Draws pieces as a batch_sampler says. Raises LayerError where its ranges are none."""

    def __init__(self, param: BatchSampler) -> None:
        self._param, sampler = param, param.sampler
        self._uses_image = param.use_original_image
        self._trials = param.max_trials
        self._most = param.max_sample if param.HasField("max_sample") else param.max_trials
        check_range("sampler, scale", sampler.min_scale, sampler.max_scale)
        check_range("sampler, aspect_ratio", sampler.min_aspect_ratio, sampler.max_aspect_ratio)
        if min(sampler.min_scale, sampler.min_aspect_ratio) <= 0 or sampler.max_scale > 1:
            raise LayerError(
                explain(
                    "sampler: pieces of an image cannot be like that",
                    expected="scales above 0 up to 1, aspect ratios above 0",
                    got=f"min_scale: {sampler.min_scale:g}, max_scale: {sampler.max_scale:g}, "
                    f"min_aspect_ratio: {sampler.min_aspect_ratio:g}",
                )
            )
        if self._trials > _MOST_TRIALS:
            raise LayerError(
                explain(
                    "batch_sampler: too many trials",
                    expected=f"max_trials up to {_MOST_TRIALS}",
                    got=self._trials,
                )
            )

    def draw(self, boxes: Array, rng: np.random.Generator) -> Array:
        """(n, 4): the pieces among the trials that satisfy the constraint, the first ones only."""
        if not self._uses_image:
            return np.empty((0, 4), np.float32)
        pieces = self._pieces(rng)
        return pieces[satisfied(pieces, boxes, self._param.sample_constraint)][: self._most]

    def _pieces(self, rng: np.random.Generator) -> Array:
        sampler, one = self._param.sampler, np.float32(1)
        random = rng.random((4, self._trials), np.float32)
        scale = _between(sampler.min_scale, sampler.max_scale, random[0])
        aspect = _between(sampler.min_aspect_ratio, sampler.max_aspect_ratio, random[1])
        aspect = np.minimum(np.maximum(aspect, scale**2), one / scale**2)
        extent = np.stack([scale * np.sqrt(aspect), scale / np.sqrt(aspect)])
        corner = random[2:] * np.maximum(one - extent, 0)
        made: Array = np.concatenate([corner, corner + extent]).T
        return made


def satisfied(pieces: Array, boxes: Array, constraint: SampleConstraint) -> Array:
    """(pieces,) whether some box is shared as the constraint says.

    Of three kinds of constraints only the first that is stated decides, as in SSD: a box that meets
    it counts, whatever the others say. Without any, every piece will do.
    """
    for kind in _KINDS:
        has = [constraint.HasField(f"{bound}_{kind}") for bound in ("min", "max")]
        if not any(has):
            continue
        each, every = pieces[:, None], boxes[None]
        if kind == "jaccard_overlap":
            shares = jaccard_overlaps(each, every)
        elif kind == "sample_coverage":
            shares = coverages(each, every)
        else:
            shares = coverages(every, each)
        least = getattr(constraint, f"min_{kind}") if has[0] else -np.inf
        most = getattr(constraint, f"max_{kind}") if has[1] else np.inf
        found: Array = ((shares >= np.float32(least)) & (shares <= np.float32(most))).any(1)
        return found
    return np.ones(len(pieces), bool)


def drawn_piece(
    samplers: Sequence[BoxSampler], boxes: Array, rng: np.random.Generator
) -> Array | None:
    """One of the pieces of all samplers; None where no trial of theirs was good."""
    pieces = np.concatenate([sampler.draw(boxes, rng) for sampler in samplers])
    return pieces[rng.integers(len(pieces))] if len(pieces) else None


def jittered_piece(jitter: float, rng: np.random.Generator, *, keeps_aspect: bool) -> Array:
    """YOLO's piece: the whole in a fifth of the draws, in another fifth one of half the jitter."""
    change = rng.random()
    if change < 0.2:
        return WHOLE
    least = 1 - (jitter / 2 if change < 0.4 else jitter)
    width = rng.uniform(least, 1)
    height = width if keeps_aspect else rng.uniform(least, 1)
    left, top = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return np.array([left, top, left + width, top + height], np.float32)


def _between(least: float, most: float, share: Array) -> Array:
    made: Array = np.float32(least) + (np.float32(most) - np.float32(least)) * share
    return made.clip(least, most).astype(np.float32)
