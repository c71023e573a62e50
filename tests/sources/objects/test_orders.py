import numpy as np
import pytest

from blobnet.sources.objects.object_file import ObjectFile
from blobnet.sources.objects.orders import BY_ASPECT, MIXED, RANDOM, DrawnOrder

WIDE, HIGH = (10, 20), (20, 20)


def file_of(sizes, ignored=0):
    objects = [np.array([[1, ignored, 0, 0, 0, 9, 9]])] * len(sizes)
    return ObjectFile("list", [], sizes, objects, [])


FILE = file_of([WIDE, HIGH, WIDE, HIGH, WIDE, WIDE, WIDE])


def test_as_listed(rng):
    assert DrawnOrder(FILE)(rng) == list(range(7))


@pytest.mark.parametrize("kind", [RANDOM, BY_ASPECT, MIXED])
def test_all_images_come_in_every_round_in_another_order(kind, rng):
    rounds = [DrawnOrder(FILE, kind, 2)(rng) for _ in range(9)]
    assert all(sorted(order) == list(range(7)) for order in rounds)
    assert len({tuple(order) for order in rounds}) > 3


def kinds(order):
    return "".join("h" if i in (1, 3) else "w" for i in order)


def test_one_kind_behind_the_other(rng):
    found = {kinds(DrawnOrder(FILE, BY_ASPECT)(rng)) for _ in range(30)}
    assert found == {"hhwwwww", "wwwwwhh"}


@pytest.mark.parametrize(
    ("group", "expected"),
    [(1, {"hwhwwww", "whwhwww"}), (2, {"hhwwwww", "wwhhwww"}), (3, {"hhwwwww", "wwwhhww"})],
)
def test_groups_in_turn_until_one_kind_is_used_up(group, expected, rng):
    assert {kinds(DrawnOrder(FILE, MIXED, group)(rng)) for _ in range(30)} == expected


def test_images_with_an_object_come_several_times(rng):
    assert DrawnOrder(file_of([WIDE] * 2), times=3)(rng) == [0, 0, 0, 1, 1, 1]
    assert DrawnOrder(file_of([WIDE] * 2, ignored=1), times=3)(rng) == [0, 1]
