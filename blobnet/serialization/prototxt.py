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

from blobnet.errors import ProtoError, SolverError, did_you_mean, explain
from blobnet.input_files import check_file, shown
from blobnet.limits import in_words
from blobnet.netdef import upgrade_net, upgrade_solver
from blobnet.proto import LayerParameter, NetParameter, SolverParameter
from blobnet.proto.full_form import full_form, in_full_form
from blobnet.serialization.files import atomic_write
from blobnet.serialization.kinds import Kind, kind_besides_text
from blobnet.serialization.spelling import checked, quoted, without_brackets, without_long_blanks
from blobnet.text_files import cleaned, decode, read_text_file

MAX_BYTES = 256 * 2**20
"""No definition is this large; a file that is must be something else."""

_UNKNOWN_VALUE = re.compile(r'Enum type "([\w.]+)" has no value named (\w+)')
_UNKNOWN_FIELD = re.compile(r'Message type "([\w.]+)" has no field named "(\w+)"')
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
    form = full_form(type(message))
    try:
        if form is type(message):
            return text_format.Parse(spelled, message)
        parsed = text_format.Parse(spelled, form())
    except text_format.ParseError as error:
        raise ProtoError(_explain_parse_error(text, message, source, error)) from error
    _check_required(parsed, source)
    message.MergeFromString(parsed.SerializeToString())
    return message


def _check_required(message: Any, source: str) -> None:
    """Raise ProtoError where a message lacks a field that its own definition calls `required`."""
    if not message.IsInitialized():
        missing = ", ".join(message.FindInitializationErrors())
        raise ProtoError(explain(f"{source}: required fields are missing", expected=missing))


def write_text(path: str | PathLike[str], message: Message) -> None:
    """Write `message` as a prototxt: the whole file or, where that fails, nothing."""
    with atomic_write(path) as temporary:
        text = text_format.MessageToString(in_full_form(message))
        temporary.write_text(text, encoding="utf-8")


def _explain_parse_error(
    text: str, message: Message, source: str, error: text_format.ParseError
) -> str:
    root = full_form(type(message)).DESCRIPTOR
    line = error.GetLine() or 0
    where = f"{source}:{line}" if line else source
    got = quoted(text, line, error.GetColumn() or 1)
    if match := _UNKNOWN_FIELD.search(str(error)):
        kind, name = match.groups()
        known = _field_names(root, kind)
        what = f'{where}: {kind.rpartition(".")[2]} has no field named "{name[:200]}"'
    elif match := _UNKNOWN_VALUE.search(str(error)):
        kind, name = match.groups()
        known = _enum_values(root, kind)
        what = f'{where}: {kind.rpartition(".")[2]} has no value named "{name[:200]}"'
    else:
        reason = _LINE_IN_FRONT.sub("", re.sub(r"^\d+:\d+ : ", "", str(error)), 1)
        return explain(
            f"{where}: {_reason(reason)}",
            got=got,
            fix=_BACKSLASH if "\\" in (got or "") else None,
        )
    hint = _other_kind(name, message) or did_you_mean(name, known)
    fork = "a name that only a fork of Caffe knows has to be removed or replaced"
    if kind.endswith(".LayerParameter"):
        fork += "; a message of your own is declared by register_layer(..., param=...), in a "
        fork += "module that commands run with --import"
    return explain(
        what,
        expected=f"one of {', '.join(known)}" if not hint and len(known) <= 30 else None,
        got=got,
        fix=f"{hint} If not: {fork}" if hint else fork,
    )


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


def _messages_below(root: Any) -> dict[str, Any]:
    """Every message type that can stand inside `root`, by full name."""
    found: dict[str, Any] = {}
    waiting = [root]
    while waiting:
        descriptor = waiting.pop()
        if descriptor.full_name not in found:
            found[descriptor.full_name] = descriptor
            waiting += [field.message_type for field in descriptor.fields if field.message_type]
    return found


def _field_names(root: Any, message_name: str) -> list[str]:
    descriptor = _messages_below(root).get(message_name)
    return [field.name for field in descriptor.fields] if descriptor else []


def _enum_values(root: Any, enum_name: str) -> list[str]:
    fields = [field for message in _messages_below(root).values() for field in message.fields]
    for field in fields:
        if field.enum_type and field.enum_type.full_name == enum_name:
            return [value.name for value in field.enum_type.values]
    return []
