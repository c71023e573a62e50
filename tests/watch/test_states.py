"""Kept states take no more room than they may, and the past is thinned out evenly."""

from __future__ import annotations

from itertools import pairwise

from blobnet.watch.states import KeptState, KeptStates
from tests.watch.trainings import by_hand


def kept(iterations, **bounds):
    states = KeptStates(**bounds)
    solver = by_hand().solver
    for iteration in iterations:
        solver.iter_ = iteration
        states.add(KeptState.of(solver))
    return states


def test_all_are_kept_while_there_is_room():
    assert kept(range(20)).iterations == list(range(20))


def test_of_too_many_the_first_and_the_newest_stay():
    states = kept(range(1000), most=12)
    assert len(states.iterations) == 12
    assert states.iterations[0] == 0
    assert states.iterations[-1] == 999
    gaps = [b - a for a, b in pairwise(states.iterations)]
    assert gaps[-1] <= 3  # close together near the end, far apart long before
    assert max(gaps) < 600


def test_memory_is_bounded():
    one = kept([0]).nbytes
    states = kept(range(100), most_bytes=5 * one + 200)
    assert len(states.iterations) <= 5
    assert states.nbytes <= 5 * one + 200
    assert kept(range(100), most_bytes=1).iterations == [99]  # the newest one always


def test_going_on_from_an_earlier_one_forgets_what_came_behind():
    states = kept([0, 1, 2, 3, 1])
    assert states.iterations == [0, 1]
    assert states.find(7).iteration == 1
    assert states.find(-1) is None
