"""The update rules in a line each, in the words of a trace."""

from __future__ import annotations

from typing import NamedTuple

from blobnet.proto import SolverParameter


class Rule(NamedTuple):
    """How a rule makes a change of a gradient g.

    memory    the names of what it keeps for each weight, in the order of the solver's history_,
              as far as it is worth telling
    settings  the fields of the solver that it looks at
    """

    formula: str
    memory: tuple[str, ...]
    settings: tuple[str, ...]


_RULES = {
    "SGD": Rule("h = momentum * h + rate * g,  w = w - h", ("h",), ("momentum",)),
    "Nesterov": Rule(
        "h' = momentum * h + rate * g,  w = w - ((1 + momentum) * h' - momentum * h)",
        ("h",),
        ("momentum",),
    ),
    "AdaGrad": Rule("h = h + g^2,  w = w - rate * g / (sqrt(h) + delta)", ("h",), ("delta",)),
    "RMSProp": Rule(
        "h = rms_decay * h + (1 - rms_decay) * g^2,  w = w - rate * g / (sqrt(h) + delta)",
        ("h",),
        ("rms_decay", "delta"),
    ),
    "AdaDelta": Rule(
        "a = m * a + (1 - m) * g^2,  u = g * sqrt((b + delta) / (a + delta)),  "
        "b = m * b + (1 - m) * u^2,  w = w - rate * u,  with m = momentum",
        ("a", "b"),
        ("momentum", "delta"),
    ),
    "Adam": Rule(
        "m = b1 * m + (1 - b1) * g,  v = b2 * v + (1 - b2) * g^2,  "
        "w = w - rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + delta),  "
        "with b1 = momentum, b2 = momentum2, t = iteration + 1",
        ("m", "v"),
        ("momentum", "momentum2", "delta"),
    ),
}
"""Solver type to its rule. The arithmetic itself is in `solvers/`."""


def update_rule(param: SolverParameter) -> Rule:
    """The rule that a solver of these settings follows."""
    if param.type == "SGD" and not param.momentum:
        return Rule("w = w - rate * g", (), ())
    return _RULES.get(param.type, Rule(f"as {param.type} computes it", (), ()))
