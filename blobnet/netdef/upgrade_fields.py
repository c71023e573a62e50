"""Moving the fields of one message into another, whatever their kind."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from google.protobuf.message import Message


def copy_fields(source: Message, target: Message, *, skip: Container[str] = ()) -> None:
    """Copy every field that is written in `source` to the field of that name in `target`."""
    for field, _ in source.ListFields():
        if field.name not in skip:
            copy_field(source, field.name, target)


def copy_field(source: Message, name: str, target: Message, new_name: str | None = None) -> None:
    """Copy the field `name` to `new_name`; one value may become the entry of a list.

    Lists and messages go over as a whole: no loop of Python ever sees the values of a weight.
    """
    new_name = new_name or name
    value: Any = getattr(source, name)
    place: Any = getattr(target, new_name)
    if hasattr(value, "MergeFrom"):
        place.MergeFrom(value)
    elif hasattr(place, "append"):
        place.append(value)
    else:
        setattr(target, new_name, value)
