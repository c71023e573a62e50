"""Errors as pycaffe's users catch them, and files looked for before they are read.

pycaffe raises RuntimeError for a file that cannot be opened and for arrays that do not fit,
KeyError or ValueError for a name that a net does not have. These are so, and BlobnetErrors as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from blobnet.errors import BlobnetError, NetError, did_you_mean, explain, printable_lines, shortened
from blobnet.input_files import AnyPath, open_file


class CaffeError(BlobnetError, RuntimeError):
    """What pycaffe says in a RuntimeError."""


class UnknownNameError(NetError, KeyError, ValueError):
    """No layer or blob of this name: pycaffe's dicts raise KeyError, its lists ValueError."""

    def __str__(self) -> str:
        return printable_lines(str(self.args[0]))  # KeyError's own quotes it, line ends and all


def check_file(path: AnyPath) -> None:
    """Raise CaffeError, "Could not open file ...", where there is no file to be read."""
    open_file(path, CaffeError, setting="Could not open file").close()


def unknown_name(kind: str, name: object, known: Iterable[Any]) -> UnknownNameError:
    """There is no such blob or layer; near names are suggested, or those that there are."""
    names = [str(each) for each in known]
    listed = shortened(", ".join(names), 400) or "none at all"
    hint = did_you_mean(name, names) if isinstance(name, str) else None
    return UnknownNameError(explain(f"no {kind} named {name!r}", expected=listed, fix=hint))
