"""The update rules, by the names that `type` in a solver prototxt uses."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.input_files import naming_file
from blobnet.solver import Solver
from blobnet.solverdef.settings import SolverSource, read_settings
from blobnet.solvers.adadelta import AdaDeltaSolver as AdaDeltaSolver
from blobnet.solvers.adagrad import AdaGradSolver as AdaGradSolver
from blobnet.solvers.adam import AdamSolver as AdamSolver
from blobnet.solvers.nesterov import NesterovSolver as NesterovSolver
from blobnet.solvers.rmsprop import RMSPropSolver as RMSPropSolver
from blobnet.solvers.sgd import SGDSolver as SGDSolver

SOLVERS: dict[str, type[Solver]] = {
    "SGD": SGDSolver,
    "Nesterov": NesterovSolver,
    "AdaGrad": AdaGradSolver,
    "RMSProp": RMSPropSolver,
    "AdaDelta": AdaDeltaSolver,
    "Adam": AdamSolver,
}


def get_solver(
    source: SolverSource,
    *,
    dtype: DTypeLike = np.float32,
    level: int | None = None,
    stages: Iterable[str] = (),
    allow_python: bool = True,
) -> Solver:
    """The solver that a prototxt (its path) or a SolverParameter defines, of the type it names.

    Raises SolverError for an unknown type or settings that make no sense.
    """
    try:
        definition = read_settings(source, level, stages)
        solver = solver_type(definition.param.type)
        return solver(definition, dtype=dtype, allow_python=allow_python)
    except SolverError:
        with naming_file(source):
            raise


def solver_type(name: str) -> type[Solver]:
    """The class for the `type` in a solver. Raises SolverError for an unknown one."""
    if name not in SOLVERS:
        raise SolverError(
            explain(
                f"Unknown solver type: {name}",
                expected=f"type: one of {', '.join(SOLVERS)}",
                fix=did_you_mean(name, SOLVERS),
            )
        )
    return SOLVERS[name]
