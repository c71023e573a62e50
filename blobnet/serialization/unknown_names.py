"""Every name in a prototxt that the schema does not know, each with what is near it.

Protobuf stops at the first. This reads the text again, loosely, beside the descriptors, so that
whoever brings a definition from a fork sees at once all that has to be changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from blobnet.errors import did_you_mean
from blobnet.proto.forks import forks_with_field, named, owners_of

_TOKENS = re.compile(
    r"""#[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[{}<>:;,\[\]]|[^\s#"'{}<>:;,\[\]]+"""
)
_WORD = re.compile(r"[A-Za-z_]\w*")
_MOST_KEPT = 1000  # different names: enough to know that the file is something else


class Unknown(NamedTuple):
    """A name that a text has and the schema has not.

    owner  the message of a field, or the enum of a value: Caffe's name for it
    known  what could stand there
    line, column  where it stands for the first time, both counted from 1
    """

    kind: str  # "field" or "value"
    owner: str
    name: str
    known: list[str]
    line: int = 0
    column: int = 0

    def what(self) -> str:
        return f'{self.owner.rpartition(".")[2]} has no {self.kind} named "{self.name[:200]}"'

    def hint(self) -> str | None:
        """Where it belongs, or how it is spelled; None where nothing is known of it."""
        plain = _plainly(self.name)
        if spelled := next((each for each in self.known if _plainly(each) == plain), None):
            return f"did you mean {spelled}"
        for owner in owners_of(self.name):
            if owner != self.owner:
                forks = named(forks_with_field(owner, self.name))
                return f"{self.name} belongs to {owner} ({forks})."
        return did_you_mean(self.name, self.known)


def _plainly(name: str) -> str:
    """What is the same however a name is put together: kernel_size, kernelSize, kernelsize."""
    return name.replace("_", "").casefold()


def unknown_names(text: str, root: Any) -> list[Unknown]:
    """All of a text that is to be a message of the descriptor `root`, each name of an owner once.

    The text may be broken elsewhere, too.
    """
    found: dict[tuple[str, str, str], Unknown] = {}
    line, line_start, seen = 1, 0, 0
    for start, each in _all_unknown(text, root):
        line += text.count("\n", seen, start)
        line_start = max(line_start, text.rfind("\n", seen, start) + 1)
        seen = start
        placed = each._replace(line=line, column=start - line_start + 1)
        found.setdefault((each.kind, each.owner, each.name), placed)
        if len(found) == _MOST_KEPT:
            break
    return list(found.values())


@dataclass
class _Open:
    """A message that is open: `message` is None for one that is unknown itself."""

    message: Any
    field: Any = None  # the one that was named last
    is_value: bool = False  # whether a colon came behind it
    in_list: bool = False


def _all_unknown(text: str, root: Any) -> Iterator[tuple[int, Unknown]]:
    """Each with the place of its first character in the text."""
    opened = [_Open(root)]
    for token in _TOKENS.finditer(text):
        word, here = token[0], opened[-1]
        if word in "{<":
            opened.append(_Open(here.field.message_type if here.field is not None else None))
        elif word in "}>":
            if len(opened) > 1:
                opened.pop()
            opened[-1].is_value = False
        elif word == ":":
            here.is_value = True
        elif word in "[]":
            here.is_value, here.in_list = False, word == "["
        elif _WORD.fullmatch(word):
            yield from ((token.start(), unknown) for unknown in _unknown_word(here, word))
        elif word[0] not in "#,;":  # a number or a string
            here.is_value = False


def _unknown_word(here: _Open, word: str) -> Iterator[Unknown]:
    if here.is_value or here.in_list:
        yield from _unknown_value(here.field, word)
    else:
        here.field = here.message and here.message.fields_by_name.get(word)
        yield from _unknown_field(here.message, here.field, word)
    here.is_value = False


def _unknown_field(message: Any, field: Any, word: str) -> Iterator[Unknown]:
    if message is not None and field is None:
        known = [each.name for each in message.fields]
        yield Unknown("field", _name(message), word, known)


def _unknown_value(field: Any, word: str) -> Iterator[Unknown]:
    enum = field.enum_type if field is not None else None
    if enum is not None and word not in enum.values_by_name:
        yield Unknown("value", _name(enum), word, [each.name for each in enum.values])


def _name(descriptor: Any) -> str:
    """The name in the schema, whichever form the message has: `PoolingParameter.PoolMethod`."""
    return re.sub(r"^blobnet\.(?:text\.|user\.)?", "", descriptor.full_name)
