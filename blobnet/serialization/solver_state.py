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
from blobnet.input_files import read_file, shown, status
from blobnet.limits import enough_memory
from blobnet.proto import SolverState
from blobnet.serialization.blob_proto import blob_from_proto
from blobnet.serialization.fields import parse
from blobnet.serialization.files import AtomicWrite, atomic_write
from blobnet.serialization.hdf5 import read_hdf5_state, write_hdf5_state
from blobnet.serialization.kinds import STATE, is_hdf5, kind_of_file
from blobnet.serialization.packed import HISTORY, read_packed_state
from blobnet.serialization.stored import CheckHistory, StoredSolverState
from blobnet.serialization.wire import (
    UnusualMessageError,
    array_pieces,
    message_pieces,
    write_pieces,
)
from blobnet.shapes import proto_shape
from blobnet.types import Array

_MAX_BYTES = 2**31 - 1  # protobuf's own limit for one message


def read_solver_state(
    path: str | PathLike[str], check_history: CheckHistory | None = None
) -> StoredSolverState:
    """Read a state; the file's first bytes, not its name, say which kind it is.

    check_history  called with the shapes of the history before any of it is read

    Raises SnapshotError where it is missing, broken, or something else.
    """
    file = Path(path)
    if status(file) is None:
        raise _missing(file)
    if is_hdf5(file, SnapshotError):
        return read_hdf5_state(file, check_history)
    try:
        with enough_memory(f"{shown(file)}: the solver state cannot be read", SnapshotError):
            proto, history = _read_binary(file, check_history)
        if not proto.HasField("iter"):
            raise DecodeError("a message without the field iter")
        if not isinstance(proto.learned_net, str):  # as protobuf gives bytes that are no UTF-8
            raise DecodeError("a path of the weights that is no UTF-8")
    except (DecodeError, BlobError, WeightsError) as error:
        raise _not_a_state(file, error) from error
    return StoredSolverState(
        proto.iter, proto.current_step, proto.learned_net, history, proto.blobnet_state
    )


def _missing(file: Path) -> SnapshotError:
    """There is none; but there may be one of the other format, which has another ending."""
    other = file.with_suffix("") if file.suffix == ".h5" else file.with_name(f"{file.name}.h5")
    fix = f"did you mean {shown(other)}?" if status(other) is not None else path_hint()
    return SnapshotError(explain(f"{shown(file)}: no such solver state", fix=fix))


def _not_a_state(path: Path, reason: object) -> SnapshotError:
    kind = kind_of_file(path)
    foreign = kind is not None and kind is not STATE
    return SnapshotError(
        explain(
            f"{shown(path)}: not a solver state that can be read",
            expected="a .solverstate (binary protobuf) or .solverstate.h5 (HDF5)",
            got=kind.what if kind is not None and foreign else reason,
            fix=(kind.fix if kind is not None and foreign else None)
            or "the file may be cut short or damaged: use an earlier snapshot",
        )
    )


def _read_binary(file: Path, check_history: CheckHistory | None) -> tuple[SolverState, list[Array]]:
    """The message, and the arrays of its history."""
    check = check_history or (lambda shapes: None)
    try:
        proto, stored = read_packed_state(file)
        if proto.HasField("iter") and not any(blob.damage for blob in stored):
            check([blob.shape for blob in stored])
            return proto, [blob.load() for blob in stored]
    except (DecodeError, UnusualMessageError):
        pass
    content = read_file(file, SnapshotError, largest=_MAX_BYTES)
    proto = parse(content, SolverState, shown(file), SnapshotError)  # protobuf's own parser
    if proto.HasField("iter"):
        check([proto_shape(blob_proto) for blob_proto in proto.history])
    history = []
    for blob_proto in proto.history:
        blob = Blob(dtype=np.float64 if blob_proto.double_data else np.float32)
        blob_from_proto(blob, blob_proto)
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
