"""Binary messages of forks: whose numbers they have, and the same message in blobnet's numbers.

One number is several fields in several forks, so a binary file is read in two steps. First it is
looked at which fork explains it: whose layer types they are, which fields are unknown or of another
kind. A file is written by one program, so one fork explains all of it. Then its numbers become
those of `protos/blobnet.proto`, where every field has one of its own; nothing else is changed, and
what nobody knows stays as it is.

The facts are those of `blobnet/proto/forks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from google.protobuf.message import Message

from blobnet.proto.forks import FORKS, Fork
from blobnet.proto.full_form import full_form
from blobnet.serialization.wire import UnusualMessageError, varint

_VARINT, _EIGHT_BYTES, _WITH_LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_FIRST_OF_FORKS = 50000
_MOST_LOOKED_AT = 64  # fields of a blob: old files have each number in a field of its own
_MOST_NESTED = 32
_ENOUGH = 2**14  # fields to know a file by, some 2 microseconds each for every fork

_TYPES_OF_FORKS = frozenset(name for fork in FORKS for name in fork.types)


class _Field(NamedTuple):
    """Where a field lies in a message: its tag from `start`, its value from `begin` to `end`."""

    number: int
    wire_type: int
    start: int
    begin: int
    end: int


def fork_of(content: bytes, message: type[Message]) -> Fork | None:
    """The fork whose numbers explain a binary message best; None where Caffe's explain all.

    Of forks that explain it alike, the one that knows more of it, then the first.
    """
    with_caffe = _Look(None)
    descriptor = full_form(message).DESCRIPTOR
    try:
        with_caffe.at(memoryview(content), descriptor)
        if not with_caffe.strange:
            return None
    except UnusualMessageError:
        return None  # it is broken, which protobuf will say
    looks = [with_caffe]
    for fork in FORKS:
        look = _Look(fork)
        with suppress(UnusualMessageError):  # its numbers make a message of what is none
            look.at(memoryview(content), descriptor)
            looks.append(look)
    best = min(looks, key=lambda look: (look.strange, -look.own))
    return best.fork


def in_our_numbers(content: bytes, message: type[Message], fork: Fork) -> bytes:
    """The same message with blobnet's numbers. Raises UnusualMessageError where it is broken."""
    return _renumbered(content, message, _numbers_of(fork, to_ours=True))


def in_numbers_of(fork: Fork, content: bytes, message: type[Message]) -> bytes:
    """A message of blobnet's with the numbers of a fork. Raises UnusualMessageError."""
    return _renumbered(content, message, _numbers_of(fork, to_ours=False))


class _Numbers:
    """How a fork's numbers of fields and values become blobnet's, or the other way round."""

    def __init__(self, fork: Fork | None, *, to_ours: bool) -> None:
        self._theirs = fork.numbers if fork else {}
        self._to_ours = to_ours
        self._maps: dict[str, Mapping[int, int]] = {}
        self._changes: dict[str, bool] = {}

    def field(self, descriptor: Any, number: int) -> tuple[int, Any]:
        """What number a field gets, and which it is in blobnet's schema; None: none."""
        changed = self._of(descriptor.name, descriptor).get(number, number)
        ours = changed if self._to_ours else number
        return changed, descriptor.fields_by_number.get(ours)

    def value(self, enum: Any, number: int) -> int:
        return self._of(_enum_name(enum), enum).get(number, number)

    def changes(self, descriptor: Any) -> bool:
        """Whether anything in messages of this kind, or in those within, has another number."""
        name = descriptor.full_name
        if name not in self._changes:
            self._changes[name] = False  # where it holds itself
            self._changes[name] = bool(self._of(descriptor.name, descriptor)) or any(
                self.changes(field.message_type)
                if field.message_type is not None
                else bool(
                    field.enum_type and self._of(_enum_name(field.enum_type), field.enum_type)
                )
                for field in descriptor.fields
            )
        return self._changes[name]

    def _of(self, owner: str, descriptor: Any) -> Mapping[int, int]:
        if owner not in self._maps:
            self._maps[owner] = self._made(self._theirs.get(owner, {}), descriptor)
        return self._maps[owner]

    def _made(self, theirs: Mapping[str, int | None], descriptor: Any) -> Mapping[int, int]:
        named = getattr(descriptor, "values_by_name", None) or descriptor.fields_by_name
        pairs = [
            (number, named[name].number)
            for name, number in theirs.items()
            if number is not None and name in named.keys()  # noqa: SIM118 (protobuf 4.21)
        ]
        return dict(pairs) if self._to_ours else {ours: number for number, ours in pairs}


def _enum_name(enum: Any) -> str:
    return f"{enum.containing_type.name}.{enum.name}" if enum.containing_type else str(enum.name)


@cache
def _numbers_of(fork: Fork | None, *, to_ours: bool) -> _Numbers:
    return _Numbers(fork, to_ours=to_ours)


