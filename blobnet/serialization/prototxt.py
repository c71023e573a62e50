"""Definitions in protobuf's text form: prototxt files to messages and back.

A name that the schema does not know is an error, never skipped: a net that silently lost a
field would train to something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import Any, TypeVar

from google.protobuf import text_format
from google.protobuf.message import Message

from blobnet.errors import ProtoError, SolverError, explain
from blobnet.input_files import check_file, shown
from blobnet.limits import in_words
from blobnet.netdef import upgrade_net, upgrade_solver
from blobnet.proto import LayerParameter, NetParameter, SolverParameter
from blobnet.proto.full_form import full_form, in_full_form
from blobnet.serialization.files import atomic_write
from blobnet.serialization.kinds import Kind, kind_besides_text
from blobnet.serialization.slips import likely_slip, still_open
from blobnet.serialization.spelling import (
    checked,
    quoted,
    with_lists,
    with_one_device,
    without_brackets,
    without_long_blanks,
)
from blobnet.serialization.unknown_names import Unknown, unknown_names
from blobnet.text_files import cleaned, decode, read_text_file

MAX_BYTES = 256 * 2**20
"""No definition is this large; a file that is must be something else."""

_UNKNOWN = re.compile(r'type "[\w.]+" has no (?:value|field) named')
_MULTIPLE = re.compile(r'multiple "(?:source|kernel_size|stride|pad)" fields')
_MOST_TOLD = 30  # names that are unknown, in one error
_LINE_IN_FRONT = re.compile(r"^'.*': (?=\S)", re.DOTALL)  # protobuf repeats it all
_PACKAGE = re.compile(r"\bblobnet\.(?:text\.|user\.)?")
_BACKSLASH = (
    r'a backslash in quotes begins an escape, as in "\n"; in paths write / or \\: '
    '"C:/Users/me/net.prototxt"'
)

_KINDS: dict[type[Message], str] = {
    NetParameter: "a net",
    SolverParameter: "a solver",
    LayerParameter: "a layer",
}

AnyMessage = TypeVar("AnyMessage", bound=Message)


def read_net(path: str | PathLike[str]) -> NetParameter:
    """The net that a prototxt defines, in today's form whatever its age. Raises ProtoError."""
    net = read_text(path, NetParameter())
    with _naming(path):
        return upgrade_net(net, shown(path))


def read_solver(path: str | PathLike[str]) -> SolverParameter:
    """The solver that a prototxt defines. Raises ProtoError."""
    solver = read_text(path, SolverParameter())
    with _naming(path):
        return upgrade_solver(solver, shown(path))


def parse_net(text: str) -> NetParameter:
    """The net that a text defines: like `read_net`, without a file."""
    return upgrade_net(parse_text(text, NetParameter()))


def parse_solver(text: str) -> SolverParameter:
    """The solver that a text defines: like `read_solver`, without a file."""
    return upgrade_solver(parse_text(text, SolverParameter()))


def parse_layer(text: str) -> LayerParameter:
    """The one layer that a text defines: what stands between the braces of `layer { }`."""
    return parse_text(text, LayerParameter())


@contextmanager
def _naming(path: str | PathLike[str]) -> Iterator[None]:
    """Let what is wrong with a definition as a whole name its file."""
    try:
        yield
    except (ProtoError, SolverError) as error:
        raise type(error)(f"{shown(path)}: {error}") from error


def read_text(path: str | PathLike[str], message: AnyMessage) -> AnyMessage:
    """Parse the file into `message`. Raises ProtoError, with file and line."""
    file = shown(path)
    size = check_file(path, ProtoError)
    if size > MAX_BYTES:
        raise ProtoError(
            explain(
                f"{file}: too large for a prototxt",
                expected=f"at most {in_words(MAX_BYTES)}",
                got=in_words(size),
                fix="weights belong into --weights, not into the definition",
            )
        )
    text = read_text_file(path, ProtoError)
    if size and not text and (kind := kind_besides_text(path, text)):  # zeros, behind no end
        raise _not_a_definition(file, kind)
    try:
        return parse_text(text, message, file)
    except ProtoError as error:
        if kind := kind_besides_text(path, text):
            raise _not_a_definition(file, kind) from error
        raise


def _not_a_definition(file: str, kind: Kind) -> ProtoError:
    return ProtoError(
        explain(
            f"{file}: not a definition",
            expected="text (.prototxt)",
            got=kind.what,
            fix=kind.fix or "a binary file of weights goes to --weights",
        )
    )


