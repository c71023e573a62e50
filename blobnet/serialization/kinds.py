"""What a file is that is not what it should be: errors say so, instead of "damaged".

Looks at the first bytes, and at the first fields where it may be a message.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from blobnet.errors import BlobnetError
from blobnet.input_files import AnyPath, open_file
from blobnet.serialization.wire import first_fields
from blobnet.text_files import is_text

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_HEAD = 4096  # bytes that are looked at


class Kind(NamedTuple):
    """What a file is, in words, and what to do about it."""

    what: str
    fix: str | None = None


WEIGHTS = Kind("weights (a .caffemodel)", "`weights` or `--weights` takes it, not a snapshot")
STATE = Kind(
    "a solver state (a .solverstate)",
    "`--snapshot` takes it; the weights are in the .caffemodel beside it",
)
EMPTY = Kind("an empty file")
TEXT = Kind("text")
PROTOTXT = Kind("a prototxt, text that describes a net or a solver")
BLOB = Kind("a single blob (a .binaryproto), such as a mean image")

_UNPACK = "unpack it first"
_OTHER_PROGRAM = "convert it with that program: Caffe's formats are read"
_BY_SIGNATURE: list[tuple[bytes, Kind]] = [
    (
        b"version https://git-lfs",
        Kind("a pointer of Git LFS, a few lines in the place of the file", "`git lfs pull`"),
    ),
    (HDF5_SIGNATURE, Kind("an HDF5 file")),
    (b"\x1f\x8b", Kind("a gzip archive", _UNPACK)),
    (b"BZh", Kind("a bzip2 archive", _UNPACK)),
    (b"\xfd7zXZ\0", Kind("an xz archive", _UNPACK)),
    (b"\x28\xb5\x2f\xfd", Kind("a Zstandard archive", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Kind("a 7z archive", _UNPACK)),
    (b"PK\x03\x04", Kind("a zip archive, as of NumPy or PyTorch", _UNPACK)),
    (b"\x93NUMPY", Kind("an array of NumPy (.npy)", _OTHER_PROGRAM)),
    (b"\x89PNG\r\n", Kind("a PNG image")),
    (b"\xff\xd8\xff", Kind("a JPEG image")),
    (b"GIF8", Kind("a GIF image")),
]  # fmt: skip
_PICKLE = re.compile(rb"\x80[\x02-\x05][\x00-\x95]")
_WEB_PAGE = re.compile(rb"\s*(<!doctype|<html|<\?xml)", re.IGNORECASE)
_PROTOTXT = re.compile(rb"(?m)^\s*(#|\w+\s*(:\s*[\"'\w.-]|\{))")


def kind_of_file(path: AnyPath) -> Kind | None:
    """What a file is, as far as that is seen; None where it is not, or nothing is there."""
    try:
        with open_file(path, BlobnetError) as file:
            head = file.read(_HEAD)
            return _by_first_bytes(head) or _by_first_fields(file)
    except (BlobnetError, OSError):
        return None


def kind_besides_text(path: AnyPath, text: str) -> Kind | None:
    """What a file is that was to be text, and was decoded to `text`; None where it is text."""
    try:
        with open_file(path, BlobnetError) as file:
            kind = _by_first_bytes(file.read(_HEAD))
    except (BlobnetError, OSError):
        return None
    if kind is None and not is_text(text):
        kind = kind_of_file(path) or Kind("a file that is no text")
    return None if kind in (EMPTY, PROTOTXT, TEXT) else kind


def is_hdf5(path: Path, error: type[BlobnetError], *, setting: str = "") -> bool:
    """Whether an HDF5 file is there: it may begin behind 512 bytes, 1024, and so on.

    Raises `error` where there is no file that can be read.
    """
    with open_file(path, error, setting=setting) as file:
        at = 0
        while True:
            file.seek(at)
            start = file.read(len(HDF5_SIGNATURE))
            if start == HDF5_SIGNATURE or len(start) < len(HDF5_SIGNATURE):
                return start == HDF5_SIGNATURE
            at = 2 * at or 512


def _by_first_bytes(head: bytes) -> Kind | None:
    if not head:
        return EMPTY
    for signature, kind in _BY_SIGNATURE:
        if head.startswith(signature):
            return kind
    if _PICKLE.match(head):
        return Kind("a pickle of Python, as of PyTorch", _OTHER_PROGRAM)
    if _WEB_PAGE.match(head):
        return Kind("a web page", "fetch the file itself: a page about it was saved in its place")
    if not head.strip(b"\0"):
        return Kind("nothing but zeros")
    plain = not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)
    if plain and _PROTOTXT.search(head):
        return PROTOTXT
    return TEXT if plain and head.isascii() else None


def _by_first_fields(file: BinaryIO) -> Kind | None:
    """Which of Caffe's messages it is, by the numbers of its fields and how they are written."""
    fields = first_fields(file)
    number, with_length = 0, 2
    if (100, with_length) in fields or {(1, with_length), (2, with_length)} <= fields:
        return WEIGHTS
    if (1, number) in fields and not fields.isdisjoint({(2, with_length), (3, with_length)}):
        return STATE
    return None if fields.isdisjoint({(5, with_length), (8, with_length)}) else BLOB
