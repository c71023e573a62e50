import pytest

from blobnet.ops.c_random import c_random


@pytest.mark.parametrize(
    ("seed", "numbers"),
    [  # recorded from glibc
        (1, [1804289383, 846930886, 1681692777, 1714636915, 1957747793]),
        (77, [164215730, 618066554, 1684787909]),
        (0, [1804289383, 846930886]),
    ],
)
def test_the_numbers_are_those_of_glibc(seed, numbers):
    assert c_random(seed, len(numbers)).tolist() == numbers


def test_none_are_given_where_none_are_wanted():
    assert c_random(1, 0).shape == (0,)
