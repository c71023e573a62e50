"""What is found when a solver begins to train, and not after hours."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import SolverError, parse_net, parse_solver
from blobnet.checks import learning
from blobnet.cli.progress import training_progress
from blobnet.viz.gradients import GradientRecorder
from blobnet.viz.trace import trace_steps
from tests.solver.training import (
    RANDOM_DATA,
    RANDOM_REGRESSION,
    assert_same_bits,
    make_solver,
    weights_of,
)

NO_LOSS = RANDOM_REGRESSION.replace("EuclideanLoss", "Concat")


# --- rates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "iteration"),
    [
        ('lr_policy: "inv" gamma: -0.1 power: 0.5', 10),  # (1 - 1.00000001) ^ -0.5
        ('base_lr: 0 lr_policy: "exp" gamma: 1e30', 11),
    ],
)
def test_a_schedule_that_ends_in_no_number_is_refused_before_the_first_update(settings, iteration):
    solver = make_solver(settings=settings)
    before = weights_of(solver)
    with pytest.raises(SolverError, match=rf"iteration {iteration}: the learning rate is not a"):
        solver.step(20)
    assert solver.iter == 0
    assert_same_bits(weights_of(solver), before)
    solver.step(iteration)  # so far it is sound
    assert solver.iter == iteration


def test_a_rate_that_becomes_negative_is_warned_about(warnings):
    solver = make_solver(settings='lr_policy: "step" gamma: -0.5 stepsize: 4')
    assert warnings(solver.step, 3) == []
    assert warnings(solver.step, 5) == ["iteration 4: the learning rate has become negative"]


# --- nothing to learn -----------------------------------------------------------------------------


def no_base_lr(net=RANDOM_REGRESSION):
    param = parse_solver('lr_policy: "fixed" max_iter: 20 random_seed: 7')
    param.net_param.CopyFrom(parse_net(net))
    return blobnet.get_solver(param)


def test_a_net_without_a_loss_is_not_trained(tmp_path):
    solver = make_solver(NO_LOSS, f'snapshot_prefix: "{tmp_path}/x"')
    solver.step(0)
    with pytest.raises(SolverError, match=r"no layer has a loss weight\n(.*\n)+.*SoftmaxWithLoss"):
        solver.solve()
    assert solver.iter == 0
    assert not list(tmp_path.iterdir())


def test_who_only_watches_is_no_reason_to_train_nothing():
    solver = make_solver(NO_LOSS)
    solver.add_callback(blobnet.SolverCallback())
    solver.add_callback(GradientRecorder())
    with training_progress(solver), pytest.raises(SolverError, match="no layer has a loss weight"):
        solver.step(1)


def test_a_base_lr_has_to_be_given():
    solver = no_base_lr()
    with pytest.raises(SolverError, match=r"base_lr is not given.*rate is 0\n"):
        solver.step(1)
    solver.param.base_lr = 0.05  # as scripts do
    expected = make_solver()
    for one in (solver, expected):
        one.step(2)
    assert_same_bits(weights_of(solver), weights_of(expected))


def test_a_rate_of_0_that_is_given_is_what_is_wanted(warnings):
    assert warnings(make_solver(settings="base_lr: 0").step, 2) == []


BATCH_NORM = 'layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" }'


@pytest.mark.parametrize("make", [no_base_lr, lambda net: make_solver(net=net)])
def test_gathering_statistics_is_an_effect_and_a_warning(warnings, make):
    solver = make((RANDOM_REGRESSION if make is no_base_lr else RANDOM_DATA) + BATCH_NORM)
    messages = warnings(solver.step, 2)
    assert len(messages) == 1
    assert messages[0].startswith("nothing can be learned: ")
    assert solver.net.params["bn"][2].data[0] > 1, "two batches have been counted"
    assert warnings(solver.step, 2) == [], "it is said once"


def test_gradients_from_outside_are_an_effect(warnings):
    """As in pycaffe: a script computes the gradient, the solver makes the update."""
    solver = make_solver(NO_LOSS)
    weights = solver.net.params["ip2"][1]
    before = weights.data.copy()

    def give():
        weights.diff[...] = 2

    solver.add_callback(lambda: None, give)
    assert len(warnings(solver.step, 1)) == 1
    np.testing.assert_allclose(weights.data, before - 0.05 * 2, rtol=1e-6)


def test_a_step_of_a_net_without_a_loss_can_be_told(warnings):
    steps = []
    assert len(warnings(lambda: steps.extend(trace_steps(make_solver(NO_LOSS))))) == 1
    assert [layer.name for layer in steps[0].passes[0].layers][:2] == ["data", "ip1"]


@pytest.mark.parametrize(
    "net",
    [
        RANDOM_REGRESSION.replace("param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 0 }", "")
        .replace('top: "ip1"\n', 'top: "ip1" param { lr_mult: 0 } param { lr_mult: 0 }\n')
        .replace('top: "ip2"\n', 'top: "ip2" param { lr_mult: 0 } param { lr_mult: 0 }\n'),
        RANDOM_REGRESSION.replace('bottom: "ip2" bottom: "y"', 'bottom: "z" bottom: "y"').replace(
            'top: "y"', 'top: "y" top: "z"'
        ).replace("dim: 6 dim: 3 }", "dim: 6 dim: 3 } shape { dim: 6 dim: 3 }")
        .replace("data_filler", "data_filler { value: 1 } data_filler", 1),
    ],
    ids=["rates of 0", "a loss beside"],
)  # fmt: skip
def test_a_loss_that_reaches_no_weight_is_warned_about(warnings, net):
    solver = make_solver(net)
    assert len(solver.net.learnable_params) == 4
    before = weights_of(solver)
    messages = warnings(solver.step, 2)
    assert [message.split(":")[0] for message in messages] == ["nothing is learned"]
    assert_same_bits(weights_of(solver), before)


def test_the_checks_look_at_no_more_rates_than_they_must(monkeypatch):
    asked = []
    monkeypatch.setattr(learning, "learning_rate", lambda param, i: asked.append(i) or 0.1)
    learning.check_rates(parse_solver(""), 10, 5)
    assert asked == [10, 11, 12, 13, 14]
    asked.clear()
    learning.check_rates(parse_solver(""), 0, 10**9)
    assert len(asked) == 1000
    assert (asked[0], asked[-1]) == (0, 10**9 - 1)
