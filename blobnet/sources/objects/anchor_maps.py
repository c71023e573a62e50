"""What the anchors of several maps are: the labels that a proposal network learns.

Caffe: load_batch of MS-CNN's image_gt_data_layer.cpp, Cascade R-CNN's detection_data_layer.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from blobnet.ops.detection.boxes import overlaps
from blobnet.ops.detection.shares import FIRST, shares
from blobnet.sources.objects.scene import Scene, Span, rounded
from blobnet.types import Array

CHANNELS = 6
"""Class; x and y of the centre, width and height of the object; the overlap with it."""


class Map(NamedTuple):
    """Anchors of one size, `stride` pixels apart."""

    width: float
    height: float
    stride: int


@dataclass(frozen=True)
class Rules:
    """What makes an anchor an object, and what ignored: that has an overlap of 1, and no class.

    object_from     an anchor is an object that it overlaps with by more
    ignored_from    an anchor is ignored of which regions of no interest cover this share
    pick_from       an object without an anchor gets the one in its middle, if any overlaps so much
    border          what sides are longer by than corners are apart
    regions_first   whether such regions count before objects do
    margin, inside  an anchor is ignored that goes so many of its sides beyond the image; or of
                    which a smaller share than this is in the image. None: neither
    """

    object_from: float
    ignored_from: float = 0.4
    pick_from: float = 0.2
    border: int = 0
    regions_first: bool = True
    margin: float | None = None
    inside: float | None = None


def sizes_of(maps: list[Map], height: int, width: int) -> list[tuple[int, int]]:
    """Rows and columns of the maps of an image."""
    return [(rounded(height / m.stride), rounded(width / m.stride)) for m in maps]


def write_labels(
    scene: Scene, place: tuple[Span, Span], maps: list[Map], rules: Rules, out: list[Array]
) -> None:
    """Fill the labels of one image, each (6, rows, columns); `place`: where it is in the batch."""
    count = len(scene.boxes)
    matched = np.zeros(count, np.int64)
    best, best_map = np.zeros(count, np.float32), np.zeros(count, np.int64)
    for number, (its, labels) in enumerate(zip(maps, out, strict=True)):
        shared = _label_map(scene, place, its, rules, labels, matched)
        if count and shared.size:
            top = shared.max(axis=1)
            is_better = top > best
            best[is_better], best_map[is_better] = top[is_better], number
    for k in np.flatnonzero(
        ~scene.ignored & (matched == 0) & (best >= rules.pick_from) & (best > 0)
    ):
        _pick(scene, int(k), maps[best_map[k]], rules, float(best[k]), out[best_map[k]])


def _label_map(
    scene: Scene, place: tuple[Span, Span], its: Map, rules: Rules, labels: Array, matched: Array
) -> Array:
    """The overlaps of objects with the anchors that count, (k, rows * columns)."""
    rows, columns = labels.shape[1:]
    anchors = _anchors(its, rows, columns)
    is_beside = _beside(place, its, rows, columns, anchors, rules)
    covered = shares(anchors, scene.regions, of=FIRST, border=rules.border).sum(axis=1)
    is_covered = covered >= np.float32(rules.ignored_from)
    if rules.regions_first:
        is_beside |= is_covered
    shared = overlaps(scene.boxes, anchors, border=rules.border)
    shared[:, is_beside] = 0
    flat = labels.reshape(CHANNELS, -1)
    flat[...] = 0
    flat[5, is_beside] = 1
    most = shared.max(axis=0) if len(shared) else np.zeros(len(anchors), np.float32)
    flat[5, ~is_beside] = most[~is_beside]
    is_object = most > np.float32(rules.object_from)
    flat[5, ~is_beside & ~is_object & is_covered] = 1
    which = shared.argmax(axis=0)[is_object] if len(shared) else np.zeros(0, np.int64)
    flat[0, is_object] = np.where(scene.ignored[which], 0, scene.classes[which])
    flat[1:5, is_object] = _centres(scene.boxes[which], rules.border).T
    matched += np.bincount(which, minlength=len(matched))[: len(matched)]
    return shared


def _beside(
    place: tuple[Span, Span], its: Map, rows: int, columns: int, anchors: Array, rules: Rules
) -> Array:
    """Which anchors are not those of the image, or too far out of it."""
    is_beside = np.ones((rows, columns), np.bool_)
    across, down = (
        slice(rounded(span.to / its.stride), rounded(span.to / its.stride) + rounded(
            span.length / its.stride))
        for span in place
    )  # fmt: skip
    is_beside[down, across] = False
    flat = is_beside.reshape(-1)
    first = np.array([span.to for span in place], np.float32)
    last = first + np.array([span.length for span in place], np.float32)
    if rules.margin is not None:
        far = np.float32(rules.margin) * np.array([its.width, its.height], np.float32) / 2
        flat |= (anchors[:, :2] < first - far).any(axis=1)
        flat |= (anchors[:, 2:] >= last + far).any(axis=1)
    elif rules.inside is not None:
        image = np.concatenate([first, last])[None]
        share = shares(anchors, image, of=FIRST, border=rules.border)[:, 0]
        flat |= share < np.float32(rules.inside)
    return flat


def _pick(scene: Scene, k: int, its: Map, rules: Rules, shared: float, labels: Array) -> None:
    """Give an object the anchor in its middle, unless that has another."""
    values = _centres(scene.boxes[k : k + 1], rules.border)[0]
    column, row = (
        min(max(int(np.floor(value / its.stride)), 0), size - 1)
        for value, size in zip(values[:2].tolist(), labels.shape[:0:-1], strict=True)
    )
    if labels[0, row, column] > 0:
        return
    labels[0, row, column] = scene.classes[k]
    labels[1:5, row, column] = values
    if not rules.regions_first:
        labels[5, row, column] = shared


def _anchors(its: Map, rows: int, columns: int) -> Array:
    """Corners (rows * columns, 4)."""
    half = np.float32(0.5)
    x = (np.arange(columns, dtype=np.float32) + half) * np.float32(its.stride)
    y = (np.arange(rows, dtype=np.float32) + half) * np.float32(its.stride)
    found = np.empty((rows, columns, 4), np.float32)
    for axis, middle, side in ((0, x, its.width), (1, y[:, None], its.height)):
        found[..., axis] = middle - np.float32(side / 2)
        found[..., 2 + axis] = middle + np.float32(side / 2)
    return found.reshape(-1, 4)


def _centres(boxes: Array, border: int) -> Array:
    """x, y, width and height."""
    first, last = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(first + last) / 2, last - first + np.float32(border)], axis=1)
