"""Solver states, binary and HDF5: a solver is put back into them."""

from __future__ import annotations

import random
import tempfile
from functools import cache, partial
from pathlib import Path

from blobnet.serialization.solver_state import read_solver_state, write_solver_state
from blobnet.serialization.stored import StoredSolverState
from scripts.fuzzing import _samples as samples
from scripts.fuzzing._damage import damaged
from scripts.fuzzing._rounds import draw, one_of, show, smaller

__all__ = ["draw", "run", "show", "smaller"]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([partial(_round, ""), partial(_round, ".h5")], case)


def _round(ending: str, rng: random.Random, folder: Path) -> None:
    path = folder / f"x.solverstate{ending}"
    path.write_bytes(damaged(rng, rng.choice(_contents(ending)), _contents(ending)))
    read_solver_state(path)
    samples.solver().restore(path)


@cache
def _contents(ending: str) -> list[bytes]:
    solver = samples.solver()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"x{ending}"
        states = [
            StoredSolverState(2, 1, "", solver.history_, b""),
            StoredSolverState(2, 1, "w.caffemodel", [a.astype("f8") for a in solver.history_]),
            StoredSolverState(3, 0, "", solver.history_, b'{"version": 1}'),
        ]
        contents = []
        for state in states:
            write_solver_state(path, state)
            contents.append(path.read_bytes())
        return contents
