"""How much a message asks for, looked up before protobuf parses it.

Two bytes can stand for an empty message, which takes hundreds once it is parsed. So the fields of
a message are counted before: 4 KiB for each is more than it takes, with what is kept for it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

import numpy as np
from google.protobuf.message import DecodeError, Message

from blobnet.errors import BlobnetError
from blobnet.limits import allowed_bytes, check_bytes
from blobnet.proto.full_form import full_form

AnyMessage = TypeVar("AnyMessage", bound=Message)

_PER_FIELD = 4096
_PER_BYTE = 8  # what packed numbers take at most: one byte may be an int64
_RUN = 2**16  # numbers that are not packed are passed over so many at a time

_Nested = Mapping[int, Any]  # by the number of a field: the descriptor of its message


def parse(
    data: bytes, message: type[AnyMessage], who: str, error: type[BlobnetError]
) -> AnyMessage:
    """The message that `data` are, after `check_fields`. Raises DecodeError or MemoryError, too."""
    check_fields(data, message, who, error)
    try:
        return message.FromString(data)
    except DecodeError as reason:
        if "alloc" in str(reason):  # how protobuf says it
            raise MemoryError(str(reason)) from reason
        raise


def check_fields(data: bytes, message: type[Message], who: str, error: type[BlobnetError]) -> None:
    """Raise `error` where parsing `data` asks for more memory than a file of its size may."""
    allowed = allowed_bytes(len(data))
    walk = _Walk(data, _nested(full_form(message).DESCRIPTOR))
    asked = 0
    with suppress(IndexError):  # cut short: protobuf says so
        for size in walk:
            asked += size
            if asked > allowed:
                asked = asked * len(data) // walk.at  # if it goes on like that
                break
    check_bytes(asked, f"{who}, a message of very many fields,", error, stored=len(data))


@cache
def _nested(descriptor: Any) -> _Nested:
    return {
        field.number: field.message_type
        for field in descriptor.fields
        if field.message_type is not None
    }


class _Walk:
    """The bytes of memory that each field asks for, in the order of a file."""

    def __init__(self, data: bytes, nested: _Nested) -> None:
        self._data, self.at = data, 0
        self._open = [(len(data), nested)]  # messages that have begun: their ends

    def __iter__(self) -> _Walk:
        return self

    def __next__(self) -> int:
        while self.at >= self._open[-1][0]:
            self._open.pop()
            if not self._open:
                raise StopIteration
        tag_at = self.at
        tag = self._varint()
        wire_type = tag & 7
        if wire_type == 2:
            return self._with_length(tag >> 3)
        if wire_type == 0:
            self._varint()
        elif wire_type in (1, 5):
            self._numbers(tag_at, 8 if wire_type == 1 else 4)
        return _PER_FIELD

    def _with_length(self, number: int) -> int:
        length = self._varint()
        end, nested = self._open[-1]
        inner = nested.get(number)
        if inner is None:
            self.at += length
            return _PER_FIELD + _PER_BYTE * min(length, len(self._data))
        self._open.append((min(self.at + length, end), _nested(inner)))
        return _PER_FIELD

    def _numbers(self, tag_at: int, width: int) -> None:
        """Pass over a number, and over those behind it that have the same tag of one byte."""
        data, step = self._data, width + self.at - tag_at
        self.at += width
        if step != width + 1:
            return
        while self.at < self._open[-1][0] and data[self.at] == data[tag_at]:
            tags = np.frombuffer(data, np.uint8, offset=self.at)[: _RUN * step : step]
            other = np.flatnonzero(tags != data[tag_at])
            self.at += step * int(other[0] if other.size else tags.size)

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise IndexError("a number without an end")
