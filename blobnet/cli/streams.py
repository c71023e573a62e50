"""stdout and stderr as a command needs them, whoever started it.

A daemon's are closed, a reader leaves early, a disk is full, a locale has no letters for our words:
none of them ends the work. What could not be written is known afterwards.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import sys
from typing import Any, TextIO

_PLAIN = {"\N{MULTIPLICATION SIGN}": "x", "…": "...", "━": "-", "╸": "-", "─": "-"}
"""How we write in ASCII what we write ourselves; other letters become `\\xe9`."""

_ERRORS = "blobnet_plain"


class Streams:
    """For a `with` block around a command: nothing that is written raises.

    failure  why something could not be written, the first time; None where all was
    """

    def __init__(self) -> None:
        self._outlets: dict[str, _Outlet] = {}
        self._before: dict[str, TextIO] = {}

    def __enter__(self) -> Streams:
        codecs.register_error(_ERRORS, _write_plainly)
        _fill_closed_descriptors()
        for name in ("stdout", "stderr"):
            self._replace(name)
        return self

    def __exit__(self, *exc: object) -> None:
        self.flush()
        for name, stream in self._before.items():
            setattr(sys, name, stream)

    def flush(self) -> None:
        """Write what waits to be written."""
        for name in self._outlets:
            stream = getattr(sys, name)
            with contextlib.suppress(OSError, ValueError):  # closed by somebody else
                stream.flush()

    def failure(self, name: str) -> OSError | None:
        """What went wrong with "stdout" or "stderr"; nothing where its reader has left."""
        outlet = self._outlets.get(name)
        return outlet.failure if outlet is not None else None

    def _replace(self, name: str) -> None:
        """Let an outlet stand in for the process's own stream; a substitute stays as it is."""
        stream: TextIO | None = getattr(sys, name)
        if stream is None:  # closed when Python started: what is written goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - stays
            return
        if stream is not getattr(sys, f"__{name}__") or os.name == "nt":  # consoles differ there
            return
        try:
            number = stream.fileno()
            stream.flush()
        except (OSError, ValueError):
            return
        self._before[name] = stream
        self._outlets[name] = outlet = _Outlet(number)
        lines = name == "stderr" or outlet.isatty()
        made = io.TextIOWrapper(
            io.BufferedWriter(outlet),
            encoding=stream.encoding,
            errors=_ERRORS,
            line_buffering=lines,
            write_through=name == "stderr",
        )
        setattr(sys, name, made)


def reader_left(error: OSError | None) -> bool:
    """Whether it is no more than `| head`: who read the output has seen enough."""
    return error is not None and error.errno in (errno.EPIPE, errno.ESHUTDOWN, errno.ECONNRESET)


class _Outlet(io.RawIOBase):
    """A descriptor to write to, which remembers its first failure and goes on without it."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        if self.failure is None:
            try:
                return os.write(self._number, view)
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.EWOULDBLOCK):  # a pipe that does not wait
                    return self._wait_and_write(view)
                self.failure = error
        return view.nbytes

    def _wait_and_write(self, view: memoryview) -> int:
        import select

        select.select([], [self._number], [])
        return self.write(view)


def _fill_closed_descriptors() -> None:
    """Else a file of ours takes the number of stderr, and gets what others write there."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            if os.open(os.devnull, os.O_RDWR) != number:
                return


def _write_plainly(error: UnicodeError) -> tuple[str, int]:
    """For a locale that lacks letters."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    plain = (_PLAIN.get(c) or c.encode("ascii", "backslashreplace").decode() for c in letters)
    return "".join(plain), error.end
