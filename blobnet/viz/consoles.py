"""Where tables of rich's are written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 240  # columns, where the output is no terminal: longer names are folded


def table_console(file: TextIO | None = None) -> Console:
    """One as wide as its terminal, on stdout if nothing else is said.

    In a notebook it writes there as well, where rich by itself would display.
    """
    from rich.console import Console

    is_terminal = None if file is None else file.isatty()  # None: as FORCE_COLOR says
    file = file or sys.stdout
    width = None if file.isatty() else _WIDE
    return Console(
        file=file,
        width=width,
        highlight=False,
        force_jupyter=False,
        force_terminal=is_terminal,
    )
