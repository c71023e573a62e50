"""Solver states in files: what a solver needs besides the weights to go on.

Caffe: SGDSolver::SnapshotSolverState... and Restore... in sgd_solver.cpp.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError

from blobnet.blob import Blob
from blobnet.errors import BlobError, SnapshotError, WeightsError, explain, path_hint
from blobnet.proto import SolverState
from blobnet.serialization.files import AtomicWrite, atomic_write
from blobnet.serialization.hdf5 import read_hdf5_state, write_hdf5_state
from blobnet.serialization.packed import HISTORY, read_packed_state
from blobnet.serialization.stored import StoredSolverState
from blobnet.serialization.wire import (
    UnusualMessageError,
    array_pieces,
    message_pieces,
    write_pieces,
)
from blobnet.types import Array


def read_solver_state(path: str | PathLike[str]) -> StoredSolverState:
    """Read a state; as in Caffe the ending ".h5" says which kind. Raises SnapshotError."""
    file = Path(path)
    if not file.is_file():
        raise SnapshotError(
            explain(
                f"{file}: no such solver state",
                fix=path_hint(),
            )
        )
    if file.suffix == ".h5":
        return read_hdf5_state(file)
    try:
        proto, history = _read_binary(file)
        if not proto.HasField("iter"):
            raise DecodeError("a message without the field iter")
    except (OSError, DecodeError, BlobError, WeightsError) as error:
        raise SnapshotError(
            explain(
                f"{file}: not a solver state that can be read",
                got=error,
                fix="the file may be cut short or damaged: use an earlier snapshot",
            )
        ) from error
    return StoredSolverState(
        proto.iter, proto.current_step, proto.learned_net, history, proto.blobnet_state
    )


def _read_binary(file: Path) -> tuple[SolverState, list[Array]]:
    """The message, and the arrays of its history."""
    try:
        proto, stored = read_packed_state(file)
        if not any(blob.damage for blob in stored):
            return proto, [blob.load() for blob in stored]
    except (DecodeError, UnusualMessageError):
        pass
    proto = SolverState.FromString(file.read_bytes())  # protobuf's own parser knows better
    history = []
    for blob_proto in proto.history:
        blob = Blob(dtype=np.float64 if blob_proto.double_data else np.float32)
        blob.from_proto(blob_proto)
        history.append(blob.data)
    return proto, history


def write_solver_state(
    path: str | PathLike[str], state: StoredSolverState, write: AtomicWrite = atomic_write
) -> None:
    """Write a state; a path that ends in ".h5" gets HDF5."""
    file = Path(path)
    if file.suffix == ".h5":
        write_hdf5_state(file, state, write)
        return
    proto = SolverState(
        iter=state.iter, learned_net=state.learned_net, current_step=state.current_step
    )
    if state.extra:
        proto.blobnet_state = state.extra
    pieces = message_pieces(proto, HISTORY, map(array_pieces, state.history))
    with write(file) as temporary:
        write_pieces(temporary, pieces)
