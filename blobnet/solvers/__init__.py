"""The update rules, by the names that `type` in a solver prototxt uses."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.input_files import shown
from blobnet.netdef import upgrade_solver
from blobnet.proto import SolverParameter
from blobnet.serialization.prototxt import read_solver
from blobnet.solver import Solver
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
    source: str | PathLike[str] | SolverParameter,
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
        return _solver(source, dtype, level, stages, allow_python)
    except SolverError as error:
        if isinstance(source, SolverParameter) or shown(source) in str(error):
            raise
        raise SolverError(f"{shown(source)}: {error}") from error


def _solver(
    source: str | PathLike[str] | SolverParameter,
    dtype: DTypeLike,
    level: int | None,
    stages: Iterable[str],
    allow_python: bool,
) -> Solver:
    param = upgrade_solver(source) if isinstance(source, SolverParameter) else read_solver(source)
    if param.type not in SOLVERS:
        raise SolverError(
            explain(
                f"Unknown solver type: {param.type}",
                expected=f"type: one of {', '.join(SOLVERS)}",
                fix=did_you_mean(param.type, SOLVERS),
            )
        )
    return SOLVERS[param.type](
        source, dtype=dtype, level=level, stages=stages, allow_python=allow_python
    )
