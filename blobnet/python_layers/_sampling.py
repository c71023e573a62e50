"""Which regions a detector is trained on, and what it is to learn of each.

Girshick, ICCV 2015.  roi_data_layer/minibatch.py of Fast R-CNN, rpn/proposal_target_layer.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.python_layers._param_str import unfit
from blobnet.python_layers.fast_rcnn.config import Train
from blobnet.types import Array, IntArray


class Drawn(NamedTuple):
    """Indices of regions, those of objects first."""

    indices: IntArray
    objects: int


class BoxTargets(NamedTuple):
    """What the box regression is to give for each region; (R, 4 * classes) both."""

    changes: Array
    inside_weights: Array


def most_objects(settings: Train, regions: int) -> int | None:
    """How many regions of an image may be objects; None: all, as regions are where it is < 0."""
    return None if regions < 0 else int(np.rint(settings.FG_FRACTION * regions))


def drawn(
    most: Array, settings: Train, regions: int, lowest: float, rng: np.random.Generator
) -> Drawn:
    """Draw regions of one image, none twice.

    most     (R,) how much each overlaps the box that it overlaps most: an object from FG_THRESH on,
             background from `lowest` to below BG_THRESH_HI
    regions  how many; -1: all. At most FG_FRACTION of them are objects
    """
    limit = most_objects(settings, regions)
    objects = _some(np.flatnonzero(most >= settings.FG_THRESH), limit, rng)
    if limit is not None:
        limit = max(0, regions - len(objects))
    others = np.flatnonzero((most < settings.BG_THRESH_HI) & (most >= lowest))
    return Drawn(np.concatenate([objects, _some(others, limit, rng)]), len(objects))


def _some(found: IntArray, limit: int | None, rng: np.random.Generator) -> IntArray:
    """At most so many, in any order."""
    size = len(found) if limit is None else min(limit, len(found))
    chosen: IntArray = rng.choice(found, size=size, replace=False)
    return chosen


def box_targets(
    labels: Array, changes: Array, classes: int, settings: Train, who: str
) -> BoxTargets:
    """Changes in the columns of each region's class, with BBOX_INSIDE_WEIGHTS; else 0.

    labels   (R,) 0 for none
    changes  (R, 4)
    classes  2: one box for all classes (R-FCN); else as many as there are, with that of none

    Raises LayerError for a label of no class.
    """
    is_object = labels > 0
    of_class = np.where(is_object, 1, 0) if classes == 2 else labels.astype(np.int64)
    if len(labels) and not (labels.min() >= 0 and of_class.max() < classes):
        expected = f"labels from 0 to {classes - 1}, since num_classes is {classes}"
        got = labels.max() if labels.max() >= classes else labels.min()
        raise LayerError(explain(f"{who}: a label of no class", expected=expected, got=got))
    both = np.zeros((2, len(labels), classes, 4))
    rows = np.flatnonzero(is_object)
    both[0, rows, of_class[rows]] = changes[rows]
    both[1, rows, of_class[rows]] = settings.BBOX_INSIDE_WEIGHTS
    found = both.reshape(2, len(labels), 4 * classes)
    return BoxTargets(found[0], found[1])


def check_classes(classes: int, who: str) -> None:
    """Raise LayerError for more than a net can have: memory is limited."""
    if classes > 2**16:
        raise unfit("num_classes", classes, "at most 65536", who)


def normalized(changes: Array, settings: Train) -> Array:
    """Changes as the net is to give them: less their mean, by their standard deviation."""
    if not settings.BBOX_NORMALIZE_TARGETS_PRECOMPUTED:
        return changes
    means, stds = settings.BBOX_NORMALIZE_MEANS, settings.BBOX_NORMALIZE_STDS
    made: Array = (changes - np.array(means)) / np.array(stds)
    return made
