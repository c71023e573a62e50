"""One fork of Caffe: its layer types, and the numbers that its files have for its fields.

A fork is written as two texts:

    types   the layer types that it registers and Caffe does not
    fields  `Message name=number ...` for each message; `Message.Enum VALUE=number ...` for enums.
            Only what has another number in blobnet's schema is named, so all fields that Caffe has
            not are there, and all of a fork's own message but those whose number is the fork's.
            `name=?`: known from texts, its number is not
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property


class Fork:
    """What one fork has and Caffe has not.

    name  how it is called
    home  the repository that it was read in
    """

    def __init__(self, name: str, home: str, types: str, fields: str) -> None:
        self.name = name
        self.home = home
        self._types = types
        self._fields = fields

    @cached_property
    def types(self) -> frozenset[str]:
        """The layer types that it adds."""
        return frozenset(self._types.split())

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, int | None]]:
        """By message or enum, then by field or value: the number in this fork's files.

        None where nobody has seen it.
        """
        found: dict[str, dict[str, int | None]] = {}
        inner: dict[str, int | None] = {}
        for word in self._fields.split():
            name, is_entry, number = word.partition("=")
            if is_entry:
                inner[name] = None if number == "?" else int(number)
            else:
                inner = found.setdefault(name, {})
        return found

    def has(self, owner: str, name: str) -> bool:
        """Whether it has a field in a message, or a value in an enum, that Caffe has not."""
        return name in self.numbers.get(owner, ())