def parse_text(text: str | bytes, message: AnyMessage, source: str = "<text>") -> AnyMessage:
    """Parse `text` into `message`; `source` names it in errors. Raises ProtoError."""
    text = decode(text) if isinstance(text, bytes) else cleaned(text)
    text = without_long_blanks(text)
    spelled = without_brackets(checked(text, source))
    if isinstance(message, SolverParameter) and spelled.count("device_id"):
        spelled = with_one_device(spelled)
    form = full_form(type(message))
    try:
        if form is type(message):
            return _parse(spelled, message)
        parsed = _parse(spelled, form())
    except text_format.ParseError as error:
        found = unknown_names(spelled, form.DESCRIPTOR) if _UNKNOWN.search(str(error)) else []
        raise ProtoError(_explain_parse_error(text, message, source, error, found)) from error
    _check_required(parsed, source)
    message.MergeFromString(parsed.SerializeToString())
    return message


def _parse(text: str, message: AnyMessage) -> AnyMessage:
    """As protobuf does, and once more where a field is repeated that some fork has in a list."""
    try:
        return text_format.Parse(text, message)
    except text_format.ParseError as error:
        if not _MULTIPLE.search(str(error)):
            raise
        message.Clear()
        return text_format.Parse(with_lists(text), message)


def _check_required(message: Any, source: str) -> None:
    """Raise ProtoError where a message lacks a field that its own definition calls `required`."""
    if not message.IsInitialized():
        missing = ", ".join(message.FindInitializationErrors())
        raise ProtoError(explain(f"{source}: required fields are missing", expected=missing))


def write_text(path: str | PathLike[str], message: Message) -> None:
    """Write `message` as a prototxt: the whole file or, where that fails, nothing."""
    with atomic_write(path) as temporary:
        temporary.write_text(text_of(message), encoding="utf-8")


def text_of(message: Message) -> str:
    """`message` as a prototxt."""
    return text_format.MessageToString(in_full_form(message))


def _explain_parse_error(
    text: str, message: Message, source: str, error: text_format.ParseError, found: list[Unknown]
) -> str:
    if len(found) == 1:
        return _explain_one(found, text, message, source)
    if found:
        return _explain_all(found, message, source)
    line = error.GetLine() or 0
    where = f"{source}:{line}" if line else source
    got = quoted(text, line, error.GetColumn() or 1)
    reason = _LINE_IN_FRONT.sub("", re.sub(r"^\d+:\d+ : ", "", str(error)), 1)
    return explain(
        f"{where}: {_reason(reason)}",
        got=got,
        fix=likely_slip(text, line, error.GetColumn() or 1, reason)
        or (_BACKSLASH if "\\" in (got or "") else None),
    )


def _explain_one(found: list[Unknown], text: str, message: Message, source: str) -> str:
    """The only name that is unknown, with its line and what could stand there."""
    (unknown,) = found
    place = (text, unknown.line, unknown.column)
    slip = likely_slip(*place, unknown.what()) or still_open(*place, unknown.name)
    hint = _other_kind(unknown.name, message) or unknown.hint()
    return explain(
        f"{source}:{unknown.line}: {unknown.what()}",
        expected=f"one of {', '.join(unknown.known)}"
        if not hint and len(unknown.known) <= 30
        else None,
        got=quoted(text, unknown.line, unknown.column),
        fix=slip or (f"{hint} If not: {_advice(found)}" if hint else _advice(found)),
    )


def _explain_all(found: list[Unknown], message: Message, source: str) -> str:
    """All names that are unknown, with their lines, at most `_MOST_TOLD` of them."""
    lines = []
    for unknown in found[:_MOST_TOLD]:
        hint = _other_kind(unknown.name, message) or unknown.hint()
        where = f"line {unknown.line}: {unknown.what()}"
        lines.append(f"{where}; {hint}" if hint else where)
    if len(found) > _MOST_TOLD:
        lines.append(f"... and {len(found) - _MOST_TOLD} more")
    return explain(
        f"{source}:{found[0].line}: {len(found)} names are unknown",
        got="\n".join(lines),
        fix=_advice(found),
    )


def _advice(found: list[Unknown]) -> str:
    """What to do about a name that is not misspelled."""
    advice = "a name that only a fork of Caffe knows has to be removed or replaced"
    if any(unknown.owner == "LayerParameter" for unknown in found):
        advice += "; a message of your own is declared by register_layer(..., param=...), in a "
        advice += "module that commands run with --import"
    return advice


def _reason(reason: str) -> str:
    """What protobuf says, in words for who wrote the file."""
    if "codec can't" in reason:
        return "the string cannot be read: an escape in it makes no character"
    return _PACKAGE.sub("", reason)[:300]


def _other_kind(name: str, message: Message) -> str | None:
    """What the file is, where a field tells that it is no `message` at all."""
    for word, other in (("net", NetParameter), ("solver", SolverParameter)):
        if not isinstance(message, other) and name in other.DESCRIPTOR.fields_by_name:
            wanted = _KINDS.get(type(message), "something else")
            return f"is this a {word}, where {wanted} is wanted?"
    return None
