"""What a solver's class says of its update rule, against what the solver does."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.solvers import SOLVERS
from blobnet.solvers.rule import UpdateRule, told_rule
from blobnet.viz.trace import trace_steps
from tests.viz.trace.small_trainings import make_solver


@pytest.mark.parametrize("kind", SOLVERS)
def test_every_solver_has_its_rule(kind):
    momentum = "" if kind in ("AdaGrad", "RMSProp") else "momentum: 0.9"
    solver = make_solver(settings=f'type: "{kind}" {momentum}')
    rule = told_rule(solver)
    assert "w = w - " in rule.formula
    assert len(rule.memory) * len(solver.net.learnable_params) == len(solver.history_)
    assert all(np.isscalar(getattr(solver.param, name)) for name in rule.settings)


def test_without_momentum_sgd_remembers_nothing():
    rule = told_rule(make_solver())
    assert (rule.formula, rule.memory) == ("w = w - rate * g", ())


# --- rules of your own ----------------------------------------------------------------------------


class Mine(blobnet.Solver):
    """With nothing of SGD's."""

    def make_history(self):
        return []


class Halved(blobnet.AdamSolver):
    """What it does in a method of its own, no rule tells."""

    def compute_update_value(self, index, data, diff, rate):
        super().compute_update_value(index, data, diff, rate / 2)


def sign_of_mean(g, h, rate, decay):
    h = decay * h + g
    return rate * np.sign(h), h


class SignSolver(blobnet.SGDSolver):
    rule = UpdateRule(
        sign_of_mean,
        formula="h = momentum * h + g,  w = w - rate * sign(h)",
        memory=("h",),
        settings=("momentum",),
    )


def test_a_solver_without_a_rule_is_named():
    assert told_rule(Mine(make_solver().param)) == ("as Mine computes it", (), ())


def test_a_method_of_your_own_hides_the_formula_that_it_overrides():
    rule = told_rule(Halved(make_solver().param))
    assert rule == ("as Halved computes it", ("m", "v"), ("momentum", "momentum2", "delta"))


def test_a_rule_of_your_own_is_told_and_done():
    solver = SignSolver(make_solver(settings="momentum: 0.5").param)
    assert told_rule(solver) == SignSolver.rule[1:]
    before = [blob.data.copy() for blob in solver.net.learnable_params]
    solver.step(2)
    for array, blob, change in zip(
        before, solver.net.learnable_params, solver.history_, strict=True
    ):
        assert set(np.unique(np.abs(blob.diff))) <= {0, 0.5, 1}
        np.testing.assert_array_equal(np.sign(blob.diff), np.sign(change))
        assert np.any(array != blob.data)


def test_a_trace_shows_the_memory_of_a_rule_of_your_own():
    solver = SignSolver(make_solver(settings="momentum: 0.5").param)
    (step,) = trace_steps(solver)
    assert step.rule == SignSolver.rule.formula
    assert step.settings == {"momentum": 0.5}
    (name, before, after), *others = step.updates[0].history
    assert (name, before.is_zero, after.is_zero, others) == ("h", True, False, [])


# --- the formulas are true ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SOLVERS)
def test_the_formula_gives_the_solvers_numbers(kind):
    """The right sides, read as Python, are what the solver does in two steps."""
    settings = f'type: "{kind}" rms_decay: 0.8 momentum2: 0.95 delta: 0.01'
    if kind not in ("AdaGrad", "RMSProp"):
        settings += " momentum: 0.7"
    solver = make_solver(settings=settings, dtype="f8")
    rule, count = told_rule(solver), len(solver.net.learnable_params)
    for _ in range(2):
        seen = {}

        def look(solver=solver, seen=seen):
            seen["w"] = solver.net.learnable_params[0].data.copy()
            seen["g"] = solver.net.learnable_params[0].diff.copy()
            for name, array in zip(rule.memory, solver.history_[::count], strict=True):
                seen[name] = array.copy()

        solver.add_callback(lambda: None, look)
        names = {"rate": 0.5, "sqrt": np.sqrt, "t": solver.iter + 1}
        names |= {name: getattr(solver.param, name) for name in rule.settings}
        solver.step(1)
        names |= seen
        names |= {"b1": solver.param.momentum, "b2": solver.param.momentum2}
        _compute(rule.formula, names, kind)
        np.testing.assert_allclose(names["w"], solver.net.learnable_params[0].data, rtol=1e-12)
        for name, array in zip(rule.memory, solver.history_[::count], strict=True):
            found = names["h_new"] if kind == "Nesterov" else names[name]
            np.testing.assert_allclose(found, array, rtol=1e-12)


def _compute(formula, names, kind):
    formula = formula.partition(",  with ")[0].replace("^", "**").replace("h'", "h_new")
    if kind == "AdaDelta":  # its m is the momentum
        names["m"] = names["momentum"]
    for statement in formula.split(",  "):
        name, expression = statement.split(" = ")
        names[name] = eval(expression, {}, names)
