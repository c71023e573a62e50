"""Where log lines go: stderr, a file, a file of glog's in a folder."""

from __future__ import annotations

import contextlib
import errno
import getpass
import logging
import os
import platform
import sys
import time
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from blobnet.errors import BlobnetError, explain
from blobnet.input_files import shown

if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[TextIO]
else:
    _StreamHandler = logging.StreamHandler  # takes no type before Python 3.11


class StderrHandler(_StreamHandler):
    """Writes to what sys.stderr is now: a progress display puts itself in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class FileHandler(logging.FileHandler):
    """Says once, and without a traceback, that the log cannot be written; the work goes on."""

    _failed = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if not self._failed:
            self._failed = True
            reason = sys.exc_info()[1]
            print(f"blobnet: {shown(self.baseFilename)}: {reason}", file=sys.stderr)


class FolderHandler(FileHandler):
    """A file of glog's name and first lines; `blobnet.INFO` leads to the newest.

    program  what the name begins with
    delay    make the file with the first line; else at once, and raise BlobnetError where it
             cannot be made
    """

    def __init__(self, folder: Path, program: str, *, delay: bool = False) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        host = platform.node() or "localhost"
        self._link = folder / f"{program}.INFO"
        name = f"{program}.{host}.{_user()}.log.INFO.{stamp}.{os.getpid()}"
        try:
            super().__init__(folder / name, mode="a", encoding="utf-8", delay=delay)
        except (OSError, ValueError) as error:
            raise _cannot_log(folder, folder / name, error) from error

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except (OSError, ValueError):  # opening the file, where that was delayed
            self.handleError(record)

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.write_text(
            f"Log file created at: {time.strftime('%Y/%m/%d %H:%M:%S')}\n"
            f"Running on machine: {platform.node() or 'localhost'}\n"
            "Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\n",
            encoding="utf-8",
        )
        stream = super()._open()
        _lead_to(path, self._link)
        return stream


def _cannot_log(folder: Path, path: Path, error: OSError | ValueError) -> BlobnetError:
    first = "make the folder"
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        first = "free some space"
        path.unlink(missing_ok=True)
    return BlobnetError(
        explain(
            f"--log_dir {shown(folder)}: no log can be written there",
            expected="a folder that exists and may be written to",
            got=getattr(error, "strerror", None) or error,
            fix=f"{first}, or leave out --log_dir: the log goes to stderr anyway",
        )
    )


def _lead_to(path: Path, link: Path) -> None:
    """glog's link to the newest log, where there can be one and nothing else has the name."""
    with contextlib.suppress(OSError, NotImplementedError):
        if link.is_symlink():
            link.unlink()
        link.symlink_to(path.name)


def _user() -> str:
    try:
        return getpass.getuser().replace("/", "_").replace(os.sep, "_")
    except (KeyError, OSError, ImportError):  # a number without a name, in a container
        return "unknown"
