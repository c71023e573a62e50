"""Weights and solver states in HDF5, laid out as Caffe does. Needs the extra `hdf5`.

Weights:       /data/<layer name>/<index>, and /diff/... where gradients are kept too.
Solver state:  /iter, /current_step, /learned_net, /history/<index>; and our own
               /blobnet_state, which Caffe does not look at.

A layer name with a slash makes nested groups: they are written so and read so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import BlobnetError, SnapshotError, WeightsError, explain
from blobnet.limits import enough_memory
from blobnet.serialization.files import AtomicWrite, atomic_write
from blobnet.serialization.hdf5_file import Hdf5File, h5py, open_hdf5
from blobnet.serialization.kinds import STATE, WEIGHTS
from blobnet.serialization.stored import (
    CheckHistory,
    StoredBlob,
    StoredSolverState,
    StoredWeights,
    missing_numbers,
)
from blobnet.types import Array

LONGEST_PATH = 2**16
"""Bytes of a path in a state; no system takes a longer one."""

WeightRow = tuple[str, int, Blob, bool]
"""A weight blob to write: layer name, index, blob, whether the layer owns it."""


# --- weights --------------------------------------------------------------------------------------


def read_hdf5_weights(path: Path) -> StoredWeights:
    """What an HDF5 weight file holds; numbers are read later, one blob at a time."""
    weights: dict[str, dict[int, StoredBlob]] = {}
    with _open(path) as file:
        data = file.get("data")
        if not isinstance(data, h5py().Group):
            is_state = file.get("iter") is not None and file.get("history") is not None
            raise _foreign(path, f"{STATE.what}: {STATE.fix}" if is_state else "no group /data")
        group = h5py().Group
        for name, node in file.walk(data):
            layer, _, index = name.rpartition("/")
            if isinstance(node, group):
                if not len(node):
                    weights.setdefault(name, {})  # a layer without weights
            elif _is_index(index):
                weights.setdefault(layer, {})[int(index)] = _stored_blob(path, file, name, node)
    return weights


def _is_index(name: str) -> bool:
    return name.isdecimal() and len(name) < 10


def _stored_blob(path: Path, file: Hdf5File, name: str, dataset: Any) -> StoredBlob:
    def load() -> Array:
        with _open(path) as file:
            values = file.read(f"data/{name}", file.get(f"data/{name}"))
        if values.shape != shape:
            raise _foreign(path, f"another shape of data/{name} than before")
        return values

    wrong = file.wrong_type(dataset)
    if wrong is not None:
        return StoredBlob((), False, load, f"the file holds {wrong}, not numbers")
    if dataset.shape is None:
        return StoredBlob((), False, load, "the file holds a dataset without values")
    shape = tuple(dataset.shape)
    damage = missing_numbers(shape, math.prod(shape))
    return StoredBlob(shape, False, load, damage, dtype=dataset.dtype)


def write_hdf5_weights(
    path: Path,
    layer_names: Iterable[str],
    rows: Iterable[WeightRow],
    write_diff: bool,
    write: AtomicWrite = atomic_write,
) -> None:
    """Write weights; a blob that shares another layer's memory is kept at its owner only.

    Raises WeightsError where the layers' names would be lost or mixed up.
    """
    layer_names, rows = list(layer_names), list(rows)
    check_hdf5_names(layer_names, rows)
    with new_hdf5_file(path, write) as file:
        for name in layer_names:
            file.require_group(f"data/{name}")
            if write_diff:
                file.require_group(f"diff/{name}")
        for layer_name, index, blob, owned in rows:
            if owned:
                file[f"data/{layer_name}/{index}"] = blob.data
            if write_diff:
                file[f"diff/{layer_name}/{index}"] = blob.diff


def check_hdf5_names(layer_names: Iterable[str], rows: Iterable[WeightRow]) -> None:
    """Raise WeightsError for names that would not come back as they were: a slash makes a level."""
    parts = [name.split("/") for name in layer_names]
    groups = {"/".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)}
    written: set[str] = set()
    with_end = [name for name in groups if "\0" in name]  # a NUL ends every name in HDF5
    for layer_name, index, _, _ in rows:
        dataset = f"{layer_name}/{index}"
        empty = "\0" in layer_name or not {"", "."}.isdisjoint(layer_name.split("/"))
        if empty or dataset in groups or dataset in written:
            raise _cannot_keep(f'the weights of layer "{layer_name}"')
        written.add(dataset)
    if with_end:
        raise _cannot_keep(f"the name {with_end[0]!r}")


def _cannot_keep(what: str) -> WeightsError:
    return WeightsError(
        explain(
            f"HDF5 cannot keep {what}",
            expected="names that differ, with something on both sides of every slash, without NUL",
            fix="rename the layer, or save in the binary form (snapshot_format: BINARYPROTO)",
        )
    )


# --- solver states --------------------------------------------------------------------------------


def read_hdf5_state(path: Path, check_history: CheckHistory | None = None) -> StoredSolverState:
    """A solver state written by us or by Caffe: see `read_solver_state`. Raises SnapshotError."""
    with _open(path, SnapshotError) as file:
        if file.get("iter") is None and isinstance(file.get("data"), h5py().Group):
            raise _foreign(path, f"{WEIGHTS.what}: {WEIGHTS.fix}", SnapshotError)
        history = _history(file)
        for name, dataset in history.items():
            _check_numbers(file, name, dataset)
        if check_history is not None:
            check_history([dataset.shape for dataset in history.values()])
        return StoredSolverState(
            iter=_whole_number(file, "iter"),
            current_step=_whole_number(file, "current_step"),
            learned_net=_text(file, "learned_net"),
            history=[file.read(name, dataset) for name, dataset in history.items()],
            extra=_bytes(file, "blobnet_state"),
        )


def _history(file: Hdf5File) -> dict[str, Any]:
    group = file.get("history")
    if not isinstance(group, h5py().Group):
        raise KeyError("no group /history")
    names = [f"history/{i}" for i in range(len(file.members(group)))]
    found = {name: file.get(name) for name in names}
    missing = [name for name, dataset in found.items() if dataset is None]
    if missing:
        raise KeyError(f"no /{missing[0]}, of {len(names)} in their order")
    return found


def _whole_number(file: Hdf5File, name: str) -> int:
    dataset = file.get(name)
    if dataset is None:
        raise KeyError(f"no /{name}")
    _check_numbers(file, name, dataset)
    if dataset.size != 1 or dataset.dtype.kind not in "iu":
        raise ValueError(f"/{name} is not one whole number")
    number = int(file.read(name, dataset).item())
    if not -(2**31) <= number < 2**31:
        raise ValueError(f"/{name} is {number}, no number of 32 bits")
    return number


def _text(file: Hdf5File, name: str) -> str:
    """A text; none where there is no such dataset."""
    dataset = file.get(name)
    if dataset is None:
        return ""
    if file.wrong_type(dataset) is None or not isinstance(dataset, h5py().Dataset):
        raise TypeError(f"/{name} is no text")
    if dataset.shape != () or dataset.dtype.itemsize > LONGEST_PATH:
        raise ValueError(f"/{name} is not one text of at most {LONGEST_PATH} bytes")
    value = dataset[()]
    if not isinstance(value, (bytes, str)):
        raise TypeError(f"/{name} is no text")
    return value.decode() if isinstance(value, bytes) else value


def _bytes(file: Hdf5File, name: str) -> bytes:
    """The bytes of a dataset; none where there is no such dataset."""
    dataset = file.get(name)
    if dataset is None:
        return b""
    _check_numbers(file, name, dataset)
    return file.read(name, dataset).tobytes()


def _check_numbers(file: Hdf5File, name: str, dataset: Any) -> None:
    wrong = file.wrong_type(dataset)
    if wrong is not None:
        raise TypeError(f"/{name} holds {wrong}, not numbers")
    file.check_numbers(name, dataset)


def write_hdf5_state(
    path: Path, state: StoredSolverState, write: AtomicWrite = atomic_write
) -> None:
    """Write a solver state that we and Caffe can read."""
    name = state.learned_net.encode()
    with new_hdf5_file(path, write) as file:
        file["iter"] = np.array([state.iter], np.int32)
        file["current_step"] = np.array([state.current_step], np.int32)
        file["learned_net"] = np.array(name, f"S{len(name) + 1}")  # Caffe reads up to the NUL
        file.create_group("history")
        for index, array in enumerate(state.history):
            file[f"history/{index}"] = array
        if state.extra:
            file["blobnet_state"] = np.frombuffer(state.extra, np.uint8)


# --- helpers --------------------------------------------------------------------------------------


@contextmanager
def new_hdf5_file(path: Path, write: AtomicWrite = atomic_write) -> Iterator[Any]:
    """A file to fill. It is made in memory: the library may crash where a disk turns out full."""
    with (
        enough_memory(f"{path}: cannot be written", SnapshotError),
        write(path) as temporary,
    ):
        with h5py().File(temporary, "w", driver="core", backing_store=False) as file:
            yield file
            file.flush()
            image = file.id.get_file_image()
        temporary.write_bytes(image)


@contextmanager
def _open(path: Path, kind: type[BlobnetError] = WeightsError) -> Iterator[Hdf5File]:
    with open_hdf5(path, kind, lambda reason: _foreign(path, reason, kind)) as file:
        yield file


def _foreign(path: Path, reason: object, kind: type[BlobnetError] = WeightsError) -> BlobnetError:
    return kind(
        explain(
            f"{path}: not an HDF5 file of this kind",
            expected="the layout that Caffe gives .caffemodel.h5 and .solverstate.h5",
            got=reason,
            fix="the file may be cut short or damaged: fetch or save it again",
        )
    )
