"""Signs of life, sent and looked for at times that a clock says."""

from __future__ import annotations

import pytest

from blobnet.distributed.heartbeat import Heartbeat
from blobnet.distributed.ranks import DistributedError, Ranks


class Done:
    def Test(self):  # noqa: N802 - mpi4py's name
        return True


class Comm:
    """What is sent, and what is there to be received: tags."""

    def __init__(self):
        self.sent, self.there = [], []

    def Dup(self):  # noqa: N802
        return self

    def Isend(self, data, dest, tag):  # noqa: N802
        self.sent.append((dest, tag))
        return Done()

    def Iprobe(self, source, status):  # noqa: N802
        assert source == 1
        if self.there:
            status.tag = self.there[0]
        return bool(self.there)

    def Recv(self, data, source, tag):  # noqa: N802
        assert self.there.pop(0) == tag


class Mpi:
    class Status:
        def Get_tag(self):  # noqa: N802
            return self.tag


@pytest.fixture
def made(monkeypatch):
    """Rank 2 of 3: what it sends and gets, its clock, and its heartbeat."""
    monkeypatch.setenv("BLOBNET_RANK_TIMEOUT", "5")
    comm, now = Comm(), [100.0]
    return comm, now, Heartbeat(Ranks(2, 3, comm, Mpi), lambda: now[0])


def pass_seconds(now, beat, seconds):
    for _ in range(10 * seconds):
        now[0] += 0.1
        beat()


def test_each_second_the_next_rank_is_told(made):
    comm, now, heartbeat = made
    comm.there = [1] * 3
    pass_seconds(now, heartbeat.beat, 3)
    assert set(comm.sent) == {(0, 1)}
    assert 2 <= len(comm.sent) <= 3


def test_a_rank_that_is_not_heard_of_is_lost(made):
    _, now, heartbeat = made
    pass_seconds(now, heartbeat.beat, 5)
    with pytest.raises(DistributedError, match=r"rank 1 is lost(.*\n)*.*within 5 "):
        pass_seconds(now, heartbeat.beat, 2)


def test_a_short_limit_holds_as_well(made, monkeypatch):
    comm, now, _ = made
    monkeypatch.setenv("BLOBNET_RANK_TIMEOUT", "2")
    heartbeat = Heartbeat(Ranks(2, 3, comm, Mpi), lambda: now[0])
    pass_seconds(now, heartbeat.beat, 2)
    with pytest.raises(DistributedError, match="rank 1 is lost"):
        pass_seconds(now, heartbeat.beat, 2)


def test_one_that_has_said_goodbye_is_not_waited_for(made):
    comm, now, heartbeat = made
    comm.there = [1, 2]
    pass_seconds(now, heartbeat.beat, 60)
    heartbeat.say_goodbye()
    assert comm.sent[-1] == (0, 2)


def test_who_was_away_itself_waits_anew(made):
    _, now, heartbeat = made
    now[0] += 1000
    heartbeat.beat()
    pass_seconds(now, heartbeat.beat, 4)
