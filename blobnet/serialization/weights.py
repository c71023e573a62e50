"""Trained weights in files: binary .caffemodel and HDF5, read to one form and written from it.

Caffe: Net::CopyTrainedLayersFrom, ToProto, CopyTrainedLayersFromHDF5 and ToHDF5 in net.cpp.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError

from blobnet.blob import Blob
from blobnet.errors import BlobError, BlobnetError, WeightsError, explain
from blobnet.input_files import check_file, read_file, shown
from blobnet.limits import enough_memory
from blobnet.netdef import net_needs_upgrade, upgrade_net
from blobnet.proto import BlobProto, LayerParameter, NetParameter
from blobnet.proto.forks import Fork
from blobnet.serialization.blob_proto import stored_values
from blobnet.serialization.fields import check_fields, parse
from blobnet.serialization.files import AtomicWrite, atomic_write
from blobnet.serialization.fork_numbers import fork_of, in_numbers_of, in_our_numbers
from blobnet.serialization.hdf5 import read_hdf5_weights
from blobnet.serialization.kinds import WEIGHTS, is_hdf5, kind_of_file
from blobnet.serialization.packed import LAYER_BLOBS, LAYERS, read_packed_net
from blobnet.serialization.small_numbers import Numbers, small_proto
from blobnet.serialization.stored import (
    StoredBlob,
    StoredWeights,
    missing_numbers,
    same_weights,
)
from blobnet.serialization.wire import (
    Piece,
    UnusualMessageError,
    array_pieces,
    message_pieces,
    size_of,
    write_pieces,
)
from blobnet.shapes import proto_is_legacy, proto_shape
from blobnet.types import Array

MAX_BINARY_BYTES = 2**31 - 1
"""Protobuf's own limit for one message."""


def read_weights(path: str | PathLike[str]) -> StoredWeights:
    """What a weight file holds. The file's first bytes, not its name, say which kind it is.

    Raises WeightsError where it is missing, broken, or something else.
    """
    file = Path(path)
    if is_hdf5(file, WeightsError, setting="weights"):
        return read_hdf5_weights(file)
    with enough_memory(f"{shown(file)}: the weights cannot be read", WeightsError):
        return _read_caffemodel(file)


def _read_caffemodel(path: Path) -> StoredWeights:
    """What a binary weight file holds, whatever its age; numbers are read later where possible."""
    size = check_file(path, WeightsError)
    if size > MAX_BINARY_BYTES:
        raise WeightsError(
            explain(
                f"{path}: too large for a binary weight file",
                expected="at most 2 GiB",
                got=f"{size / 2**30:.1f} GiB",
                fix="weights of this size are kept in HDF5",
            )
        )
    try:
        net, blobs = read_packed_net(path)
        net = _todays_net(path, net)
        if sum(len(layer.blobs) for layer in net.layer) == len(blobs):
            return _by_layer(net, iter(blobs))
    except (DecodeError, UnusualMessageError):
        pass
    net, _ = read_caffemodel(path)  # protobuf's own parser knows better
    return stored_weights(_todays_net(path, net))


def read_caffemodel(path: str | PathLike[str]) -> tuple[NetParameter, Fork | None]:
    """A binary weight file as it is stored, of whatever age, and the fork whose numbers it has.

    The net has blobnet's numbers; of Caffe's own, and of what no fork explains, the fork is None.
    Raises WeightsError.
    """
    path = Path(path)
    content = read_file(path, WeightsError, largest=MAX_BINARY_BYTES)
    fork = fork_of(content, NetParameter)
    if fork is not None:
        check_fields(content, NetParameter, shown(path), WeightsError)
        content = in_our_numbers(content, NetParameter, fork)
    try:
        return parse(content, NetParameter, shown(path), WeightsError), fork
    except DecodeError as error:
        raise _not_a_caffemodel(path, error) from error


def _todays_net(path: Path, net: NetParameter) -> NetParameter:
    if not net.layer and not net.layers:
        raise _not_a_caffemodel(path, "a message without layers")
    try:
        return upgrade_net(net, shown(path)) if net_needs_upgrade(net) else net
    except UnicodeDecodeError as error:
        raise _not_a_caffemodel(path, f"a name that is no UTF-8: {error}") from error
    except BlobnetError as error:
        raise WeightsError(
            f"{shown(path)}, whose layers are of an older format: {error}"
        ) from error


