"""What a net has said of one image, in the image's own pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from blobnet.types import Array


class ScoredClass(NamedTuple):
    """A class, and what the net gives it."""

    label: int
    name: str
    score: float


class Box(NamedTuple):
    """Something found; the corners in pixels of the image, x to the right, y down."""

    label: int
    name: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float


class Point(NamedTuple):
    """Where a part of a body is, in pixels of the image."""

    x: float
    y: float
    score: float


Person = dict[str, Point]
"""The parts that were found, by name."""


@dataclass
class Prediction:
    """What there is depends on the net: classes, or boxes, or a mask, or a map, or people.

    mask   a class for each pixel of the image, (height, width)
    parts  the share of the image that each class of the mask has, the largest first
    map    a value for each pixel, (height, width)
    limbs  the ends of lines to draw between the parts of a person
    """

    classes: list[ScoredClass] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    mask: Array | None = None
    parts: list[ScoredClass] = field(default_factory=list)
    map: Array | None = None
    people: list[Person] = field(default_factory=list)
    limbs: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what there is, without the pixels."""
        found: dict[str, Any] = {}
        for name, rows in (("classes", self.classes), ("boxes", self.boxes), ("mask", self.parts)):
            if rows:
                found[name] = [row._asdict() for row in rows]
        if self.people:
            found["people"] = [
                {part: point._asdict() for part, point in person.items()} for person in self.people
            ]
        if self.map is not None:
            found["map"] = {"least": float(self.map.min()), "most": float(self.map.max())}
        return found
