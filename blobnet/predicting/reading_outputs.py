"""From a net's output for one image to what it says, in pixels of the image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from blobnet.ops.images.interpolation import resize_floats_cubic
from blobnet.predicting.labels import Labels
from blobnet.predicting.outputs import BOX, Kind
from blobnet.predicting.poses import find_people, highest_points, layout_of
from blobnet.predicting.prediction import Box, Person, Point, Prediction, ScoredClass
from blobnet.preprocessing import Placement
from blobnet.types import Array, IntArray

_LARGEST_SHARE = 2.0  # beyond it places are pixels: a part may lie a little beside the image


@dataclass(frozen=True)
class Reading:
    """How outputs are read.

    labels     names of the classes
    top        how many classes are told
    threshold  what a box must score to be told
    """

    labels: Labels
    top: int = 5
    threshold: float = 0.5

    def of(self, kind: Kind, output: Array, placed: Placement) -> Prediction:
        """What an item of the output says: scores, rows of boxes, or maps (C, rows, columns)."""
        readers: dict[Kind, Callable[[Array, Placement], Prediction]] = {
            "classes": self._classes,
            "boxes": self._boxes,
            "regions": self._boxes,  # made rows of boxes before
            "mask": self._mask,
            "map": self._map,
            "points": self._points,
        }
        return readers[kind](output, placed)

    def _classes(self, scores: Array, _: Placement) -> Prediction:
        """Of a net that gives maps (as one that takes images of any size) the mean counts."""
        means = scores.reshape(len(scores), -1).mean(1)
        best = np.argsort(-means, kind="stable")[: self.top]
        return Prediction(classes=[self._scored(int(each), means[each]) for each in best])

    def _boxes(self, rows: Array, placed: Placement) -> Prediction:
        found = rows.reshape(-1, rows.shape[-1])[:, : len(BOX)]
        found = found[(found[:, 1] >= 0) & (found[:, 2] >= self.threshold)]  # -1: nothing
        found = found[np.argsort(-found[:, 2], kind="stable")]
        x, y = placed.to_image(found[:, 3::2].astype(float), found[:, 4::2].astype(float))
        height, width = placed.image
        x, y = x.clip(0, width), y.clip(0, height)
        is_seen = (x[:, 1] > x[:, 0]) & (y[:, 1] > y[:, 0])  # others lie beside the image
        found, x, y = found[is_seen], x[is_seen], y[is_seen]
        return Prediction(
            boxes=[
                Box(*self._scored(int(row[1]), row[2]), *map(float, (x1, y1, x2, y2)))
                for row, (x1, x2), (y1, y2) in zip(found, x, y, strict=True)
            ]
        )

    def _mask(self, scores: Array, placed: Placement) -> Prediction:
        labels: IntArray = scores.argmax(0) if len(scores) > 1 else np.rint(scores[0]).astype(int)
        mask = _spread(labels, placed)
        numbers, counts = np.unique(mask[mask >= 0], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        shares = counts / counts.sum()
        parts = [self._scored(int(numbers[each]), shares[each]) for each in order]
        return Prediction(mask=mask, parts=parts)

    def _map(self, values: Array, placed: Placement) -> Prediction:
        return Prediction(map=_spread(values[0], placed))

    def _points(self, maps: Array, placed: Placement) -> Prediction:
        """Maps are as large as the input then: a part lies between the places that a net has."""
        if maps.ndim < 3 or maps.shape[1:] == (1, 1):
            return self._places(maps.reshape(-1, 2), placed)
        layout = layout_of(len(maps))
        rows, columns = placed.input
        large = resize_floats_cubic(maps, rows, columns)
        if layout is not None:
            people = find_people(large, layout)
        else:
            points = highest_points(large)
            people = [{self.labels[part]: point for part, point in points.items()}]
        return Prediction(
            people=[_in_image(person, placed) for person in people if person],
            limbs=layout.limb_names if layout else [],
        )

    def _places(self, pairs: Array, placed: Placement) -> Prediction:
        """x and y of each part: shares of the net's input, or its pixels. A score is 1: none is."""
        sides = np.array(placed.input[::-1], np.float64)
        shares = pairs / (sides if np.abs(pairs).max() > _LARGEST_SHARE else 1.0)
        x, y = placed.to_image(shares[:, 0], shares[:, 1])
        points = {
            self.labels[part]: Point(float(x[part]), float(y[part]), 1.0)
            for part in range(len(pairs))
        }
        return Prediction(people=[points])

    def _scored(self, label: int, score: float) -> ScoredClass:
        return ScoredClass(label, self.labels[label], float(score))


def _in_image(person: Person, placed: Placement) -> Person:
    rows, columns = placed.input
    moved: Person = {}
    for part, point in person.items():
        x, y = placed.to_image(
            np.float64((point.x + 0.5) / columns), np.float64((point.y + 0.5) / rows)
        )
        moved[part] = Point(float(x), float(y), point.score)
    return moved


def _spread(values: Array, placed: Placement) -> Array:
    """The value that lies at each pixel of the image; beyond the net's input -1."""
    index = []
    for axis in (0, 1):
        pixels = np.arange(placed.image[axis]) + 0.5
        inside = pixels * (placed.resized[axis] / placed.image[axis]) - placed.corner[axis]
        at = np.floor(inside / placed.input[axis] * values.shape[axis]).astype(np.intp)
        index.append(np.where((at >= 0) & (at < values.shape[axis]), at, -1))
    rows, columns = index
    spread = values[rows[:, None], columns]
    spread[rows < 0] = -1
    spread[:, columns < 0] = -1
    return spread
