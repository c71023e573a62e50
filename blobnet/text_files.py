"""Text files as people have them: one way to their characters, whatever editor wrote them.

UTF-8 with and without a byte order mark, UTF-16 as PowerShell and old editors write it, line ends
of any system, the Ctrl-Z of DOS and NULs behind the end. Bytes that are no UTF-8 are kept as
Python keeps them in paths (`os.fsdecode`): so a path in another encoding still leads to its file,
and a comment in GBK or Latin-1 is passed over like any other.
"""

from __future__ import annotations

import codecs
import re

from blobnet.characters import in_words
from blobnet.errors import BlobnetError, explain
from blobnet.input_files import AnyPath, check_file, read_file, shown
from blobnet.limits import check_bytes

_MARKS = (  # UTF-32 first: its mark begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_START = 4096  # bytes that tell the encoding
_NO_TEXT = re.compile(r"[\0-\x08\x0e-\x19\x1c-\x1f]")


def encoding_of(start: bytes) -> tuple[str, int]:
    """The encoding of a text file that begins like that, and the length of its mark."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    start = start[:_START].rstrip(b"\0")
    even, odd = start[::2], start[1::2]  # ASCII in UTF-16 has a NUL in one half of its bytes
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if len(zeros) > 1 and 2 * zeros.count(0) > len(zeros) and not others.count(0):
            return encoding, 0
    return "utf-8", 0


def decode(data: bytes) -> str:
    """The text in the bytes of a file; its lines end with "\\n". Never raises."""
    encoding, mark = encoding_of(data)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    return cleaned(data[mark:].decode(encoding, errors))


def cleaned(text: str) -> str:
    """`text` without byte order mark and what follows its end; its lines end with "\\n"."""
    text = text.removeprefix("\ufeff").rstrip("\0\x1a")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_text_file(
    path: AnyPath, error: type[BlobnetError], *, setting: str = "", largest: int | None = None
) -> str:
    """The text of the file: see `input_files.check_file` for the arguments and what is raised."""
    who = f"{setting} {shown(path)}".strip()
    check_bytes(check_file(path, error, setting=setting, largest=largest), who, error)
    try:
        return decode(read_file(path, error, setting=setting, largest=largest))
    except MemoryError as reason:
        raise error(explain(f"{who}: not enough memory to read it")) from reason


def is_text(text: str) -> bool:
    """Whether what was decoded to this was text: no control characters stand where it begins."""
    return _NO_TEXT.search(text, 0, _START) is None


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column of a character, both counted from 1."""
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")


def describe(text: str, at: int) -> str:
    """A character of the text and where it stands: `a tab (U+0009) in column 7`."""
    return f"{in_words(text[at])} in column {place(text, at)[1]}"
