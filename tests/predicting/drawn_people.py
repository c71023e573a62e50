"""Maps of parts and fields of limbs, drawn for people whose parts are known."""

from __future__ import annotations

import numpy as np

from blobnet.predicting.poses import Layout
from blobnet.types import Array

STANDING = {
    "Nose": (23, 8),
    "Neck": (23, 13),
    "RShoulder": (18, 13),
    "RElbow": (15, 20),
    "RWrist": (14, 27),
    "LShoulder": (28, 13),
    "LElbow": (31, 20),
    "LWrist": (32, 27),
    "RHip": (20, 27),
    "RKnee": (20, 35),
    "RAnkle": (20, 43),
    "LHip": (26, 27),
    "LKnee": (26, 35),
    "LAnkle": (26, 43),
    "REye": (22, 7),
    "LEye": (24, 7),
    "REar": (20, 8),
    "LEar": (26, 8),
}
"""Where (x, y) the parts of somebody are, of the 18 that COCO's nets know."""


def maps_of(people: list[dict[str, tuple[float, float]]], layout: Layout) -> Array:
    """(channels, 46, 80): a hill at each part, and a field of unit vectors along each limb."""
    maps = np.zeros((len(layout.parts) + 1 + 2 * len(layout.limbs), 46, 80), np.float32)
    y, x = np.mgrid[:46, :80]
    first_field = len(layout.parts) + 1
    for person in people:
        for map_, part in zip(maps, layout.parts, strict=False):
            if part in person:
                px, py = person[part]
                hill = np.exp(-((x - px) ** 2 + (y - py) ** 2) / 2)
                np.maximum(map_, hill, out=map_)
        for (a, b), field in zip(layout.limb_names, layout.fields, strict=True):
            if a in person and b in person:
                start, way = np.array(person[a]), np.subtract(person[b], person[a])
                length = np.hypot(*way)
                unit = way / length
                along = (x - start[0]) * unit[0] + (y - start[1]) * unit[1]
                beside = np.abs((x - start[0]) * unit[1] - (y - start[1]) * unit[0])
                on = (along >= -1) & (along <= length + 1) & (beside <= 1.2)
                for axis in (0, 1):
                    maps[first_field + field + axis][on] = unit[axis]
    return maps


def moved(person: dict[str, tuple[float, float]], x: float) -> dict[str, tuple[float, float]]:
    return {part: (px + x, py) for part, (px, py) in person.items()}
