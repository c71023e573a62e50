"""Messages without their arrays, and arrays without a message: protobuf's wire format.

A message in a file is a row of fields: a tag, which is a field number and a wire type, then a
value. Strings, messages and packed numbers have their length in front. So the numbers of a
BlobProto lie there as they lie in an array, and need not pass through a message:

split_message                 the message without some of its fields, and where those are
message_pieces, array_pieces  the bytes of a message, with arrays in one of its repeated fields
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

import numpy as np
from google.protobuf.message import Message

from blobnet.proto import BlobProto
from blobnet.types import Array

MAX_FIELDS = 2**16
"""Fields of a file that are looked at one by one, some 5 microseconds each."""

MAX_REST = 2**23
"""Bytes of a file that become parts of messages here; sound files have some KiB."""

_VARINT, _EIGHT_BYTES, _WITH_LENGTH, _FOUR_BYTES = 0, 1, 2, 5  # wire types

Piece = bytes | memoryview
AnyMessage = TypeVar("AnyMessage", bound=Message)


class UnusualMessageError(Exception):
    """Something that protobuf's own parser has to deal with, or to refuse."""


class Allowance:
    """What may still be split of a file; one that asks for more is for protobuf's own parser."""

    def __init__(self) -> None:
        self._fields, self._rest = MAX_FIELDS, MAX_REST

    def take(self, *, rest: int) -> None:
        """Once for every field; `rest` is its size where it goes into a message."""
        self._fields -= 1
        self._rest -= rest
        if self._fields < 0 or self._rest < 0:
            raise UnusualMessageError


class Span(NamedTuple):
    """Where the value of a field with a length lies in a file."""

    number: int
    begin: int
    end: int


# --- reading --------------------------------------------------------------------------------------


def split_message(
    file: BinaryIO,
    span: Span,
    wanted: Iterable[int],
    message: AnyMessage,
    allowance: Allowance,
) -> tuple[AnyMessage, list[Span]]:
    """Parse into `message` all fields but the wanted ones; these are returned as spans.

    Raises UnusualMessageError, or protobuf's DecodeError.
    """
    wanted = set(wanted)
    spans: list[Span] = []
    rest: list[bytes] = []
    file.seek(span.begin)
    at = span.begin
    while at < span.end:
        number, wire_type, begin, end = _read_field(file, span.end)
        if number in wanted:
            if wire_type != _WITH_LENGTH:  # a number by itself: not packed
                raise UnusualMessageError
            allowance.take(rest=0)
            spans.append(Span(number, begin, end))
            file.seek(end)
        else:
            allowance.take(rest=end - at)
            file.seek(at)
            rest.append(file.read(end - at))
        at = end
    message.MergeFromString(b"".join(rest))
    return message, spans


def first_fields(file: BinaryIO, count: int = 64) -> set[tuple[int, int]]:
    """Number and wire type of the first fields of a file; fewer where it is no message."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    fields: set[tuple[int, int]] = set()
    at = 0
    with suppress(UnusualMessageError):
        for _ in range(count):
            if at == size:
                break
            number, wire_type, _, at = _read_field(file, size)
            fields.add((number, wire_type))
            file.seek(at)
    return fields


def _read_field(file: BinaryIO, limit: int) -> tuple[int, int, int, int]:
    """Number, wire type, begin and end of the value of the field that comes next."""
    tag = _read_varint(file)
    number, wire_type = tag >> 3, tag & 7
    if wire_type == _WITH_LENGTH:
        length = _read_varint(file)
        begin = file.tell()
    elif wire_type == _VARINT:
        begin = file.tell()
        _read_varint(file)
        length = file.tell() - begin
    elif wire_type in (_EIGHT_BYTES, _FOUR_BYTES):
        begin, length = file.tell(), 8 if wire_type == _EIGHT_BYTES else 4
    else:
        raise UnusualMessageError
    if begin + length > limit:
        raise UnusualMessageError
    return number, wire_type, begin, begin + length


def _read_varint(file: BinaryIO) -> int:
    """Seven bits in each byte, the lowest first; the eighth says that more follow."""
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
    raise UnusualMessageError


# --- writing --------------------------------------------------------------------------------------


def message_pieces(message: Message, number: int, items: Iterable[Sequence[Piece]]) -> list[Piece]:
    """`message` as bytes, its fields in order, with `items` as the values of field `number`."""
    before, after = type(message)(), type(message)()
    after.CopyFrom(message)
    for field, value in message.ListFields():
        if field.number <= number:
            after.ClearField(field.name)
        if field.number < number:
            if isinstance(value, (str, bytes, int, float)):
                setattr(before, field.name, value)
            else:
                getattr(before, field.name).MergeFrom(value)
    pieces: list[Piece] = [before.SerializeToString()]
    for item in items:
        pieces += _field(number, item)
    return [*pieces, after.SerializeToString()]


def array_pieces(data: Array, diff: Array | None = None) -> list[Piece]:
    """What a BlobProto with these arrays is as bytes; the numbers are the arrays' own memory."""
    shape = BlobProto()
    shape.shape.dim.extend(data.shape)
    arrays = [data] if diff is None else [data, diff]
    if data.dtype == np.float64:
        return [shape.SerializeToString(), *_numbers(8, arrays)]
    return [*_numbers(5, arrays), shape.SerializeToString()]


def size_of(pieces: Iterable[Piece]) -> int:
    return sum(map(len, pieces))


def write_pieces(path: Path, pieces: Iterable[Piece]) -> None:
    with open(path, "wb") as file:
        file.writelines(pieces)


def _numbers(first: int, arrays: Sequence[Array]) -> list[Piece]:
    """Arrays as packed numbers, in the fields from `first` on; none where they are empty."""
    pieces: list[Piece] = []
    for number, array in enumerate(arrays, start=first):
        if array.size:
            little_endian = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            pieces += _field(number, [little_endian.reshape(-1).view(np.uint8).data])
    return pieces


def _field(number: int, value: Sequence[Piece]) -> list[Piece]:
    return [varint(number << 3 | _WITH_LENGTH) + varint(size_of(value)), *value]


def varint(value: int) -> bytes:
    """A whole number, not negative, as protobuf writes it."""
    groups = bytearray()
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    groups.append(value)
    return bytes(groups)
