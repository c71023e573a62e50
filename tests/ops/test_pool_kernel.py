"""When a worker is late: by a clock that shows what a test wants."""

from __future__ import annotations

import ctypes

import pytest

from blobnet.ops import parallel, pool
from blobnet.ops import pool_words as at
from blobnet.ops.launch import launch
from tests import sharing
from tests.ops.pool_kernels import count_up, zeros

CLOCK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
TAKES, TICK = (7, 8), 1000


@pytest.fixture
def caller(monkeypatch):
    """A pool whose workers never come: its caller does all items."""
    sharing.be_patient(monkeypatch)
    monkeypatch.setattr(pool, "LATE", 0.0005)
    yield sharing.pool_without_workers(2)
    parallel.set_num_threads(None)


def goes_alone(some, count, together, *times, others_do=0):
    """Whether the caller goes alone after a job; it begins, is done, and all are, at such times.

    others_do  so many items are taken when the caller begins
    """
    showing = iter(times)

    @CLOCK
    def clock(first, second):
        assert (first, second) == TAKES
        some.words[[at.TIME, at.TIME + 1]] = divmod(next(showing), TICK)
        some.words[at.NEXT] = max(some.words[at.NEXT], others_do)
        return 0

    some.words[at.CLOCK] = ctypes.cast(clock, ctypes.c_void_p).value
    some.words[[*at.CLOCK_TAKES]], some.words[at.TICK] = TAKES, TICK
    some.words[at.ALONE] = 0
    launch(count_up, count, (zeros(count),), at.ASLEEP, together)
    assert next(showing, None) is None
    return bool(some.words[at.ALONE] > 0)


@pytest.mark.parametrize(
    ("count", "together", "piece"),
    [(3, 1, 1_000_000), (3, 16, 1_000_000), (60, 5, 250_000), (300, 1, 10_000)],
)
def test_only_what_exceeds_two_last_pieces_is_lateness(count, together, piece, caller):
    """Of a few large items one thread does more than the other, which then has to wait."""
    for begun in (0, 123_456_789):
        done = begun + 3_000_000
        in_time = done + 2 * piece + 500_000
        assert not goes_alone(caller, count, together, begun, done, done)
        assert not goes_alone(caller, count, together, begun, done, in_time - 1)
        assert goes_alone(caller, count, together, begun, done, in_time)


def test_what_others_have_done_is_worth_a_wait(caller):
    """Alone, the caller would have taken a second longer than with the others, who were late."""
    piece, half = 1_000_000_000, 1_000_000_000
    in_time = half + 2 * piece + half + 500_000
    assert not goes_alone(caller, 2, 1, 0, half, in_time - 1, others_do=1)
    assert goes_alone(caller, 2, 1, 0, half, in_time, others_do=1)


def test_who_found_nothing_to_do_cannot_tell_who_is_late(caller):
    assert not goes_alone(caller, 3, 1, 0, 10**9, others_do=3)
