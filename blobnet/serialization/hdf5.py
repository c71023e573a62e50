"""Weights and solver states in HDF5, laid out as Caffe does. Needs the extra `hdf5`.

Weights:       /data/<layer name>/<index>, and /diff/... where gradients are kept too.
Solver state:  /iter, /current_step, /learned_net, /history/<index>; and our own
               /blobnet_state, which Caffe does not look at.

A layer name with a slash makes nested groups: they are written so and read so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import BlobnetError, SnapshotError, WeightsError, explain
from blobnet.extras import import_extra
from blobnet.serialization.files import AtomicWrite, atomic_write
from blobnet.serialization.stored import StoredBlob, StoredSolverState, StoredWeights
from blobnet.types import Array

WeightRow = tuple[str, int, Blob, bool]
"""A weight blob to write: layer name, index, blob, whether the layer owns it."""


def h5py() -> Any:
    """The module h5py. Raises MissingExtraError where it is not installed."""
    return import_extra("h5py", "hdf5", "reading and writing HDF5 files")


# --- weights --------------------------------------------------------------------------------------


def read_hdf5_weights(path: Path) -> StoredWeights:
    """What an HDF5 weight file holds; numbers are read later, one blob at a time."""
    weights: dict[str, dict[int, StoredBlob]] = {}
    with _open(path) as file:
        if not isinstance(file.get("data"), h5py().Group):
            raise _foreign(path, "no group /data")

        def visit(name: str, node: Any) -> None:
            layer, _, index = name.rpartition("/")
            if isinstance(node, h5py().Dataset) and index.isdecimal():
                weights.setdefault(layer, {})[int(index)] = _stored_blob(path, name, node)
            elif isinstance(node, h5py().Group) and not len(node):
                weights.setdefault(name, {})  # a layer without weights

        file["data"].visititems(visit)
    return weights


def _stored_blob(path: Path, name: str, dataset: Any) -> StoredBlob:
    def load() -> Array:
        with _open(path) as file:
            return np.asarray(file["data"][name][()])

    is_number = dataset.dtype.kind in "fiu"
    damage = None if is_number else f"the file holds {dataset.dtype}, not numbers"
    return StoredBlob(dataset.shape, False, load, damage)


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
        empty = not {"", "."}.isdisjoint(layer_name.split("/"))
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


def read_hdf5_state(path: Path) -> StoredSolverState:
    """A solver state written by us or by Caffe. Raises SnapshotError."""
    with _open(path, SnapshotError) as file:
        try:
            history = file["history"]
            return StoredSolverState(
                iter=int(np.ravel(file["iter"][()])[0]),
                current_step=int(np.ravel(file["current_step"][()])[0]),
                learned_net=_text(file["learned_net"][()]) if "learned_net" in file else "",
                history=[_numbers(history[str(i)]) for i in range(len(history))],
                extra=file["blobnet_state"][()].tobytes() if "blobnet_state" in file else b"",
            )
        except (KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
            raise _foreign(path, error, SnapshotError) from error


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
    with write(path) as temporary:
        with h5py().File(temporary, "w", driver="core", backing_store=False) as file:
            yield file
            file.flush()
            image = file.id.get_file_image()
        temporary.write_bytes(image)


@contextmanager
def _open(path: Path, kind: type[BlobnetError] = WeightsError) -> Iterator[Any]:
    try:
        with h5py().File(path, "r") as file:
            yield file
    except (OSError, RuntimeError) as error:  # what h5py raises for damaged files
        raise _foreign(path, error, kind) from error


def _numbers(dataset: Any) -> Array:
    if dataset.dtype.kind not in "fiu":
        raise TypeError(f"{dataset.name} holds {dataset.dtype}, not numbers")
    return np.asarray(dataset[()])


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _foreign(path: Path, reason: object, kind: type[BlobnetError] = WeightsError) -> BlobnetError:
    return kind(
        explain(
            f"{path}: not an HDF5 file of this kind",
            expected="the layout that Caffe gives .caffemodel.h5 and .solverstate.h5",
            got=reason,
            fix="the file may be cut short or damaged: fetch or save it again",
        )
    )
