"""The rate of lr_policy "plateau" follows the losses, in the words of SSD."""

from __future__ import annotations

import json

import pytest

from blobnet import SolverError, parse_solver
from blobnet.reports.plateau import Plateau
from tests.solver.training import make_solver, rewritten

SETTINGS = 'lr_policy: "plateau" base_lr: 0.5 gamma: 0.1 plateau_winsize: 3 plateau_winsize: 2 '


def plateau(more=""):
    return Plateau(parse_solver(SETTINGS + more))


def steps(losses, first=0):
    its = plateau()
    found = []
    for iteration, loss in enumerate(losses, start=first):
        its.update(loss, iteration)
        found.append(its.current_step)
    return found


def test_it_waits_a_window_for_a_smaller_loss():
    assert steps([5, 5, 5, 5, 5, 5, 5, 5]) == [0, 0, 0, 1, 1, 2, 2, 2]  # two windows, no more


def test_a_smaller_loss_begins_the_window_anew():
    assert steps([5, 5, 4, 4, 4, 3, 3, 3, 3]) == [0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_what_is_left_of_the_rate():
    its = plateau()
    for iteration in range(4):
        its.update(1, iteration)
    assert its.rate(0.5) == pytest.approx(0.05)


def test_other_policies_are_left_alone():
    its = Plateau(parse_solver('lr_policy: "fixed" gamma: 0.1 plateau_winsize: 1'))
    for iteration in range(9):
        its.update(1, iteration)
    assert its.rate(0.5) == 0.5


def test_the_log_says_when_it_falls(caplog):
    caplog.set_level("INFO", "blobnet")
    its = plateau("display: 2")
    for iteration in range(5):
        its.update(0.25, iteration)
    assert caplog.messages == [
        "Plateau Status: Iteration 0, current minimum_loss = 0.25",
        "Plateau Status: Iteration 3, step = 1",
        "Plateau Status: Iteration 4, current minimum_loss = 0.25",
    ]


def test_a_state_goes_on():
    its, other = plateau(), plateau()
    its.set_state(json.loads(json.dumps(its.get_state())))  # of before the first loss
    for iteration in range(4):
        its.update(1, iteration)
    other.set_state(json.loads(json.dumps(its.get_state())))
    for each in (its, other):
        each.update(1, 4)
        each.update(1, 5)
        assert each.current_step == 2


@pytest.fixture
def settings(tmp_path):
    prefix = (tmp_path / "s").as_posix()
    return f'{SETTINGS} plateau_winsize: 4 snapshot_prefix: "{prefix}"'


def test_a_training_falls_and_resumes(settings):
    whole, begun, resumed = (make_solver(settings=settings) for _ in range(3))
    whole.step(14)
    assert 0 < whole.plateau.current_step < 4
    assert whole.get_learning_rate() == pytest.approx(0.5 * 0.1**whole.plateau.current_step)
    begun.step(9)
    resumed.restore(begun.snapshot())
    resumed.step(5)
    assert resumed.plateau.get_state() == whole.plateau.get_state()
    assert resumed.loss == whole.loss


def test_a_state_of_caffe_has_the_steps(settings):
    solver, other = (make_solver(settings=settings) for _ in range(2))
    solver.step(9)
    other.restore(rewritten(solver.snapshot(), current_step=2, extra=b""))
    assert other.plateau.current_step == 2
    assert other.plateau.iter_last_event == 9


@pytest.mark.parametrize("field", ["eval_type", "ap_version"])
def test_unknown_choices_are_refused(field):
    with pytest.raises(SolverError, match=f"{field} is unknown"):
        make_solver(settings=f'{field}: "pointless"')
