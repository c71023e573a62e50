"""A terminal of 80 columns that is none: it keeps what it was sent."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from unittest.mock import patch

CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
SETTINGS = {"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color"}
OTHERS_WISHES = ("JPY_PARENT_PID", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


class Terminal(io.StringIO):
    """Something that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        """What was shown, one after the other; the display is written anew at every refresh."""
        return [line.rstrip() for line in re.split(r"[\r\n]+", CONTROL.sub("", self.getvalue()))]


@contextmanager
def on_a_terminal() -> Iterator[Terminal]:
    """stderr is a terminal for a while."""
    with patch.dict("os.environ", SETTINGS) as environment, redirect_stderr(Terminal()) as made:
        for name in OTHERS_WISHES:
            environment.pop(name, None)
        yield made
