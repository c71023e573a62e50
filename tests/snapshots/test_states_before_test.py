"""While test nets are tested, what counts is where they stood before."""

from __future__ import annotations

import copy

import pytest

from blobnet import Net, parse_net
from blobnet.snapshots.states_before_test import StatesBeforeTest
from tests.solver.training import RANDOM_DATA


@pytest.fixture
def nets():
    return [Net(parse_net(RANDOM_DATA), "TEST", seed=seed) for seed in (1, 2)]


def now(nets):
    return [net.get_state() for net in nets]


def test_a_test_that_ends_leaves_the_nets_where_they_are(nets):
    states, before = StatesBeforeTest(nets), now(nets)
    with states.kept_until_tested(lambda: True):
        nets[0].forward()
        assert states.get_state() == before
    assert states.get_state() == now(nets) != before


def test_a_test_that_is_broken_off_begins_anew(nets):
    states, before = StatesBeforeTest(nets), now(nets)
    with states.kept_until_tested(lambda: False):
        nets[0].forward()
    assert states.get_state() == now(nets) == before


def test_a_test_that_fails_is_over(nets):
    states, before = StatesBeforeTest(nets), now(nets)

    def fail():
        nets[0].forward()
        raise KeyError

    with pytest.raises(KeyError), states.kept_until_tested(lambda: False):
        fail()
    assert states.get_state() == now(nets) != before


def test_a_copy_made_meanwhile_stands_before_the_test(nets):
    states, before = StatesBeforeTest(nets), now(nets)
    with states.kept_until_tested(lambda: True):
        nets[0].forward()
        copied, copies = copy.deepcopy((states, nets))
        assert copied.get_state() == now(copies) == before
    assert copied.get_state() == before != now(nets)


def test_states_of_fewer_nets_reach_those_that_there_are(nets):
    states, before = StatesBeforeTest(nets), now(nets)
    nets[0].forward()
    nets[1].forward()
    moved = now(nets)
    states.set_state(before[:1])
    assert now(nets) == [before[0], moved[1]]
