from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.solvers import SOLVERS
from blobnet.viz.trace.update_rules import update_rule
from tests.viz.trace.small_trainings import make_solver


@pytest.mark.parametrize("kind", SOLVERS)
def test_every_solver_has_its_rule(kind):
    momentum = "" if kind in ("AdaGrad", "RMSProp") else "momentum: 0.9"
    param = blobnet.parse_solver(f'type: "{kind}" {momentum}')
    rule = update_rule(param)
    assert "w = w - " in rule.formula
    solver = make_solver(settings=f'type: "{kind}" {momentum}')
    assert len(rule.memory) * len(solver.net.learnable_params) == len(solver.history_)
    assert all(np.isscalar(getattr(param, name)) for name in rule.settings)


def test_without_momentum_sgd_remembers_nothing():
    rule = update_rule(blobnet.parse_solver('type: "SGD"'))
    assert (rule.formula, rule.memory) == ("w = w - rate * g", ())


def test_a_rule_of_your_own_is_named():
    assert update_rule(blobnet.parse_solver('type: "Mine"')).formula == "as Mine computes it"


# --- the formulas are true ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SOLVERS)
def test_the_formula_gives_the_solvers_numbers(kind):
    """The right sides, read as Python, are what the solver does in two steps."""
    settings = f'type: "{kind}" rms_decay: 0.8 momentum2: 0.95 delta: 0.01'
    if kind not in ("AdaGrad", "RMSProp"):
        settings += " momentum: 0.7"
    solver = make_solver(settings=settings, dtype="f8")
    rule, count = update_rule(solver.param), len(solver.net.learnable_params)
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
