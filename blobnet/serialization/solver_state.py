"""Solver states in files: what a solver needs besides the weights to go on.

Caffe: SGDSolver::SnapshotSolverState... and Restore... in sgd_solver.cpp.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError

from blobnet.blob import Blob
from blobnet.errors import BlobError, SnapshotError, explain, path_hint
from blobnet.proto import SolverState
from blobnet.serialization.files import atomic_write
from blobnet.serialization.hdf5 import read_hdf5_state, write_hdf5_state
from blobnet.serialization.stored import StoredSolverState


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
        proto = SolverState.FromString(file.read_bytes())
        if not proto.HasField("iter"):
            raise DecodeError("a message without the field iter")
        history = []
        for stored in proto.history:
            blob = Blob(dtype=np.float64 if stored.double_data else np.float32)
            blob.from_proto(stored)
            history.append(blob.data)
    except (OSError, DecodeError, BlobError) as error:
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


def write_solver_state(path: str | PathLike[str], state: StoredSolverState) -> None:
    """Write a state; a path that ends in ".h5" gets HDF5."""
    file = Path(path)
    if file.suffix == ".h5":
        write_hdf5_state(file, state)
        return
    proto = SolverState(
        iter=state.iter, learned_net=state.learned_net, current_step=state.current_step
    )
    if state.extra:
        proto.blobnet_state = state.extra
    for array in state.history:
        blob = Blob(array.shape, dtype=array.dtype)
        blob.data[...] = array
        proto.history.append(blob.to_proto())
    with atomic_write(file) as temporary:
        temporary.write_bytes(proto.SerializeToString())
