"""The usual slips in a prototxt, told by what protobuf stumbles over: it names the symptom alone.

A missing brace shows far below, where the next layer seems to stand inside the one before; a
missing quotation mark makes words of what was meant as a string.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKENS = re.compile(r"""#[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[{}<>]""")
_BARE_STRING = re.compile(r"Expected string but found: '(\w[^']*)'")
_V1_TYPE = re.compile(r'LayerType has no value named "[A-Z][a-z]')
_CLOSERS = {"}": "{", ">": "<"}
_TOP_FIELDS = ("layer", "layers")


class _Brace(NamedTuple):
    mark: str
    line: int


def likely_slip(text: str, line: int, column: int, reason: str) -> str | None:
    """How to mend what stands at a place, both counted from 1; None where nothing is known.

    reason  what protobuf says of the place
    """
    where = _line(text, line)
    if (lost := _lost_quotation_mark(where)) is not None:
        return f"write {lost} around the whole of the string: one of the pair is missing"
    if bare := _BARE_STRING.search(reason):
        return f'put it into quotation marks: "{bare[1]}"'
    if 'Expected "}"' in reason or "Expected identifier or number, got" in reason:
        return _braces(text, line, column)
    if 'Expected ":"' in reason:
        return "a colon goes between a field and its value, as in num_output: 10"
    if 'Expected "{"' in reason:
        return "the fields of a message stand between braces: { }"
    if _V1_TYPE.search(reason):
        return 'layers { type: DATA } is the form of 2014; today\'s is layer { type: "Data" }'
    if "Couldn't parse integer: " in reason and where[column - 1 : column] in ("'", '"'):
        return "numbers stand without quotation marks"
    if re.search(r'has no field named "-?[\d.]', reason) or "got ," in reason:
        return (
            "a field is repeated with its name, as in dim: 1 dim: 3, or takes a list: dim: [1, 3]"
        )
    return None


def still_open(text: str, line: int, column: int, name: str) -> str | None:
    """A hint for a field that is unknown where it stands, but begins a layer of its own."""
    if name not in _TOP_FIELDS:
        return None
    opened, _ = _open_braces(text, line, column)
    return (
        f"is a }} missing above? The {{ of line {opened[0].line} is still open." if opened else None
    )


def _braces(text: str, line: int, column: int) -> str | None:
    opened, stray = _open_braces(text, line, column + 1)
    if stray:
        return f"remove the {stray[0].mark} of line {stray[0].line}: nothing is open there"
    if opened:
        return f"a }} is missing: the {{ of line {opened[0].line} is not closed"
    return None


def _open_braces(text: str, line: int, column: int) -> tuple[list[_Brace], list[_Brace]]:
    """The braces that are open at a place, outermost first, and those that close nothing."""
    opened: list[_Brace] = []
    stray: list[_Brace] = []
    at, seen = 1, 0
    for token in _TOKENS.finditer(text):
        mark = token[0]
        if mark not in "{}<>":
            continue
        at += text.count("\n", seen, token.start())
        seen = token.start()
        if (at, seen - text.rfind("\n", 0, seen)) >= (line, column):
            break
        if mark in _CLOSERS:
            (opened if opened else stray).append(_Brace(mark, at))
            if opened:
                del opened[-2:]
        else:
            opened.append(_Brace(mark, at))
    return opened, stray


def _lost_quotation_mark(line: str) -> str | None:
    """The mark that a line has an odd number of, in what is no comment."""
    for token in _TOKENS.finditer(line):
        word = token[0]
        if word[0] in "\"'" and (len(word) == 1 or word[-1] != word[0]):
            return word[0]
    return None


def _line(text: str, line: int) -> str:
    lines = text.split("\n")
    return lines[line - 1] if 1 <= line <= len(lines) else ""
