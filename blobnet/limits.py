"""What a file may make blobnet hold: one rule for memory, stated in the error, raised by the user.

A few bytes can promise terabytes: a compressed block, a dataset that was never written, a header.
So whoever reads a file asks `check_bytes` before memory is taken. A file may ask for its own size
ten times over and `BLOBNET_MAX_BYTES` (an environment variable, 1 GiB where it is not set) more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from blobnet.errors import BlobnetError, explain

VARIABLE = "BLOBNET_MAX_BYTES"
_DEFAULT = 2**30
_USUAL_COMPRESSION = 10  # what sound files reach: images and labels, packed
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_SIZE = re.compile(r"\s*(\d{1,18})\s*([KMGT]?)(?:iB|B)?\s*", re.IGNORECASE)


def max_bytes() -> int:
    """Bytes of memory that any file may ask for. Raises BlobnetError where it is no size."""
    return _parsed(os.environ.get(VARIABLE, ""))


@cache  # it is asked for every image
def _parsed(text: str) -> int:
    if not text.strip():
        return _DEFAULT
    match = _SIZE.fullmatch(text)
    if match is None:
        raise BlobnetError(
            explain(f"{VARIABLE} is no size", expected="8GiB, 512M or a number of bytes", got=text)
        )
    return int(match[1]) * _UNITS[match[2].upper()]


def allowed_bytes(stored: int = 0) -> int:
    """Bytes of memory that a file of `stored` bytes may ask for."""
    return max_bytes() + _USUAL_COMPRESSION * stored


def machine_bytes() -> int:
    """Bytes of memory that the machine has; as many as there can be where it does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows
        return 2**63


def check_bytes(asked: int, who: str, error: type[BlobnetError], *, stored: int = 0) -> None:
    """Raise `error` where more is asked for than `allowed_bytes`.

    asked   bytes of memory that a promise in the file amounts to
    who     what promises it, with the file's name
    stored  bytes that really are in the file
    """
    allowed = allowed_bytes(stored)
    if asked > allowed:
        raise error(
            explain(
                f"{who} asks for too much memory",
                expected=f"at most {in_words(allowed)}",
                got=in_words(asked),
                fix=f"if the file is sound, set {VARIABLE}={_suggestion(asked)}",
            )
        )


@contextmanager
def enough_memory(who: str, error: type[BlobnetError]) -> Iterator[None]:
    """Raise `error` where the machine has not the memory that was allowed."""
    try:
        yield
    except MemoryError as reason:
        raise error(explain(f"{who}: not enough memory")) from reason


def has_room(asked: int) -> bool:
    """Whether the machine has so much memory left, as far as that can be known.

    Linux promises more than there is, and ends a process that takes it at its word.
    """
    if asked < _DEFAULT:
        return True
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            kibibytes = dict(line.replace("kB", "").split(":") for line in file if ":" in line)
        return asked <= 2**10 * (int(kibibytes["MemAvailable"]) + int(kibibytes["SwapFree"]))
    except (OSError, ValueError, KeyError):  # another system, which says so itself
        return True


def in_words(count: int) -> str:
    """A number of bytes as people say it: 1.5 GiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            break
        count, rest = divmod(count, 1024)
        if unit == "MiB" and count < 100:
            return f"{count + rest / 1024:.1f} GiB"
    return f"{count} {unit}" if count < 10**9 else f"more than {10**9} GiB"


def _suggestion(asked: int) -> str:
    gibibytes = -(-asked // 2**30)
    return f"{gibibytes}GiB" if gibibytes < 10**6 else "... (no machine has that much)"
