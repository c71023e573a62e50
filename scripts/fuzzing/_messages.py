"""Messages with anything in them that the schema allows, and smaller ones."""

from __future__ import annotations

import random
from collections.abc import Container, Iterator
from typing import TypeVar

from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.message import Message

from blobnet.proto.forks.effects import NOT_YET

_SMALL = (0, 1, 2, 3, 4, 7)
_LARGE = {
    Field.CPPTYPE_INT32: (-1, 100, 2**31 - 1, -(2**31)),
    Field.CPPTYPE_UINT32: (100, 2**31, 2**32 - 1),
    Field.CPPTYPE_INT64: (-1, 2**31, 2**63 - 1, -(2**63)),
    Field.CPPTYPE_UINT64: (2**32, 2**64 - 1),
}
_FLOATS = (0.0, 1.0, -1.0, 0.5, 2.0, 0.001, 3e38, 1e-45, float("nan"), float("inf"), -float("inf"))
_TEXTS = ("", "a", "x", "/dev/zero", "nowhere/x", "n" * 300, "\x1b[2J", "constant", "gaussian")
_TEXTS += ("fixed", "step", "exp", "inv", "multistep", "poly", "sigmoid", "L1", "L2", "Adam", "SGD")
_DEEPEST = 5

Some = TypeVar("Some", bound=Message)


def is_repeated(field: Field) -> bool:
    """An older protobuf knows it by its label alone, a newer one warns of that."""
    if hasattr(field, "is_repeated"):
        return bool(field.is_repeated)
    return bool(field.label == Field.LABEL_REPEATED)


def fill(
    rng: random.Random,
    message: Message,
    chance: float,
    depth: int = 0,
    only: Container[str] | None = None,
) -> None:
    """Set each field, those of messages within too, with this chance.

    only  names of the fields that may be set; None: all of them
    """
    for field in filter(is_supported, message.DESCRIPTOR.fields):
        if rng.random() > chance or depth == _DEEPEST or not (only is None or field.name in only):
            continue
        if is_repeated(field):
            values = getattr(message, field.name)
            for _ in range(rng.choice((1, 1, 2, 4))):
                if field.message_type:
                    fill(rng, values.add(), chance, depth + 1)
                else:
                    values.append(_value(rng, field))
        elif field.message_type:
            inner = getattr(message, field.name)
            inner.SetInParent()
            fill(rng, inner, chance, depth + 1)
        else:
            setattr(message, field.name, _value(rng, field))


def is_supported(field: Field) -> bool:
    """Whether a net with that field of a fork is not refused for it."""
    return (field.containing_type.name, field.name) not in NOT_YET


def some_choice(rng: random.Random, field: Field) -> int:
    """A value of an enum, but for those of forks that nets are refused for."""
    owner = field.enum_type.full_name.partition(".")[2]
    values = [each for each in field.enum_type.values if (owner, each.name) not in NOT_YET]
    return int(rng.choice(values).number)


def _value(rng: random.Random, field: Field) -> object:
    if field.enum_type:
        return some_choice(rng, field)
    if field.cpp_type == Field.CPPTYPE_BOOL:
        return rng.random() < 0.5
    if field.cpp_type == Field.CPPTYPE_STRING:
        text = rng.choice(_TEXTS)
        return text.encode() if field.type == Field.TYPE_BYTES else text
    if field.cpp_type in (Field.CPPTYPE_FLOAT, Field.CPPTYPE_DOUBLE):
        return rng.choice(_FLOATS)
    return rng.choice(_SMALL if rng.random() < 0.7 else _LARGE[field.cpp_type])


def without_one(message: Some) -> Iterator[Some]:
    """Copies of a message, each without one of its fields or of those within."""
    for path in _paths(message):
        candidate = type(message)()
        candidate.CopyFrom(message)
        target: Message = candidate
        for name, at in path[:-1]:
            inner = getattr(target, name)
            target = inner if at is None else inner[at]
        name, at = path[-1]
        if at is None:
            target.ClearField(name)
        else:
            del getattr(target, name)[at]
        yield candidate


_Path = tuple[tuple[str, int | None], ...]


def _paths(message: Message, above: _Path = ()) -> Iterator[_Path]:
    for field, value in message.ListFields():
        places = range(len(value)) if is_repeated(field) else [None]
        for at in places:
            path = (*above, (field.name, at))
            yield path
            if field.message_type:
                yield from _paths(value if at is None else value[at], path)
