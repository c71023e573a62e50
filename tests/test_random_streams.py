"""Streams of random numbers: one for each pass, the same whoever makes the others."""

from __future__ import annotations

import json

import numpy as np
import pytest

from blobnet.random_streams import STREAM, PassStreams, go_to_stream, own_stream


def generator(seed=3):
    return np.random.default_rng(seed)


def stream(number, seed=3):
    """The first numbers of a stream, by a generator moved by hand."""
    bits = np.random.PCG64(seed)
    bits.advance(number * STREAM)
    return np.random.Generator(bits).random(3).tolist()


def drawn(streams, extra=0):
    streams.begin_pass()
    found = streams.generator.random(3).tolist()
    streams.generator.random(extra)
    return found


def test_each_pass_draws_from_the_next_stream_however_much_was_drawn_before():
    streams = PassStreams(generator())
    assert [drawn(streams, extra) for extra in (0, 7, 1)] == [stream(0), stream(1), stream(2)]


def test_passes_in_which_nothing_is_drawn_count():
    streams = PassStreams(generator())
    for _ in range(4):
        streams.begin_pass()
    assert streams.generator.random(3).tolist() == stream(3)


@pytest.mark.parametrize("turns", [1, 2, 5])
def test_turns(turns):
    parts = [PassStreams(generator()) for _ in range(turns)]
    for turn, part in enumerate(parts):
        part.take_turns(turn, turns)
    found = [drawn(part) for _ in range(3) for part in parts]
    assert found == [stream(number) for number in range(3 * turns)]
    states = [part.get_state() for part in parts]
    assert states == [states[0]] * turns
    resumed = PassStreams(generator(9))
    resumed.set_state(json.loads(json.dumps(states[0])), by_pass=True)
    resumed.generator.random(11)  # between passes: does not count
    assert drawn(resumed) == stream(3 * turns)


def test_turns_change_in_the_middle():
    streams = PassStreams(generator())
    drawn(streams)
    streams.take_turns(1, 3)
    assert [drawn(streams) for _ in range(2)] == [stream(2), stream(5)]
    streams.take_turns(0, 1)
    assert drawn(streams) == stream(7)


def test_without_passes_it_is_a_generator_as_any_other():
    streams, rng = PassStreams(generator()), generator()
    assert streams.generator.random(3).tolist() == rng.random(3).tolist()
    assert streams.get_state() == rng.bit_generator.state
    assert not streams.by_pass


def test_a_block_draws_from_one_stream():
    rng = generator()
    for number in range(3):
        with own_stream(rng):
            assert rng.random(3).tolist() == stream(number)
            rng.integers(5, size=number)


def test_where_nothing_is_drawn_there_are_no_streams():
    with own_stream(None):
        pass


def test_generators_that_cannot_be_moved_stay():
    rng = np.random.Generator(np.random.MT19937(1))
    before = rng.bit_generator.state["state"]["pos"]
    go_to_stream(rng, rng.bit_generator.state, 5)
    assert rng.bit_generator.state["state"]["pos"] == before
