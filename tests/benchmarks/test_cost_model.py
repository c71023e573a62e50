"""What the model says of cases that can be computed by hand."""

from __future__ import annotations

import pytest

from benchmarks.cost_model import ADDING, Network, Part, Profile, exchange

NETWORK = Network("by hand", latency=1e-3, bandwidth=1e6)


def test_an_exchange_sends_pieces_there_and_back():
    two = 2 * (1e-3 + 500 / 1e6) + 1000 / ADDING
    assert exchange(1000, 2, NETWORK) == pytest.approx(two)
    four = 2 * (3e-3 + 750 / 1e6) + 1000 / ADDING
    assert exchange(1000, 4, NETWORK) == pytest.approx(four)


def test_what_is_exchanged_behind_backward_costs_nothing_but_the_word_on_the_loss():
    profile = Profile("it", 1, 1.0, [Part(1000, 0.5)])
    assert profile.seconds(1, NETWORK) == 1
    assert profile.seconds(4, NETWORK) == pytest.approx(1 + 2e-3)


def test_parts_wait_for_each_other_and_the_step_for_the_last():
    parts = [Part(1e6, 0.5), Part(1e6, 0.6)]
    each = exchange(1e6, 2, NETWORK)
    profile = Profile("it", 1, 1.0, parts)
    assert profile.seconds(2, NETWORK) == pytest.approx(0.5 + 2 * each + 1e-3)
    assert profile.efficiency(2, NETWORK) == pytest.approx(1 / (0.5 + 2 * each + 1e-3))


def test_resnet_50_is_nine_tenths_of_16_ranks_by_the_profiles():
    from benchmarks.cost_model import TEN_GIGABIT
    from benchmarks.scale import read_profiles

    profiles = {profile.name: profile for profile in read_profiles()}
    assert profiles["resnet50"].efficiency(16, TEN_GIGABIT) > 0.9
    assert sum(part.bytes for part in profiles["resnet50"].parts) == pytest.approx(102e6, rel=0.01)
