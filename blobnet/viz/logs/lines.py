"""The lines of a log, whoever has written it, and the numbers in them."""

from __future__ import annotations

import io
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path

from blobnet.errors import DataError
from blobnet.input_files import open_file, shown, stored_bytes
from blobnet.limits import check_bytes
from blobnet.text_files import encoding_of

OUTPUT = re.compile(r"(Train|Test) net output #(\d+): (\S.*?) = (\S+)( \(\*.* loss\))?")
"""Net, number, name, value, and whether its share of the loss is told, too."""

_LONGEST_LINE = 4096  # what comes after is read as another line
_CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


def log_lines(path: Path) -> Iterator[str]:
    """A text file's lines; of one that is no text whatever can be read.

    What is added to the file meanwhile is left out. Raises DataError where it cannot be read.
    """
    with open_file(path, DataError, setting="the log") as file:
        size = os.fstat(file.fileno()).st_size
        stored = stored_bytes(file.fileno())
        check_bytes(size, f"the log {shown(path)}", DataError, stored=stored)
        encoding, mark = encoding_of(file.read(_LONGEST_LINE))
        file.seek(mark)
        with io.TextIOWrapper(file, encoding=encoding, errors="replace") as text:
            left = max(size, _LONGEST_LINE)  # a log may grow faster than it is read
            while left > 0 and (line := text.readline(_LONGEST_LINE)):
                left -= len(line)
                yield _CONTROL.sub("", line) if "\x1b" in line else line


def to_number(text: str) -> float | None:
    """A number as C or Python prints it; None where it is none."""
    text = text.rstrip(",;")
    try:
        return float(text)
    except ValueError:
        pass
    if match := re.match(r"(-?)(?:1\.#|)(nan|ind|qnan|snan|inf)", text.lower()):  # Windows' too
        return float(match[1] + "inf") if match[2] == "inf" else math.nan
    return None
