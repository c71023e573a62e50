"""With which command a training goes on."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from blobnet.cli.options import command_line
from blobnet.cli.program import program_name
from blobnet.loggers import named_logger
from blobnet.solver import Solver

_log = named_logger("blobnet.cli")
_REPEATED = (
    "import",
    "max_iter",
    "level",
    "stage",
    "gpu",
    "threads",
    "tensorboard",
    "set",
    "split_batch",
    "reduce",
    "sync_bn",
    "quiet",
)
"""Options that go on holding for a run that is resumed."""


def _option_words(name: str, value: object) -> list[object]:
    """An option as it stands on a command line: a flag, one with a value, one that is repeated."""
    if value is True:
        return [f"--{name}"]
    values = value if isinstance(value, tuple) else (value,)
    return [word for each in values for word in (f"--{name}", each)]


def report_stop(solver_file: str, solver: Solver) -> None:
    """Say where the training stands and with which command it goes on."""
    state = solver.last_snapshot
    if state is None or not Path(state).is_file():
        _log.warning("Stopped at iteration %d without a snapshot", solver.iter)
        return
    _log.info("Stopped at iteration %d; to go on: %s", solver.iter, _command(solver_file, solver))


def how_to_go_on(solver_file: str, running: list[Solver]) -> str:
    """In words; nothing where there is no solver yet."""
    if not running:
        return ""
    if running[0].last_snapshot is None:
        return "there is no snapshot to go on from yet"
    return f"to go on from the last snapshot: {_command(solver_file, running[0])}"


def _command(solver_file: str, solver: Solver) -> str:
    """That which goes on from the last snapshot, with what the options of this one hold for."""
    context = click.get_current_context()
    options = [
        word
        for name in _REPEATED
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        for word in _option_words(name, context.params[name])
    ]
    ranks = solver.passes.ranks
    launcher = ("mpiexec", "-n", ranks) if ranks > 1 else ()
    words = (program_name(), "train", "--solver", solver_file, "--snapshot", solver.last_snapshot)
    return command_line(*launcher, *words, *options)
