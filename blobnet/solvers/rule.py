"""What a solver's class says of its update rule: how to compute it, and how to tell it."""

from __future__ import annotations

from typing import NamedTuple

from blobnet.ops import update_rules
from blobnet.ops.updates import Rule
from blobnet.solver import Solver


class UpdateRule(NamedTuple):
    """How a solver makes a change of a gradient g.

    function  (g, *memory, *numbers) -> (change, *memory), as in `ops/update_rules.py`
    formula   the same in a line, for a trace
    memory    the names of what it keeps for each weight, in the order of the solver's history_
    settings  the fields of the solver that it looks at
    """

    function: Rule
    formula: str
    memory: tuple[str, ...]
    settings: tuple[str, ...]


class ToldRule(NamedTuple):
    """The words of an UpdateRule, as far as they are worth telling of one solver."""

    formula: str
    memory: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


def told_rule(solver: Solver) -> ToldRule:
    """The rule of a solver in the words of a trace."""
    rule: UpdateRule | None = getattr(solver, "rule", None)
    if rule is None:
        return ToldRule(f"as {type(solver).__name__} computes it")
    if not _is_what_runs(solver):
        return ToldRule(f"as {type(solver).__name__} computes it", rule.memory, rule.settings)
    if rule.function is update_rules.sgd and not solver.param.momentum:
        return ToldRule("w = w - rate * g")
    return ToldRule(rule.formula, rule.memory, rule.settings)


def _is_what_runs(solver: Solver) -> bool:
    """Whether no class has overridden `compute_update_value` without a word on the rule."""
    for kind in type(solver).__mro__:
        if "rule" in vars(kind):
            return True
        if "compute_update_value" in vars(kind):
            return False
    return True
