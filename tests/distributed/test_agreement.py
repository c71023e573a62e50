"""What ranks compare, with the others' answers written down."""

from __future__ import annotations

from pathlib import Path

import pytest

import blobnet
from blobnet.distributed import DistributedError
from blobnet.distributed.agreement import check_agreement, of_net, size_of_data
from blobnet.distributed.ranks import Ranks
from tests.solver.training import RANDOM_DATA, REGRESSION


class Comm:
    """Two ranks with these answers, one after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def allgather(self, value):
        return self.answers.pop(0)(value)


def compared(mine, theirs):
    """What rank 0 says of `mine` where rank 1 has `theirs`; each is name to text."""
    told: list[object] = []
    keep = Comm(lambda value: told.append(value) or [value, value])
    check_agreement(Ranks(1, 2, keep, None), theirs)
    _, hashes = told[0]
    names = [name for name in mine if mine[name] != theirs[name]]
    comm = Comm(
        lambda value: [value, ("beta", hashes)],
        lambda shown: [shown, {name: theirs[name] for name in names}],
    )
    check_agreement(Ranks(0, 2, comm, None), mine)


def of(net):
    return of_net(blobnet.Net(blobnet.parse_net(net), "TEST", seed=1))


def test_ranks_that_have_the_same_go_on():
    compared(of(RANDOM_DATA + REGRESSION), of(RANDOM_DATA + REGRESSION))


def test_another_net_is_told_by_its_line_and_not_by_its_weights():
    other = REGRESSION.replace("num_output: 5", "num_output: 6")
    with pytest.raises(DistributedError) as caught:
        compared(of(RANDOM_DATA + REGRESSION), of(RANDOM_DATA + other))
    told = str(caught.value)
    assert "rank 1 on beta differs from rank 0 on " in told
    assert "in the net, its weights" in told
    assert "the net: num_output: 5, as on rank 0" in told
    assert "got:      num_output: 6" in told


def test_another_version_is_told():
    name = "the version of blobnet"
    with pytest.raises(DistributedError, match=rf"in {name}\n.*: 0\.1, as .*\n.*: +9\.9\n"):
        compared({name: "0.1"}, {name: "9.9"})


def test_a_lock_of_readers_is_no_data(tmp_path):
    (tmp_path / "data.mdb").write_bytes(b"12345")
    before = size_of_data(tmp_path)
    (tmp_path / "lock.mdb").write_bytes(b"1")
    assert size_of_data(tmp_path) == before == {"data.mdb": 5}
    assert size_of_data(tmp_path / "data.mdb") == {"data.mdb": 5}
    assert size_of_data(Path("nowhere")) == "not there"
