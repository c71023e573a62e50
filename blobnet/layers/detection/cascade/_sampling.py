"""Which regions to learn from: some that hold an object, and others that hold none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.detection.cascade._chooser import numbers_below
from blobnet.ops.detection.boxes import overlaps
from blobnet.proto import ProposalTargetParameter
from blobnet.types import Array, IntArray

NO_OBJECT = -1
_LEAST_SIDE = 32
_MOST_TRIES = 1000
"""Boxes that are drawn, for each that is wanted, before it is said that there are none."""


class Objects(NamedTuple):
    """The true boxes of all images.

    image, label  (G,)       box  (G, 4) corners       is_ignored  (G,)
    """

    image: IntArray
    box: Array
    label: Array
    is_ignored: Array


class Matches(NamedTuple):
    """Of each region the object of its image that it overlaps with most; NO_OBJECT, 0 without."""

    which: IntArray
    overlap: Array


def read_objects(layer: Layer, rows: Array, num_images: int, classes: int | None) -> Objects:
    """Rows [image, x1, y1, x2, y2, label, ignored ...]; those of image -1 only fill up."""
    rows = rows[rows[:, 0] != -1]
    image = numbers_below(layer, rows[:, 0], num_images, "an image's number in bottom[1]")
    most = 2**24 if classes is None else classes
    numbers_below(layer, rows[:, 5], most, "a label in bottom[1]", least=1)
    return Objects(image, rows[:, 1:5], np.trunc(rows[:, 5]), rows[:, 6] != 0)


def match(images: IntArray, boxes: Array, objects: Objects) -> Matches:
    which = np.full(len(boxes), NO_OBJECT, np.int64)
    overlap = np.zeros(len(boxes), boxes.dtype)
    for image in np.unique(objects.image):
        its, there = np.flatnonzero(images == image), np.flatnonzero(objects.image == image)
        shared = overlaps(boxes[its], objects.box[there], border=1)
        which[its], overlap[its] = there[shared.argmax(axis=1)], shared.max(axis=1)
    return Matches(which, overlap)


class Choice(NamedTuple):
    """Regions by their numbers: of objects, of background, and how many more of it are wanted."""

    objects: IntArray
    background: IntArray
    missing: int


def choose(
    matches: Matches,
    is_ignored: Array,
    param: ProposalTargetParameter,
    rng: np.random.Generator,
) -> Choice:
    """Objects are those of an overlap of `fg_thr` on, background from `bg_thr_lw` to `bg_thr_hg`.

    `batch_size` of both, `fg_fraction` of objects, drawn where there are more; -1: all there are.
    Where there is too little background, the first of the other regions serve, if
    `pickup_discard`. A region of an object that is to be ignored is none of all.
    """
    real = matches.overlap.dtype.type
    is_object = matches.overlap >= real(param.fg_thr)
    low, high = real(param.bg_thr_lw), real(param.bg_thr_hg)
    is_ground = ~is_object & (matches.overlap >= low) & (matches.overlap < high)
    objects = np.flatnonzero(is_object)
    objects = objects[~is_ignored[matches.which[objects]]]
    ground, others = np.flatnonzero(is_ground), np.flatnonzero(~is_object & ~is_ground)
    size, most = len(objects) + len(ground), len(objects)
    if param.batch_size != -1:
        size = param.batch_size
        most = int(np.floor(np.float32(param.fg_fraction) * np.float32(size) + 0.5))
    objects = _drawn(objects, most, rng)
    wanted = size - len(objects)
    if len(ground) > wanted:
        ground = _drawn(ground, wanted, rng)
    elif param.pickup_discard:
        ground = np.concatenate([ground, others[: wanted - len(ground)]])
    return Choice(objects, ground, size - len(objects) - len(ground))


def draw_background(
    layer: Layer, count: int, objects: Objects, param: ProposalTargetParameter
) -> Array:
    """Rows [image, x1, y1, x2, y2] of boxes that overlap with no object by `fg_thr`."""
    width, height, rng = param.img_width, param.img_height, layer.rng
    if not (min(width, height) > _LEAST_SIDE and param.num_img_per_batch):
        raise layer.error(
            "there are too few regions, and no more can be drawn",
            expected=f"img_width and img_height above {_LEAST_SIDE}, num_img_per_batch above 0",
            got=f"{width}, {height} and {param.num_img_per_batch}",
        )
    found = np.zeros((0, 5), layer.dtype)
    for _ in range(_MOST_TRIES):
        if len(found) >= count:
            return found[:count]
        image = rng.integers(param.num_img_per_batch, size=count)
        x, y = (
            rng.integers(width - _LEAST_SIDE, size=count),
            rng.integers(height - _LEAST_SIDE, size=count),
        )
        w, h = rng.integers(width - x), rng.integers(height - y)
        last = np.stack([x, y], 1) + np.maximum(np.stack([w, h], 1), _LEAST_SIDE) - 1
        rows = np.column_stack([image, x, y, last]).astype(layer.dtype)
        shared = match(image, rows[:, 1:], objects).overlap
        found = np.concatenate([found, rows[shared < shared.dtype.type(param.fg_thr)]])
    raise layer.error(
        "no box of background can be drawn: objects are everywhere",
        expected=f"{count} boxes that overlap with no object by {param.fg_thr:g}",
        got=f"{len(found)} after {_MOST_TRIES * count} tries",
    )


def _drawn(numbers: IntArray, most: int, rng: np.random.Generator) -> IntArray:
    """All of them in their order, or so many in any."""
    return numbers if len(numbers) <= most else rng.permutation(numbers)[:most]
