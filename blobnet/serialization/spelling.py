r"""The characters of a prototxt, before it is parsed: what cannot be read is named, with its place.

Protobuf takes any bytes in comments, so definitions with comments in GBK or Latin-1 are common.
Elsewhere a character that is no ASCII can only stand in a name. What people see as a quotation mark
or as nothing at all (a space without width) would give errors that show what looks right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blobnet.characters import in_words
from blobnet.errors import ProtoError, explain
from blobnet.input_files import shown
from blobnet.proto.message_source import PACKAGE
from blobnet.text_files import place

_UNUSUAL = re.compile(r"[^\t\n\v\f\r -~]")
_QUOTED = r"""#[^\n]*|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?"""
_PIECES = re.compile(_QUOTED + r"|[^\t\n\v\f\r -~]")
_PYTHONS = r"(?<![\w.])(?:\.?[0-9][\w.]*_[\w.]*|0[bBoO]\w*)"  # numbers that only Python reads
_PYTHONS_NUMBER, _NUMBERS = re.compile(_PYTHONS), re.compile(f"{_QUOTED}|{_PYTHONS}")
_MANY_BLANKS = re.compile(r"[^\S\n]{1000,}")
_BLANKS = re.compile(rf"{_QUOTED}|[^\S\n]{{1000,}}")
_EXTENSION = rf"\[\s*{re.escape(PACKAGE)}\.(\w+)\s*\]"
_EXTENSIONS = re.compile(f"{_QUOTED}|{_EXTENSION}")
_DEVICES = re.compile(rf"{_QUOTED}|(\bdevice_id\s*:?\s*)(\[[^\[\]]*\]|-?[0-9]+)")
_TOKENS = re.compile(rf"{_QUOTED}|[{{}}<>]|[A-Za-z_]\w*")
_NOT_UTF8 = re.compile(r"[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:([4-7][0-7]{2})|(.))")
_ESCAPES = frozenset("abfnrtvxuU01234567\\'\"")
_LONGEST_RUN = 64  # backslashes: protobuf's time grows with the square of their number
_ALIKE = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\uff02\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\uff07", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d", "-"),
    **{chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F) if chr(code) not in "\"'-"},
}


def without_long_blanks(text: str) -> str:
    """`text` with one space for many in a row: protobuf takes a hundred bytes for each."""
    if not _MANY_BLANKS.search(text):
        return text
    return _BLANKS.sub(lambda piece: " " if piece[0].isspace() else piece[0], text)


def without_brackets(text: str) -> str:
    """`text` with `mine_param` for `[blobnet.user.mine_param]`, in the same place.

    That is what protobuf writes for the message of a layer type of one's own.
    """
    if f"{PACKAGE}." not in text:
        return text
    return _EXTENSIONS.sub(_without_brackets, text)


def _without_brackets(found: re.Match[str]) -> str:
    return found[1].ljust(len(found[0])) if found[1] else found[0]


def with_one_device(text: str) -> str:
    """`text` with the first of all that a solver says under `device_id`, in as many lines.

    TSN lists the GPUs there, `device_id: [0, 1]` or one by one. Caffe's field has one number, and
    none has an effect here.
    """
    first = True

    def one(found: re.Match[str]) -> str:
        nonlocal first
        if not found[1]:
            return found[0]
        number = re.search(r"-?[0-9]+", found[2])
        kept = found[1] + (number[0] if number else "0") if first else ""
        first = False
        return kept + "\n" * (found[0].count("\n") - kept.count("\n"))

    return _DEVICES.sub(one, text)


REPEATED = {
    ("data_param", "source"): ("source", "more_sources"),
    ("pooling_param", "kernel_size"): ("kernel_size_3d",) * 2,
    ("pooling_param", "stride"): ("stride_3d",) * 2,
    ("pooling_param", "pad"): ("pad_3d",) * 2,
}
"""What a field is that some fork repeats where Caffe has it once: its first, and all others."""


