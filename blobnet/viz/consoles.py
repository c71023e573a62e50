"""Where tables of rich's are written."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

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


def print_table(console: Console, table: Table) -> None:
    """Write a table; names in its first column, where they have no room, are broken at joints."""
    from rich.measure import Measurement

    room = console.options.update(width=_WIDE)
    excess = Measurement.get(console, room, table).maximum - console.width
    names = [cell for cell in table.columns[0].cells if hasattr(cell, "plain")]
    longest = max((len(name.plain) for name in names), default=0)
    if 0 < excess < longest:
        for name in names:
            name.plain = at_joints(name.plain, longest - excess)
    console.print(table)


def at_joints(name: str, width: int) -> str:
    """A name in lines of at most so many letters, as far as it has joints: _ - / and dots."""
    lines = [""]
    for part in re.split(r"(?<=[_\-/.])", name):
        if lines[-1] and len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
