from __future__ import annotations

import numpy as np
import pytest

from blobnet.predicting.poses import find_people, highest_points, layout_of
from tests.predicting.drawn_people import STANDING, maps_of, moved

COCO = layout_of(57)


def test_the_layouts_are_those_of_openposes_nets():
    counts = {channels: layout_of(channels) for channels in (44, 57, 78)}
    assert [len(layout.parts) for layout in counts.values()] == [15, 18, 25]
    for layout in counts.values():
        assert sorted(layout.fields) == list(range(0, 2 * len(layout.limbs), 2))
        assert {part for limb in layout.limbs for part in limb} == set(range(len(layout.parts)))
    assert layout_of(21) is None
    assert COCO.limb_names[:3] == [
        ("Neck", "RShoulder"),
        ("Neck", "LShoulder"),
        ("RShoulder", "RElbow"),
    ]


def test_two_people_are_told_apart():
    both = [moved(STANDING, -5), moved(STANDING, 25)]
    found = find_people(maps_of(both, COCO), COCO)
    assert len(found) == 2
    found.sort(key=lambda person: person["Neck"].x)
    for person, drawn in zip(found, both, strict=True):
        assert {part: (at.x, at.y) for part, at in person.items()} == drawn
        assert all(at.score == pytest.approx(1) for at in person.values())


def test_neighbours_whose_arms_cross_keep_their_own():
    left, right = moved(STANDING, 0), moved(STANDING, 15)  # the left one's arm is near the other's
    found = find_people(maps_of([left, right], COCO), COCO)
    wrists = sorted((person["Neck"].x, person["LWrist"].x) for person in found)
    assert wrists == [(23, 32), (38, 47)]


def test_parts_that_are_not_seen_are_left_out():
    seen = {part: at for part, at in STANDING.items() if "Knee" not in part and "R" not in part[:1]}
    (person,) = find_people(maps_of([seen], COCO), COCO)
    assert "LKnee" not in person
    assert "RShoulder" not in person
    assert "LAnkle" not in person  # nothing joins it to the hip


def test_fields_that_point_elsewhere_join_nothing():
    maps = maps_of([STANDING], COCO)
    maps[19:] *= -1
    assert find_people(maps, COCO) == []


def test_two_parts_are_nobody():
    seen = {part: STANDING[part] for part in ("Neck", "Nose")}
    assert find_people(maps_of([seen], COCO), COCO) == []


def test_the_highest_points_of_one_person():
    maps = np.zeros((3, 5, 6))
    maps[0, 2, 4] = 0.9
    maps[1, 1, 1] = 0.05  # too low to be one
    points = highest_points(maps)
    assert points == {0: (4, 2, 0.9)}