def _not_a_caffemodel(path: Path, reason: object) -> WeightsError:
    kind = kind_of_file(path)
    if kind is not None and kind is not WEIGHTS:
        reason = kind.what
    fix = kind.fix if kind is not None and kind is not WEIGHTS else None
    return WeightsError(
        explain(
            f"{shown(path)}: not a weight file that can be read",
            expected="a .caffemodel (binary protobuf) or .caffemodel.h5 (HDF5)",
            got=f"{check_file(path, WeightsError)} bytes; {reason}",
            fix=fix
            or "the file may be cut short or damaged (fetch it again), or of another program",
        )
    )


def stored_weights(net: NetParameter) -> StoredWeights:
    """The weights inside a message, by layer name."""
    return _by_layer(net, (_stored_blob(blob) for layer in net.layer for blob in layer.blobs))


def _by_layer(net: NetParameter, blobs: Iterator[StoredBlob]) -> StoredWeights:
    """The blobs, which come in the order in which the net has them, under their layers' names."""
    weights: dict[str, dict[int, StoredBlob]] = {}
    for layer in net.layer:
        names = [spec.name for spec in layer.param] + [""] * len(layer.blobs)
        stored = {
            index: replace(blob, param_name=names[index])
            for index, blob in enumerate(itertools.islice(blobs, len(layer.blobs)))
        }
        weights[_name(layer)] = _joined(weights.get(_name(layer), {}), stored)
    return weights


def _joined(first: dict[int, StoredBlob], second: dict[int, StoredBlob]) -> dict[int, StoredBlob]:
    """What two layers of one name hold; where both have weights and they differ, nothing sound."""
    if not first or not second or same_weights(first, second):
        return first or second
    damage = "two layers of the file have this name, and their weights differ"
    return {index: replace(blob, damage=damage) for index, blob in first.items()}


def _name(layer: LayerParameter) -> str:
    name: str | bytes = layer.name  # bytes where it is no UTF-8
    return name if isinstance(name, str) else name.decode(errors="backslashreplace")


def _stored_blob(proto: BlobProto) -> StoredBlob:
    def load() -> Array:
        return values.reshape(shape)

    shape = proto_shape(proto)
    try:
        values = stored_values(proto, "data")
        damage = missing_numbers(shape, len(values))
    except BlobError as error:
        values, damage = np.zeros(0, np.float32), str(error)
    return StoredBlob(shape, proto_is_legacy(proto), load, damage, dtype=values.dtype)


def write_caffemodel(
    path: str | PathLike[str],
    name: str,
    layers: Iterable[tuple[LayerParameter, Iterable[Blob]]],
    write_diff: bool = False,
    write: AtomicWrite = atomic_write,
    fork: Fork | None = None,
    numbers: Numbers | None = None,
) -> None:
    """Write the layers of a net, each with its weights, in Caffe's binary form.

    The weights go into the file from where they are in memory; no copy of them is made. With a
    `fork` the layers' settings have its numbers. With `numbers` weights take fewer bytes: see
    `small_numbers`.
    """
    items = [
        message_pieces(
            layer, LAYER_BLOBS, [_blob_pieces(blob, write_diff, numbers) for blob in blobs]
        )
        for layer, blobs in layers
    ]
    if fork is not None:
        items = [_in_numbers_of(fork, pieces) for pieces in items]
    pieces = message_pieces(NetParameter(name=name), LAYERS, items)
    check_binary_size(path, size_of(pieces))
    with write(path) as temporary:
        write_pieces(temporary, pieces)


def _in_numbers_of(fork: Fork, pieces: list[Piece]) -> list[Piece]:
    """The bytes of a layer with a fork's numbers. C3D 1.0 has others for its blobs, too."""
    return [in_numbers_of(fork, b"".join(pieces), LayerParameter)]


def write_message(path: str | PathLike[str], net: NetParameter, fork: Fork | None = None) -> None:
    """Write a net in Caffe's binary form, with the weights in it; in the numbers of a fork."""
    check_binary_size(path, net.ByteSize())
    content = net.SerializePartialToString()
    if fork is not None:
        content = in_numbers_of(fork, content, NetParameter)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def check_binary_size(who: object, size: int) -> None:
    """Raise WeightsError where so many bytes are more than the binary form can hold."""
    if size > MAX_BINARY_BYTES:
        raise WeightsError(
            explain(
                f"{who}: these weights are too large for the binary form",
                expected="at most 2 GiB",
                got=f"{size / 2**30:.1f} GiB",
                fix="save as HDF5: snapshot_format: HDF5, or a name that ends in .h5",
            )
        )


def _blob_pieces(blob: Blob, write_diff: bool, numbers: Numbers | None) -> list[Piece]:
    small = small_proto(blob.data, numbers) if numbers is not None else None
    if small is not None:
        return [small.SerializeToString()]
    return array_pieces(blob.data, blob.diff if write_diff else None)
