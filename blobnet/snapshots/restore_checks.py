"""Whether a state fits the solver that is to go on from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile
from pathlib import Path

from blobnet.errors import SnapshotError, explain, printable
from blobnet.lr_policies import current_step
from blobnet.proto import SolverParameter
from blobnet.reports.log import log
from blobnet.serialization.stored import StoredSolverState
from blobnet.shapes import shape_in_words
from blobnet.snapshots.training import Training
from blobnet.types import Shape

_MOST_ITERATIONS = 2**31 - 2
"""A state counts in 32 bits, and one more iteration must have its place there."""

_MOST_SHAPES = 500  # that an error shows: a broken file may have millions


def check_progress(param: SolverParameter, stored: StoredSolverState, path: Path) -> None:
    """Warn of a state that has come down another schedule. Raises SnapshotError for nonsense."""
    for field, value in (("iter", stored.iter), ("current_step", stored.current_step)):
        if not 0 <= value <= _MOST_ITERATIONS:
            raise SnapshotError(
                explain(
                    f"{path}: {field} is {'negative' if value < 0 else 'too large'}",
                    expected=f"a number from 0 to {_MOST_ITERATIONS}",
                    got=value,
                    fix="the file is damaged: use another snapshot",
                )
            )
    expected = current_step(param, max(stored.iter - 1, 0))  # that of the last update
    if param.lr_policy == "plateau":  # where the state says it, and nothing else
        expected = stored.current_step
    if stored.current_step not in (0, expected):  # 0: Caffe did not always write it
        log.warning(
            "%s: its learning rate had gone down %d steps, by this solver's settings it would have "
            "been %d: training goes on by these settings",
            path,
            stored.current_step,
            expected,
        )


def check_history(solver: Training, path: Path, got: Sequence[Shape]) -> None:
    expected = [array.shape for array in solver.history_]
    if list(map(_without_leading_ones, expected)) != list(map(_without_leading_ones, got)):
        raise SnapshotError(
            explain(
                f"{path}: Incorrect length of history blobs.",
                expected=f"{len(expected)} of shapes {expected}",
                got=f"{len(got)} of shapes [{', '.join(map(shape_in_words, got[:_MOST_SHAPES]))}]",
                fix="resume with the net and the solver type that wrote the snapshot",
            )
        )


def check_meaning(solver: Training, path: Path, got: object) -> None:
    """Of equal shapes are squares, which other rules take for changes: the weights are lost."""
    if got and solver.history_meaning and got != solver.history_meaning:
        raise SnapshotError(
            explain(
                f"{path}: this state is of another type of solver than {solver.param.type}",
                expected=f"a history of {solver.history_meaning}",
                got=f"a history of {printable(str(got)[:80])}",
                fix="resume with the type that wrote it; or start anew from its weights alone: "
                "--weights, solver.load_weights(...)",
            )
        )


def _without_leading_ones(shape: Shape) -> Shape:
    """What is left of the four axes that every blob of an early Caffe had."""
    return tuple(dropwhile(lambda dim: dim == 1, shape))
