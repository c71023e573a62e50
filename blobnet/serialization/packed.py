"""Binary weight files and solver states whose arrays are read straight into memory.

What is special about a file, such as numbers that are not packed, or the format of 2013, is left
to protobuf's own parser: then UnusualMessageError is raised, or protobuf's DecodeError.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from blobnet.errors import SnapshotError, WeightsError, explain
from blobnet.input_files import open_file
from blobnet.proto import BlobProto, NetParameter, SolverState, V1LayerParameter
from blobnet.serialization.stored import StoredBlob, missing_numbers
from blobnet.serialization.wire import Allowance, Span, UnusualMessageError, split_message
from blobnet.shapes import proto_is_legacy, proto_shape
from blobnet.types import Array, DType

LAYERS, V1_LAYERS = 100, 2  # fields of NetParameter,
LAYER_BLOBS, V1_LAYER_BLOBS = 7, 6  # of their messages,
HISTORY = 3  # of SolverState, and of BlobProto:
_DATA, _DIFF, _DOUBLE_DATA, _DOUBLE_DIFF = 5, 6, 8, 9


def read_packed_net(path: Path) -> tuple[NetParameter, list[StoredBlob]]:
    """The net, whose blobs have a shape and no numbers, and all its blobs in their order."""
    stored: list[StoredBlob] = []
    allowance = Allowance()
    with open_file(path, WeightsError) as file:
        wanted = (LAYERS, V1_LAYERS)
        net, spans = split_message(file, _whole(file), wanted, NetParameter(), allowance)
        for span in spans:
            layer: Any = net.layer.add() if span.number == LAYERS else net.layers.add()
            blobs = LAYER_BLOBS if span.number == LAYERS else V1_LAYER_BLOBS
            for blob_span in split_message(file, span, (blobs,), layer, allowance)[1]:
                blob, stored_blob = _split_blob(path, file, blob_span, allowance)
                layer.blobs.append(blob)
                stored.append(stored_blob)
            if isinstance(layer, V1LayerParameter) and layer.HasField("layer"):
                raise UnusualMessageError  # the format of 2013 has its blobs in there
    return net, stored


def read_packed_state(path: Path) -> tuple[SolverState, list[StoredBlob]]:
    """The state without its history, and the history."""
    allowance = Allowance()
    with open_file(path, SnapshotError) as file:
        state, spans = split_message(file, _whole(file), (HISTORY,), SolverState(), allowance)
        return state, [_split_blob(path, file, span, allowance)[1] for span in spans]


def _whole(file: BinaryIO) -> Span:
    return Span(0, 0, os.fstat(file.fileno()).st_size)


def _split_blob(
    path: Path, file: BinaryIO, span: Span, allowance: Allowance
) -> tuple[BlobProto, StoredBlob]:
    wanted = (_DATA, _DIFF, _DOUBLE_DATA, _DOUBLE_DIFF)
    proto, spans = split_message(file, span, wanted, BlobProto(), allowance)
    size = proto.ByteSize()
    proto.DiscardUnknownFields()
    if proto.ByteSize() != size or proto.packed_data or proto.raw_data:
        raise UnusualMessageError  # forks have numbers in fields that Caffe has not
    for number, begin, end in spans:
        if (end - begin) % (4 if number in (_DATA, _DIFF) else 8):
            raise UnusualMessageError
    data, double_data = (
        [span for span in spans if span.number == number and span.end > span.begin]
        for number in (_DATA, _DOUBLE_DATA)
    )
    dtype = np.dtype("<f8" if double_data else "<f4")
    numbers = _Packed(path, _identity(file), double_data or data, dtype)
    shape = proto_shape(proto)
    damage = missing_numbers(shape, numbers.count)
    load = lambda: numbers.load().reshape(shape)  # noqa: E731
    legacy, read_into = proto_is_legacy(proto), numbers.read_into
    return proto, StoredBlob(shape, legacy, load, damage, read_into, dtype=dtype)


@dataclass(frozen=True)
class _Packed:
    """Numbers of one blob: in one piece or, as protobuf allows, in several."""

    path: Path
    identity: tuple[int, ...]
    spans: Sequence[Span]
    dtype: DType

    @property
    def count(self) -> int:
        return sum(end - begin for _, begin, end in self.spans) // self.dtype.itemsize

    def load(self) -> Array:
        array = np.empty(self.count, self.dtype)
        self.read_into(array)
        return array

    def read_into(self, array: Array) -> bool:
        """Fill an array of as many numbers; False where its type or layout is another."""
        if array.dtype != self.dtype or not array.flags.c_contiguous:
            return False
        if array.size:
            memory = array.reshape(-1).view(np.uint8).data
            try:
                self._read(memory)
            except OSError as error:
                raise self._changed(error.strerror or error) from error
        return True

    def _read(self, memory: memoryview) -> None:
        with self._open() as file:
            if _identity(file) != self.identity:
                raise self._changed("another file in its place")
            for _, begin, end in self.spans:
                file.seek(begin)
                while begin < end:
                    count = file.readinto(memory[: end - begin])
                    if not count:
                        raise self._changed("fewer bytes than before")
                    memory, begin = memory[count:], begin + count

    def _open(self) -> Any:
        try:
            return open_file(self.path, WeightsError, buffering=0)
        except WeightsError as error:
            raise self._changed(error) from error

    def _changed(self, got: object) -> WeightsError:
        return WeightsError(
            explain(
                f"{self.path}: changed while it was read",
                got=got,
                fix="write weight files under a new name, and rename them when they are complete",
            )
        )


def _identity(file: Any) -> tuple[int, ...]:
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
