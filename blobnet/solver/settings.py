"""The settings of a solver: read, completed, and refused where they make no sense."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from blobnet.characters import path_advice
from blobnet.errors import SolverError, explain
from blobnet.input_files import is_folder, shown
from blobnet.netdef import upgrade_solver
from blobnet.proto import SolverParameter
from blobnet.serialization.prototxt import read_solver

SolverSource = str | PathLike[str] | SolverParameter
"""The path of a solver prototxt, or the message itself."""


def read_settings(
    source: SolverSource, level: int | None = None, stages: Iterable[str] = ()
) -> tuple[SolverParameter, Path]:
    """A copy of the settings, and the folder beside which the net may lie.

    level, stages  for the train net: written over and added to train_state
    """
    if isinstance(source, SolverParameter):
        param, folder = upgrade_solver(source), Path()
    else:
        param, folder = read_solver(source), Path(source).parent
        _settle_prefix(param, Path(source))
    _check_prefix(param.snapshot_prefix)
    if level is not None:
        param.train_state.level = level
    param.train_state.stage.extend(stages)
    return param, folder


def check_settings(param: SolverParameter) -> None:
    """Raise SolverError for numbers that no training can work with."""
    for field in ("average_loss", "iter_size"):
        if getattr(param, field) < 1:
            raise SolverError(
                explain(
                    f"{field} must be at least 1",
                    got=f"{field}: {getattr(param, field)}",
                    fix=f"{field}: 1, or leave it out",
                )
            )


def _settle_prefix(param: SolverParameter, source: Path) -> None:
    """Without a snapshot_prefix: the solver's own path; for a folder: a name inside it."""
    if not param.HasField("snapshot_prefix"):
        param.snapshot_prefix = str(source.with_suffix(""))
    elif is_folder(param.snapshot_prefix):
        param.snapshot_prefix = str(Path(param.snapshot_prefix) / source.stem)


def _check_prefix(prefix: str) -> None:
    r"""Raise SolverError for what no file should be called by, as from "C:\new\train"."""
    if any(letter < " " for letter in prefix):
        raise SolverError(
            explain(
                "snapshot_prefix makes no names of files",
                got=shown(prefix),
                fix=path_advice(prefix),
            )
        )
