"""People in the maps of OpenPose's nets: peaks are parts, and fields between them say whose.

Cao et al. 2017, "Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.predicting.prediction import Point
from blobnet.types import Array

LEAST_PEAK = 0.1
"""What a map of a part must have for a part to be there."""
_SAMPLES = 10  # of a field, between two parts
_LEAST_ALONG = 0.05  # what a sample of the field must have in the limb's direction
_SHARE_ALONG = 0.8  # of samples that have it
_LEAST_PARTS = 3  # of a person
_MOST_PEAKS = 100  # of a part


class Layout(NamedTuple):
    """What a net's channels mean: a map for each part, the background, then x and y of each limb.

    parts   their names
    limbs   two parts each
    fields  the channel of each limb's x, counted from the first field; y follows
    """

    parts: tuple[str, ...]
    limbs: tuple[tuple[int, int], ...]
    fields: tuple[int, ...]

    @property
    def limb_names(self) -> list[tuple[str, str]]:
        """The names of each limb's ends."""
        return [(self.parts[first], self.parts[second]) for first, second in self.limbs]


_ARMS = "RShoulder RElbow RWrist LShoulder LElbow LWrist"
_LEGS = "RHip RKnee RAnkle LHip LKnee LAnkle"
_FACE = "REye LEye REar LEar"
_FEET = "LBigToe LSmallToe LHeel RBigToe RSmallToe RHeel"


def _layout(parts: str, limbs: str, fields: str) -> Layout:
    ends = [tuple(map(int, limb.split("-"))) for limb in limbs.split()]
    return Layout(
        tuple(parts.split()),
        tuple((first, second) for first, second in ends),
        tuple(map(int, fields.split())),
    )


_COCO = _layout(
    f"Nose Neck {_ARMS} {_LEGS} {_FACE}",
    "1-2 1-5 2-3 3-4 5-6 6-7 1-8 8-9 9-10 1-11 11-12 12-13 1-0 0-14 14-16 0-15 15-17 2-16 5-17",
    "12 20 14 16 22 24 0 2 4 6 8 10 28 30 34 32 36 18 26",
)
_MPI = _layout(
    f"Head Neck {_ARMS} {_LEGS} Chest",
    "0-1 1-2 2-3 3-4 1-5 5-6 6-7 1-14 14-8 8-9 9-10 14-11 11-12 12-13",
    "0 2 4 6 8 10 12 14 16 18 20 22 24 26",
)
_BODY_25 = _layout(
    f"Nose Neck {_ARMS} MidHip {_LEGS} {_FACE} {_FEET}",
    "1-8 1-2 1-5 2-3 3-4 5-6 6-7 8-9 9-10 10-11 8-12 12-13 13-14 1-0 0-15 15-17 0-16 16-18 "
    "2-17 5-18 14-19 19-20 14-21 11-22 22-23 11-24",
    "0 14 22 16 18 24 26 6 2 4 8 10 12 30 32 36 34 38 20 28 40 42 44 46 48 50",
)
_LAYOUTS = {
    len(layout.parts) + 1 + 2 * len(layout.limbs): layout for layout in (_COCO, _MPI, _BODY_25)
}


def layout_of(channels: int) -> Layout | None:
    """What so many channels mean: 57 those of COCO, 44 of MPI, 78 of BODY_25."""
    return _LAYOUTS.get(channels)


def find_people(maps: Array, layout: Layout) -> list[dict[str, Point]]:
    """Each person's parts, by name; x and y are positions in the maps, (channels, rows, columns).

    Limb by limb, parts are joined that the fields agree with most; a person has three at least.
    """
    parts, fields = maps[: len(layout.parts)], maps[len(layout.parts) + 1 :]
    peaks = [_peaks(part) for part in parts]
    people: list[dict[int, int]] = []
    for (first, second), channel in zip(layout.limbs, layout.fields, strict=True):
        pairs = _pairs(peaks[first], peaks[second], fields[channel : channel + 2])
        for one, other in pairs:
            _join(people, (first, one), (second, other))
    return [
        {layout.parts[part]: peaks[part][which] for part, which in sorted(person.items())}
        for person in people
        if len(person) >= _LEAST_PARTS
    ]


def highest_points(maps: Array) -> dict[int, Point]:
    """Where each map is highest, if it is high enough: for nets that see one person."""
    points = {}
    for part, each in enumerate(maps):
        row, column = np.unravel_index(int(each.argmax()), each.shape)
        if each[row, column] > LEAST_PEAK:
            points[part] = Point(float(column), float(row), float(each[row, column]))
    return points


def _peaks(part: Array) -> list[Point]:
    """Values above all four neighbours, the highest first."""
    padded = np.pad(part, 1, constant_values=-np.inf)
    inner = padded[1:-1, 1:-1]
    is_peak = inner > LEAST_PEAK
    for neighbour in (padded[:-2, 1:-1], padded[1:-1, :-2]):
        is_peak &= inner > neighbour
    for neighbour in (padded[2:, 1:-1], padded[1:-1, 2:]):
        is_peak &= inner >= neighbour  # of equal ones the first
    rows, columns = np.nonzero(is_peak)
    order = np.argsort(-part[rows, columns], kind="stable")[:_MOST_PEAKS]
    return [
        Point(float(x), float(y), float(part[y, x]))
        for x, y in zip(columns[order], rows[order], strict=True)
    ]


def _pairs(first: list[Point], second: list[Point], field: Array) -> list[tuple[int, int]]:
    """Which of the first parts belongs to which of the second: the best pair first, each once."""
    scored = [
        (score, i, j)
        for i, one in enumerate(first)
        for j, other in enumerate(second)
        if (score := _agreement(one, other, field)) is not None
    ]
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(scored, key=lambda each: -each[0]):
        if all(i != one and j != other for one, other in pairs):
            pairs.append((i, j))
    return pairs


def _agreement(one: Point, other: Point, field: Array) -> float | None:
    """How much the field points from one part to the other; None where it does not."""
    way = np.array([other.x - one.x, other.y - one.y])
    length = float(np.hypot(*way))
    if length == 0:
        return None
    steps = np.linspace(0, 1, _SAMPLES)
    columns = np.rint(one.x + steps * way[0]).astype(int)
    rows = np.rint(one.y + steps * way[1]).astype(int)
    along = (field[:, rows, columns].T @ (way / length)).astype(float)
    if (along > _LEAST_ALONG).mean() < _SHARE_ALONG:
        return None
    too_long = min(0.5 * field.shape[1] / length - 1, 0)  # half the picture costs nothing
    score = float(along.mean()) + too_long
    return score if score > 0 else None


def _join(people: list[dict[int, int]], one: tuple[int, int], other: tuple[int, int]) -> None:
    """Let two parts belong to one person: to who has one of them, or to somebody new."""
    owners = [person for person in people if one[1] == person.get(one[0])]
    owners += [
        person
        for person in people
        if other[1] == person.get(other[0]) and all(person is not each for each in owners)
    ]
    if not owners:
        people.append(dict((one, other)))
        return
    merged = {**owners[-1], **owners[0]}
    if len(owners) == 2 and owners[0].keys() & owners[1].keys():
        return  # two people, each with a part of the kind
    if any(merged.get(part, which) != which for part, which in (one, other)):
        return
    owners[0].update({**merged, **dict((one, other))})
    for extra in owners[1:]:
        people[:] = [person for person in people if person is not extra]