class _Look:
    """A look at a message as if a fork had written it.

    strange  how many fields and types it has that the fork does not know, or that are another kind
    own      how many it has that only the fork knows
    """

    def __init__(self, fork: Fork | None) -> None:
        self.fork = fork
        self.strange = self.own = self._looked_at = 0
        self._type = ""
        self._numbers = _numbers_of(fork, to_ours=True)

    def at(self, data: bytes | memoryview, descriptor: Any, depth: int = 0) -> None:
        is_blob = descriptor.name == "BlobProto"
        if depth > _MOST_NESTED:
            raise UnusualMessageError
        for count, field in enumerate(_fields(data)):
            if (is_blob and count == _MOST_LOOKED_AT) or self._looked_at == _ENOUGH:
                return
            self._looked_at += 1
            number, ours = self._numbers.field(descriptor, field.number)
            if ours is None or not _is_written_so(ours, field.wire_type):
                self.strange += 1
                continue
            self.own += number != field.number and number >= _FIRST_OF_FORKS
            self.own += self._is_of_type(ours.name)
            if ours.enum_type is not None and field.wire_type == _VARINT:
                value = self._numbers.value(ours.enum_type, _varint(data, field.begin)[0])
                self.strange += value not in ours.enum_type.values_by_number.keys()  # noqa: SIM118
            elif (descriptor.name, ours.name) == ("LayerParameter", "type"):
                self._see_type(bytes(data[field.begin : field.end]))
            elif ours.message_type is not None:
                self.at(data[field.begin : field.end], ours.message_type, depth + 1)

    def _is_of_type(self, name: str) -> bool:
        """Whether a field bears the name of its layer's type: roi_pooling_param of a ROIPooling."""
        return name.endswith("_param") and name[:-6].replace("_", "") == self._type.casefold()

    def _see_type(self, name: bytes) -> None:
        found = self._type = name.decode(errors="replace")
        if found in _TYPES_OF_FORKS:
            known = self.fork is not None and found in self.fork.types
            self.own += known
            self.strange += not known


def _is_written_so(field: Any, wire_type: int) -> bool:
    """Whether a field of the schema can be written in this form."""
    if field.message_type is not None or field.type in (field.TYPE_STRING, field.TYPE_BYTES):
        return wire_type == _WITH_LENGTH
    if wire_type == _WITH_LENGTH:
        return bool(field.default_value == [])  # packed numbers
    if field.type in (field.TYPE_DOUBLE, field.TYPE_FIXED64, field.TYPE_SFIXED64):
        return wire_type == _EIGHT_BYTES
    if field.type in (field.TYPE_FLOAT, field.TYPE_FIXED32, field.TYPE_SFIXED32):
        return wire_type == _FOUR_BYTES
    return wire_type == _VARINT


def _renumbered(content: bytes, message: type[Message], numbers: _Numbers) -> bytes:
    pieces = _pieces(memoryview(content), full_form(message).DESCRIPTOR, numbers, 0)
    return b"".join(pieces)


def _pieces(
    data: bytes | memoryview, descriptor: Any, numbers: _Numbers, depth: int
) -> Iterator[bytes | memoryview]:
    """The fields of a message, each with its number in the other numbering."""
    if depth > _MOST_NESTED:
        raise UnusualMessageError
    for field in _fields(data):
        number, ours = numbers.field(descriptor, field.number)
        inner = ours if ours is not None and _is_written_so(ours, field.wire_type) else None
        value: bytes | memoryview = data[field.begin : field.end]
        if inner is not None and inner.message_type is not None:
            if numbers.changes(inner.message_type):
                value = b"".join(_pieces(value, inner.message_type, numbers, depth + 1))
        elif inner is not None and inner.enum_type is not None and field.wire_type == _VARINT:
            value = varint(numbers.value(inner.enum_type, _varint(data, field.begin)[0]))
        yield varint(number << 3 | field.wire_type)
        if field.wire_type == _WITH_LENGTH:
            yield varint(len(value))
        yield value


def _fields(data: bytes | memoryview) -> Iterator[_Field]:
    """All fields of a message, in their order. Raises UnusualMessageError where it is broken."""
    at, size = 0, len(data)
    while at < size:
        tag, begin = _varint(data, at)
        wire_type = tag & 7
        if wire_type == _WITH_LENGTH:
            length, begin = _varint(data, begin)
            end = begin + length
        elif wire_type == _VARINT:
            end = _varint(data, begin)[1]
        elif wire_type in (_EIGHT_BYTES, _FOUR_BYTES):
            end = begin + (8 if wire_type == _EIGHT_BYTES else 4)
        else:
            raise UnusualMessageError  # groups, which Caffe has none of
        if end > size:
            raise UnusualMessageError
        yield _Field(tag >> 3, wire_type, at, begin, end)
        at = end


def _varint(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits in each byte, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise UnusualMessageError
