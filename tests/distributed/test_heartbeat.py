"""Signs of life, sent and looked for at times that a clock says."""

from __future__ import annotations

from queue import SimpleQueue

import pytest

from blobnet.distributed.heartbeat import Heartbeat, time_limit
from blobnet.distributed.ranks import DistributedError
from blobnet.distributed.world import find_ranks


class Done:
    def Test(self):  # noqa: N802 - mpi4py's name
        return True


class Comm:
    """That of rank 2 of 3: to whom signs are sent, and how many are there to be received."""

    rank, size = 2, 3

    def __init__(self):
        self.sent, self.there = [], 0

    def Isend(self, data, dest):  # noqa: N802
        self.sent.append(dest)
        return Done()

    def Iprobe(self, source):  # noqa: N802
        assert source == 1
        return self.there > 0

    def Recv(self, data, source):  # noqa: N802
        assert source == 1
        self.there -= 1

    def Ibarrier(self):  # noqa: N802
        return Done()


class Case:
    """A heartbeat with a limit, its clock, what it sends and gets, and what it says is lost."""

    def __init__(self, limit, monkeypatch):
        monkeypatch.setenv("BLOBNET_RANK_TIMEOUT", str(limit))
        self.comm, self.now, self.lost = Comm(), 100.0, []
        self.heartbeat = Heartbeat(self.comm, self.lost.append, lambda: self.now)

    def pass_seconds(self, seconds):
        for _ in range(seconds):
            self.now += 1
            self.heartbeat.beat()


def test_each_second_the_next_rank_is_told(monkeypatch):
    case = Case(5, monkeypatch)
    for _ in range(60):
        case.comm.there = 1
        case.pass_seconds(1)
    assert case.comm.sent == [0] * 60
    assert case.comm.there == 0


@pytest.mark.parametrize("limit", [2, 5])
def test_a_rank_that_is_not_heard_of_is_lost(limit, monkeypatch):
    case = Case(limit, monkeypatch)
    case.pass_seconds(limit)
    with pytest.raises(DistributedError, match=rf"rank 1 is lost(.*\n)*.*within {limit} "):
        case.pass_seconds(1)


def test_who_was_away_itself_waits_anew(monkeypatch):
    case = Case(5, monkeypatch)
    case.now += 1000
    case.heartbeat.beat()
    case.pass_seconds(5)
    with pytest.raises(DistributedError, match="rank 1 is lost"):
        case.pass_seconds(1)


def test_the_thread_tells_what_is_wrong_once_and_ends(monkeypatch):
    monkeypatch.setattr("blobnet.distributed.heartbeat._EVERY", 0.0)
    told: SimpleQueue[str] = SimpleQueue()
    comm = Comm()
    comm.Isend = lambda data, dest: 1 / 0  # MPI's own errors mean the same
    heartbeat = Heartbeat(comm, told.put)
    heartbeat.start()
    assert told.get(timeout=60) == "division by zero"
    heartbeat.end()
    assert told.empty()


def test_it_ends_when_all_are_at_the_end(monkeypatch):
    case = Case(5, monkeypatch)
    case.heartbeat.start()
    case.heartbeat.end()
    assert case.lost == []


@pytest.mark.parametrize("text", ["1", "-5", "soon", "nan"])
def test_a_limit_that_is_none_is_refused(text, monkeypatch):
    monkeypatch.setenv("BLOBNET_RANK_TIMEOUT", text)
    with pytest.raises(DistributedError, match=rf"BLOBNET_RANK_TIMEOUT(.*\n)*.*got: +{text}$"):
        time_limit()
    with pytest.raises(DistributedError, match="BLOBNET_RANK_TIMEOUT"):
        find_ranks({"PMI_SIZE": "2"})  # before anything is asked of MPI
