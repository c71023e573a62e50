"""What a solver says: settings that are left out, rates that cannot work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from blobnet.doctor.case import Case
from blobnet.doctor.finding import CERTAIN, LIKELY, NOTE, VERY_LIKELY, Finding
from blobnet.errors import BlobnetError
from blobnet.input_files import shown
from blobnet.lr_policies import learning_rate
from blobnet.proto import SolverParameter
from blobnet.serialization.prototxt import read_solver
from blobnet.solverdef.nets import training_file
from blobnet.solverdef.settings import doubts

_POINTS = 200
_HIGHEST = {"SGD": 1.0, "Nesterov": 1.0, "Adam": 0.1, "RMSProp": 0.1}
"""Rates that no published training goes beyond."""


def examine(case: Case) -> Iterator[Finding]:
    """Raises ProtoError where the solver cannot be read."""
    if case.solver_path is None:
        return
    param = read_solver(case.solver_path)
    for doubt in doubts(param):
        yield Finding(f"solver: {doubt}", "", "state it as it is meant", LIKELY)
    yield from _end(param)
    yield from _rates(param)
    if not case.has_net:
        yield from _without_net(param, case.solver_path.parent)


def _without_net(param: SolverParameter, folder: Path) -> Iterator[Finding]:
    named = training_file(param, folder)
    if named is not None:
        yield Finding(
            "the net of the solver is not there: it was not looked at",
            shown(named),
            "run where it is, or name it: blobnet doctor NET --solver SOLVER",
            NOTE,
        )


def _end(param: SolverParameter) -> Iterator[Finding]:
    if param.max_iter > 0:
        return
    if param.lr_policy == "poly":
        yield Finding(
            'lr_policy "poly" without max_iter: the rate is divided by 0',
            f"max_iter: {param.max_iter}",
            "state max_iter: the iteration at which the rate comes to 0",
            CERTAIN,
        )
    else:
        yield Finding(
            "the solver states no max_iter: it ends before it begins",
            f"max_iter: {param.max_iter}",
            "state max_iter",
            VERY_LIKELY,
        )


def _rates(param: SolverParameter) -> Iterator[Finding]:
    if param.max_iter <= 0:
        return
    points = np.unique(np.linspace(0, max(param.max_iter - 1, 0), _POINTS).astype(int))
    try:
        rates = [learning_rate(param, int(point)) for point in points]
    except BlobnetError as error:
        first, _, rest = str(error).partition("\n")
        yield Finding(first, rest.strip(), "state what the policy needs", CERTAIN)
        return
    highest = _HIGHEST.get(param.type, 10.0)
    momentum = 1 - param.momentum if 0 <= param.momentum < 1 else 1
    if max(rates) / momentum > 10 * highest and param.clip_gradients < 0:
        yield Finding(
            "the rate is higher than any that is known to work",
            f"{max(rates):g}, with momentum {param.momentum:g} as much as "
            f"{max(rates) / momentum:g}",
            "begin with base_lr: 0.01 (Adam: 0.001)",
            LIKELY,
        )
    unused = [point for point, rate in zip(points, rates, strict=True) if rate == 0]
    if param.base_lr and unused and unused[0] < 0.9 * param.max_iter:
        yield Finding(
            "the rate is 0 long before the training ends",
            f"from iteration {unused[0]} of {param.max_iter} on",
            "look at gamma, stepsize, stepvalue and max_iter",
            VERY_LIKELY,
        )
