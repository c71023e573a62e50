from __future__ import annotations

import pytest

from benchmarks.measure import WARM_UP, Measured, interleave, seconds, spread


class Clock:
    """A clock that work moves on."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def work(self, calls, name, *taken):
        """Work that takes these times in turn, and notes its name."""
        times = iter(taken)

        def run():
            calls.append(name)
            self.now += next(times)

        return run


def test_works_take_turns_and_the_first_call_of_each_is_not_counted():
    clock, calls = Clock(), []
    a = clock.work(calls, "a", *[9] * WARM_UP, 7, 1, 2, 7, 3, 4)
    b = clock.work(calls, "b", *[9] * WARM_UP, 7, 10, 20, 7, 30, 40)
    assert interleave([a, b], rounds=2, calls=2, clock=clock) == [[1, 2, 3, 4], [10, 20, 30, 40]]
    assert "".join(calls) == "aa" + "bb" + "aaabbb" * 2


def test_one_call_takes_what_the_clock_says():
    clock = Clock()
    assert seconds(clock.work([], "a", 2.5), clock) == 2.5


def test_the_value_is_the_ratio_of_medians_or_the_median():
    assert Measured([1.0, 2.0, 30.0], [8.0, 4.0, 0.1]).value == 0.5
    assert Measured([1.0, 2.0, 30.0]).value == 2.0


@pytest.mark.parametrize(
    ("samples", "expected"),
    [([5.0], 0.0), ([2.0] * 4, 0.0), ([1.0, 2.0, 3.0, 4.0, 5.0], 1 / 3), ([0.0, 0.0], 0.0)],
)
def test_the_spread_is_half_the_distance_of_the_quartiles(samples, expected):
    assert spread(samples) == pytest.approx(expected)
