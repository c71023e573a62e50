"""Lines above a live display, as long as they are: rich by itself breaks them at 80 columns.

A log is read by programs, line by line, also what a terminal has shown (`script`, a notebook).
"""

from __future__ import annotations

import io
import sys
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console


class LinesAbove:
    """For a `with` block in which a console has a live display: what is written goes above it.

    stdout that is no terminal is left alone: what is written there must stay there.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._before: dict[str, TextIO] = {}

    def __enter__(self) -> LinesAbove:
        for name in ("stderr", "stdout"):
            stream: TextIO = getattr(sys, name)
            if name == "stderr" or stream.isatty():
                self._before[name] = stream
                setattr(sys, name, _Above(self._console, stream))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name, stream in self._before.items():
            shown = getattr(sys, name)
            if isinstance(shown, _Above):
                shown.finish()
            setattr(sys, name, stream)


class _Above(io.TextIOBase):
    """Stands in for a stream, and keeps what is no whole line yet."""

    def __init__(self, console: Console, stream: TextIO) -> None:
        self._console, self._stream = console, stream
        self._begun = ""

    def write(self, text: str, /) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        if lines:
            self._show("\n".join(lines))
        return len(text)

    def flush(self) -> None:
        """A line that has not ended waits for its end."""
        self._stream.flush()

    def finish(self) -> None:
        """Write what waits, ended or not."""
        if self._begun:
            self._show(self._begun)
            self._begun = ""

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    @property
    def rich_proxied_file(self) -> TextIO:
        """What a console that writes to stderr finds behind this: else it would write in here."""
        return self._stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    def _show(self, lines: str) -> None:
        """Without colours, and without a word read as markup."""
        self._console.print(lines, soft_wrap=True, markup=False, highlight=False, emoji=False)
