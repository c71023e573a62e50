"""What is set for the process: seeds, the place among several solvers, a timer."""

from __future__ import annotations

import logging

import pytest

from blobnet import pycaffe as caffe
from blobnet.pycaffe import timer as timer_module


def weights(net):
    return net.params["ip"][0].data.tolist()


def test_a_seed_makes_all_that_follows_reproducible(net_file, solver_file):
    def made():
        caffe.set_random_seed(7)
        nets = [caffe.Net(net_file, caffe.TEST) for _ in range(2)]
        nets.append(caffe.SGDSolver(solver_file()).net)
        return [weights(net) for net in nets]

    first = made()
    assert made() == first
    assert first[0] != first[1] != first[2]  # each draws on


def test_without_a_seed_nets_differ(net_file):
    assert weights(caffe.Net(net_file, caffe.TEST)) != weights(caffe.Net(net_file, caffe.TEST))


def test_a_seed_given_to_the_net_itself_counts(net_file):
    caffe.set_random_seed(7)
    nets = [caffe.Net(net_file, caffe.TEST, seed=3) for _ in range(2)]
    assert weights(nets[0]) == weights(nets[1])


def test_a_solvers_own_seed_begins_a_new_sequence(net_file, solver_file):
    def made():
        solver = caffe.SGDSolver(solver_file("random_seed: 4"))
        return weights(solver.net), weights(caffe.Net(net_file, caffe.TEST))

    assert made() == made()
    first = made()[0]
    caffe.set_solver_rank(1)
    assert made()[0] != first


@pytest.mark.parametrize("seed", [-1, "three", 1.5, None])
def test_what_is_no_seed(seed):
    with pytest.raises(RuntimeError, match="no random seed"):
        caffe.set_random_seed(seed)


def test_the_gpu_is_told_once_to_be_the_cpu(caplog):
    with caplog.at_level(logging.INFO, logger="blobnet"):
        for _ in range(2):
            caffe.set_mode_cpu()
            caffe.set_mode_gpu()
            caffe.set_device(0)
    assert [text.split(":")[0] for text in caplog.messages] == ["set_mode_gpu", "set_device"]


def test_counts_and_ranks_are_kept(solver_file):
    assert (caffe.solver_count(), caffe.solver_rank(), caffe.has_nccl()) == (1, 0, False)
    solver = caffe.SGDSolver(solver_file())
    caffe.set_solver_count(2)
    caffe.set_solver_rank(1)
    caffe.set_multiprocess(True)
    assert (caffe.solver_count(), caffe.solver_rank()) == (2, 1)
    with pytest.raises(
        RuntimeError, match=r"not as many solvers(.*\n)*.*solver_count 2(.*\n)*.*mpiexec -n 2"
    ):
        caffe.NCCL(solver, caffe.NCCL.new_uid())


def test_uids_differ():
    uids = [caffe.NCCL.new_uid() for _ in range(2)]
    assert isinstance(uids[0], bytes)
    assert uids[0] != uids[1]


def test_timer(monkeypatch, warnings):
    now = iter([1.0, 1.5, 3.0, 3.25])
    monkeypatch.setattr(timer_module.time, "perf_counter", lambda: next(now))
    timer = caffe.Timer()
    assert warnings(lambda: timer.ms) == ["Timer has never been run before reading time."]
    timer.start()
    timer.start()
    timer.stop()
    timer.stop()
    assert timer.ms == 500
    timer.start()
    assert timer.ms == 250
    assert repr(timer) == "Timer, 250 ms"