def with_lists(text: str) -> str:
    """`text` with the fields of `REPEATED` under other names where they stand more than once.

    A branch of Caffe for several GPUs, which caffe-face has, reads from several databases. The
    OpenCL branch pools volumes, with a kernel_size for each axis.
    """
    pieces, done = [], 0
    for start, end, word in sorted(_repeated_fields(text)):
        pieces += [text[done:start], word]
        done = end
    return "".join([*pieces, text[done:]])


def _repeated_fields(text: str) -> Iterator[tuple[int, int, str]]:
    """Where to write what instead: first index, end, name."""
    messages: list[tuple[str, dict[str, list[re.Match[str]]]]] = [("", {})]
    name = ""
    for token in _TOKENS.finditer(text):
        word = token[0]
        if word in ("{", "<"):
            messages.append((name, {}))
        elif word in ("}", ">"):
            yield from _renamed(*messages[-1])
            messages = messages[:-1] or [("", {})]
        elif word[0] not in "#\"'":
            name = word
            message, fields = messages[-1]
            if (message, word) in REPEATED:
                fields.setdefault(word, []).append(token)


def _renamed(
    message: str, fields: dict[str, list[re.Match[str]]]
) -> Iterator[tuple[int, int, str]]:
    for field, places in fields.items():
        if len(places) > 1:
            first, others = REPEATED[message, field]
            for index, token in enumerate(places):
                yield token.start(), token.end(), others if index else first


def checked(text: str, source: str) -> str:
    """A cleaned `text`, ready to be parsed. Raises ProtoError, naming `source` and the line."""
    if _UNUSUAL.search(text):
        for piece in _PIECES.finditer(text):
            _check_piece(text, piece, source)
    if _PYTHONS_NUMBER.search(text):
        for piece in _NUMBERS.finditer(text):
            _check_number(text, piece, source)
    if "\\" * _LONGEST_RUN in text:
        line, column = place(text, text.index("\\" * _LONGEST_RUN))
        raise ProtoError(
            explain(
                f"{source}:{line}: too many backslashes in a row, from column {column} on",
                expected=f"fewer than {_LONGEST_RUN}",
            )
        )
    return _ESCAPE.sub(_kept, text) if "\\" in text else text


def _check_piece(text: str, piece: re.Match[str], source: str) -> None:
    """Raise ProtoError where a string or a character between two tokens cannot be read."""
    word = piece[0]
    if word[0] == "#":
        return
    if word[0] in "\"'":
        wrong = _NOT_UTF8.search(word)
        if wrong is None:
            return
        at = piece.start() + wrong.start()
        expected = "strings in UTF-8; only comments may be in any other encoding"
        fix = "save the file as UTF-8"
    elif word.isspace():
        return
    else:
        at = piece.start()
        expected = "plain ASCII outside of strings and comments"
        alike = _ALIKE.get(word)
        fix = f"write {alike} instead" if alike else "remove it, or write that place anew"
    line, column = place(text, at)
    raise ProtoError(
        explain(
            f"{source}:{line}: {in_words(text[at])} in column {column}",
            expected=expected,
            got=quoted(text, line, column),
            fix=fix,
        )
    )


def _check_number(text: str, piece: re.Match[str], source: str) -> None:
    """Raise ProtoError for a number that Caffe would not read: `1_0` is ten in Python alone."""
    word = piece[0]
    if word[0] in "#\"'":
        return
    line, column = place(text, piece.start())
    raise ProtoError(
        explain(
            f"{source}:{line}: {shown(word)} is no number",
            expected="digits, as in 10, 0.1, 1e-3 or 0x1f",
            got=quoted(text, line, column),
        )
    )


def _kept(escape: re.Match[str]) -> str:
    r"""An escape that means nothing (`\S`) stands for itself: as in Python, without a warning."""
    known = not escape[1] and escape[2] in _ESCAPES
    return escape[0] if known else "\\" + escape[0]


def quoted(text: str, line: int, column: int = 1) -> str | None:
    """A line of the text, or what stands around the column where it is long."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return None
    whole = lines[line - 1]
    start = max(0, column - 100) if len(whole) > 200 else 0
    return shown(whole[start : start + 200].strip())
