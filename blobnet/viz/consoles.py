"""Where tables of rich's are written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 240  # columns, where the output is no terminal: longer names are folded


def table_console(file: TextIO | None = None) -> Console:
    """One as wide as its terminal, on stdout if nothing else is said."""
    from rich.console import Console

    file = file or sys.stdout
    return Console(file=file, width=None if file.isatty() else _WIDE, highlight=False)
