"""Snapshots of a training: two files that we and Caffe can go on from.

What a resumed run needs beyond Caffe's own fields (where the data sources stood, every random
generator, the window of smoothed losses) and the fingerprint of its weights are kept as JSON in a
field of the .solverstate that Caffe skips. Caffe: Solver::Snapshot, Restore;
SGDSolver::SnapshotSolverStateTo..., Restore...
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from blobnet.diagnostics.non_finite import broken_weights
from blobnet.errors import BlobError, BlobnetError, SnapshotError, explain
from blobnet.lr_policies import current_step
from blobnet.proto import SolverParameter
from blobnet.reports.log import log
from blobnet.serialization.files import atomic_writes
from blobnet.serialization.solver_state import read_solver_state, write_solver_state
from blobnet.serialization.stored import StoredSolverState
from blobnet.snapshots.pairs import find_weights, fingerprinting, stated_fingerprint, tidy
from blobnet.snapshots.restore_checks import check_history, check_meaning, check_progress
from blobnet.snapshots.training import Training
from blobnet.storage import cast
from blobnet.types import Array, DType
from blobnet.weights.trained_layers import save_net

STATE_VERSION = 1

_SIGNS_OF_DAMAGE = (
    BlobnetError,  # what data layers say
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RecursionError,  # JSON nested too deeply
)


def save(solver: Training) -> Path:
    """Write weights and state of a solver; returns the state's path.

    Weights that are no numbers are a warning, and no good snapshot.
    """
    finding = broken_weights(solver.net)
    if finding is not None:
        log.warning("Iteration %d: this snapshot is of no use: %s", solver.iter_, finding)
    solver.is_saving = True
    try:
        solver.last_snapshot = state = _save(solver, f"iter_{solver.iter_}")
    finally:
        solver.is_saving = False
    if finding is None:
        solver.last_good_snapshot = state
    return state


def save_as(solver: Training, name: str, note: dict[str, Any]) -> Path:
    """Write weights and state beside those of the iterations, as <prefix>_<name>...

    note  what is kept with the state, in JSON's types: `read_note` tells it
    """
    solver.is_saving = True
    try:
        return _save(solver, name, note)
    finally:
        solver.is_saving = False


def read_note(solver: Training, name: str) -> dict[str, Any] | None:
    """The note of what `save_as` wrote under this name; None where there is none."""
    path = _paths(solver, name)[1]
    if not path.is_file():
        return None
    extra = _parse_extra(read_solver_state(path).extra, path) or {}
    note = extra.get("note")
    return note if isinstance(note, dict) else None


def _paths(solver: Training, name: str) -> tuple[Path, Path]:
    """Those of the weights and of the state."""
    ending = ".h5" if solver.param.snapshot_format == SolverParameter.HDF5 else ""
    stem = f"{solver.param.snapshot_prefix}_{name}"
    return Path(f"{stem}.caffemodel{ending}"), Path(f"{stem}.solverstate{ending}")


def _save(solver: Training, name: str, note: dict[str, Any] | None = None) -> Path:
    hdf5 = solver.param.snapshot_format == SolverParameter.HDF5
    kind = "HDF5" if hdf5 else "binary proto"
    model, state = map(str, _paths(solver, name))
    tidy(solver.param.snapshot_prefix)
    marks: list[str] = []
    with atomic_writes() as write:
        log.info("Snapshotting to %s file %s", kind, model)
        with_diff = solver.param.snapshot_diff
        save_net(solver.net, model, write_diff=with_diff, write=fingerprinting(write, marks))
        log.info("Snapshotting solver state to %s file %s", kind, state)
        extra = {
            "version": STATE_VERSION,
            "weights": marks[0],
            "history": solver.history_meaning,
            **solver.get_state(),
            **({"note": note} if note else {}),
        }
        stored = StoredSolverState(
            iter=solver.iter_,
            current_step=solver.plateau.current_step
            or current_step(solver.param, max(solver.iter_ - 1, 0)),  # the last update's
            learned_net=model,
            history=solver.history_,
            extra=json.dumps(extra).encode(),
        )
        write_solver_state(state, stored, write)
    return Path(state)


def restore(solver: Training, path: Path, *, trust_weights: bool = False) -> bool:
    """Set a solver to the state in a file; returns whether that is a state of ours.

    trust_weights  also with weights that were not written together with this state

    Raises SnapshotError or WeightsError.
    """
    stored = read_solver_state(path, partial(check_history, solver, path))
    check_progress(solver.param, stored, path)
    pairs = zip(solver.history_, stored.history, strict=True)
    history = [_cast(array, own.dtype, path) for own, array in pairs]
    extra = _parse_extra(stored.extra, path)
    check_meaning(solver, path, (extra or {}).get("history"))
    if stored.learned_net:
        with _naming_damage(path):
            expected = stated_fingerprint(extra or {})
        weights = find_weights(stored.learned_net, path, expected, trust=trust_weights)
        solver.net.copy_from(weights, complete=True)
    log.info("SGDSolver: restoring history")
    for own, array in zip(solver.history_, history, strict=True):
        own[...] = array.reshape(own.shape)
    solver.iter_ = stored.iter
    if solver.param.lr_policy == "plateau":
        solver.plateau.restart(stored.current_step, stored.iter)
    solver.last_snapshot = path
    if extra is not None:
        with _naming_damage(path):
            solver.set_state(extra)
    solver.last_good_snapshot = path
    return extra is not None


def _parse_extra(extra: bytes, path: Path) -> dict[str, Any] | None:
    """What Caffe's fields have no place for; None in files of Caffe."""
    if not extra:
        return None
    with _naming_damage(path):
        state: dict[str, Any] = json.loads(extra)
        if state["version"] != STATE_VERSION:
            raise ValueError(f"version {state['version']}, known is {STATE_VERSION}")
        return state


@contextmanager
def _naming_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except _SIGNS_OF_DAMAGE as error:
        described = error if isinstance(error, BlobnetError) else f"{type(error).__name__}: {error}"
        raise SnapshotError(
            explain(
                f"{path}: the state of data reading and random numbers cannot be read",
                got=described,
                fix="the file may be damaged, or from another version: use another snapshot",
            )
        ) from error


def _cast(array: Array, dtype: DType, path: Path) -> Array:
    try:
        return cast(array, dtype)
    except BlobError as error:
        raise SnapshotError(f"{path}: the history: {error}") from error
