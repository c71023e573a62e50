"""Solvers by pycaffe's names."""

from __future__ import annotations

import math

import numpy as np
import pytest

import blobnet
from blobnet import SolverError
from blobnet import pycaffe as caffe
from tests.solver.training import RANDOM_REGRESSION, SETTINGS

KINDS = ["SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam"]


@pytest.mark.parametrize("kind", KINDS)
def test_get_solver_makes_what_the_file_names_and_all_are_sgd_solvers(kind, solver_file):
    settings = "rms_decay: 0.9" if kind == "RMSProp" else "momentum: 0.9"
    if kind == "AdaGrad":
        settings = ""
    solver = caffe.get_solver(solver_file(f'type: "{kind}" {settings}'))
    assert type(solver) is getattr(caffe, f"{kind}Solver")
    assert isinstance(solver, caffe.SGDSolver)
    before = solver.net.params["ip"][0].data.copy()
    solver.step(1)
    assert solver.iter == 1
    assert (solver.net.params["ip"][0].data != before).any()


def test_the_rule_is_the_classs_own_and_not_sgds(solver_file):
    solver = caffe.AdamSolver(solver_file("momentum: 0.9 random_seed: 1"))
    before = solver.net.params["ip"][0].data.copy()
    solver.step(1)  # the first step of Adam is the rate, whatever the gradient
    change = np.abs(solver.net.params["ip"][0].data - before)
    np.testing.assert_allclose(change, 0.1, rtol=1e-3)


def test_nets_are_pycaffes(solver_file):
    solver = caffe.SGDSolver(solver_file())
    assert type(solver.net) is caffe.Net
    assert [type(net) for net in solver.test_nets] == [caffe.Net]


def test_an_unknown_type_names_the_file(solver_file):
    path = solver_file('type: "Nestorov"')
    with pytest.raises(
        SolverError, match=r"solver\.prototxt: Unknown solver type(.*\n)*.*Nesterov"
    ):
        caffe.get_solver(path)


def test_rate_and_settings(solver_file):
    solver = caffe.SGDSolver(solver_file("gamma: 0.5 stepsize: 2", policy='"step"'))
    assert solver.lr == pytest.approx(0.1)
    solver.step(2)
    assert solver.lr == pytest.approx(0.05)
    solver.param.base_lr = 1
    assert solver.lr == 0.5
    assert (solver.param.max_iter, solver.param.display) == (5, 0)
    assert solver.param.layer_wise_reduce


def test_share_weights_lets_the_other_net_see_the_training(solver_file):
    solver = caffe.SGDSolver(solver_file())
    other = caffe.SGDSolver(solver_file()).net
    solver.share_weights(other)
    solver.step(1)
    assert (other.params["ip"][0].data == solver.net.params["ip"][0].data).all()


def test_callbacks_are_two_functions_or_an_nccl(solver_file):
    solver, calls = caffe.SGDSolver(solver_file()), []
    nccl = caffe.NCCL(solver, caffe.NCCL.new_uid())
    nccl.bcast()
    solver.add_callback(nccl)
    solver.add_callback(lambda: calls.append("start"), lambda: calls.append("ready"))
    solver.net.after_backward(nccl)
    solver.step(2)
    assert calls == ["start", "ready"] * 2


def test_snapshot_and_restore(solver_file, tmp_path):
    solver = caffe.SGDSolver(solver_file(f'snapshot_prefix: "{tmp_path}/s" random_seed: 1'))
    solver.step(2)
    state = solver.snapshot()
    solver.step(1)
    other = caffe.SGDSolver(solver_file(f'snapshot_prefix: "{tmp_path}/s" random_seed: 2'))
    other.restore(str(state))
    other.step(1)
    assert (other.net.params["ip"][0].data == solver.net.params["ip"][0].data).all()
    with pytest.raises(RuntimeError, match="Could not open file"):
        other.restore("no.solverstate")


def test_solve_goes_to_the_end(solver_file):
    solver = caffe.SGDSolver(solver_file())
    solver.solve()
    assert solver.iter == 5


def test_a_loss_that_is_no_number_stops_unless_told_otherwise(solver_file):
    solver = caffe.SGDSolver(solver_file("display: 1"))
    solver.net.params["ip"][0].data[0, 0] = np.nan
    with pytest.raises(SolverError, match="the loss is nan"):
        solver.step(1)
    assert solver.iter == 0
    caffe.set_check_loss(False)
    solver.step(2)
    assert solver.iter == 2
    assert math.isnan(solver.loss)
    caffe.set_check_loss(True)
    with pytest.raises(SolverError):
        solver.step(1)


def test_nets_with_python_layers_are_trained():
    net = RANDOM_REGRESSION.replace(
        'type: "EuclideanLoss"',
        'type: "Python" loss_weight: 1 '
        'python_param { module: "pyloss" layer: "EuclideanLossLayer" }',
    )
    param = blobnet.parse_solver(SETTINGS)
    param.net_param.CopyFrom(blobnet.parse_net(net))
    solver = caffe.get_solver(param)
    before = solver.net.params["ip1"][0].data.copy()
    solver.step(2)
    assert (solver.net.params["ip1"][0].data != before).any()
