"""Whether snapshots can be written, found out before a training and not after hours of it."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from blobnet.errors import SnapshotError, explain
from blobnet.input_files import absolute, shown
from blobnet.limits import in_words
from blobnet.proto import SolverParameter
from blobnet.reports.log import log
from blobnet.serialization.files import check_writable
from blobnet.serialization.hdf5_file import h5py
from blobnet.serialization.weights import check_binary_size
from blobnet.snapshots.pairs import tidy
from blobnet.snapshots.training import Training


def check_prefix(param: SolverParameter) -> None:
    """Try what `snapshot` will do. Raises SnapshotError, or MissingExtraError."""
    if not param.snapshot:
        return
    if not param.HasField("snapshot_prefix"):
        raise SnapshotError("In solver params, snapshot is specified but snapshot_prefix is not")
    _check_place(param)


def check_before_training(solver: Training) -> None:
    """Try what the training will do with its snapshots, the one after it included.

    Raises SnapshotError, WeightsError or MissingExtraError. A disk that is too full already is a
    warning: it may have room when the time comes.
    """
    param = solver.param
    if not (param.snapshot or param.snapshot_after_train):
        return
    tidy(param.snapshot_prefix)
    _check_place(param)
    for path, iteration in _present(param):
        if path.is_dir() and _is_due(param, iteration, after=solver.iter_ - 1):
            raise SnapshotError(
                explain(
                    f"{shown(path)}: the snapshot of iteration {iteration} cannot be written",
                    got="a folder of that name",
                    fix="rename the folder, or choose another snapshot_prefix",
                )
            )
    blobs = [blob for wired in solver.net.wired for blob in wired.layer.blobs_]
    weights = sum(blob.data.nbytes for blob in blobs) * (2 if param.snapshot_diff else 1)
    if param.snapshot_format == SolverParameter.BINARYPROTO:
        check_binary_size(f"{param.snapshot_prefix}_iter_{param.max_iter}.caffemodel", weights)
    _warn_of_full_disk(param, weights + sum(history.nbytes for history in solver.history_))


def warn_of_overwriting(param: SolverParameter, weights: Iterable[str]) -> None:
    """Say which of the files that a training starts from will be replaced by its snapshots."""
    started_from = {absolute(path, SnapshotError) for path in weights}
    for path, iteration in _present(param):
        if absolute(path, SnapshotError) in started_from and _is_due(param, iteration, after=0):
            log.warning("%s will be replaced by the snapshot of iteration %d", path, iteration)


def _check_place(param: SolverParameter) -> None:
    """Make a file with the longest name there will be, and take it away again."""
    hdf5 = param.snapshot_format == SolverParameter.HDF5
    if hdf5:
        h5py()
    prefix = param.snapshot_prefix
    longest = Path(f"{prefix}_iter_{param.max_iter}.solverstate{'.h5' if hdf5 else ''}")
    try:
        check_writable(longest)
    except SnapshotError as error:
        raise SnapshotError(_cannot_write(prefix, longest, error.__cause__)) from error


def _cannot_write(prefix: str, longest: Path, reason: object) -> str:
    code = reason.errno if isinstance(reason, OSError) else None
    fixes = {
        errno.ENAMETOOLONG: "a shorter snapshot_prefix: names get a bit longer than this while "
        f"they are written: {shown(longest.name)}",
        errno.EISDIR: f"rename the folder {shown(longest)}, or choose another snapshot_prefix",
        errno.EINVAL: "write snapshot_prefix anew: it holds a character that cannot be seen",
        errno.ENOSPC: "the disk is full: free some space, or write to another disk",
    }
    folder = shown(absolute(longest.parent, SnapshotError))
    return explain(
        f"Cannot write to snapshot prefix '{shown(prefix)}'.",
        got=reason.strerror if isinstance(reason, OSError) else reason,
        fix=fixes.get(code or 0, f"make sure that the folder {folder} exists and is writable"),
    )


def _present(param: SolverParameter) -> list[tuple[Path, int]]:
    """What lies where snapshots will be written, and of which iteration."""
    stem = Path(f"{param.snapshot_prefix}_iter_")
    ending = r"\.h5" if param.snapshot_format == SolverParameter.HDF5 else ""
    name = re.compile(rf"{re.escape(stem.name)}(\d+)\.(?:caffemodel|solverstate){ending}")
    try:
        found = map(name.fullmatch, sorted(os.listdir(stem.parent)))
    except (OSError, ValueError):
        return []
    return [(stem.parent / match[0], int(match[1])) for match in found if match]


def _is_due(param: SolverParameter, iteration: int, after: int) -> bool:
    """Whether a training that has done `after` iterations will write a snapshot at this one."""
    if not after < iteration <= param.max_iter:
        return False
    at_end = bool(param.snapshot_after_train) and iteration == param.max_iter
    return at_end or (param.snapshot > 0 and iteration % param.snapshot == 0)


def _warn_of_full_disk(param: SolverParameter, needed: int) -> None:
    folder = Path(f"{param.snapshot_prefix}_").parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError:  # some systems cannot tell
        return
    if free < needed:
        log.warning(
            "Snapshots have %s, but on the disk of %s there are only %s left",
            in_words(needed),
            absolute(folder, SnapshotError),
            in_words(free),
        )
