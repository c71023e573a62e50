"""Log lines in the form of Caffe's: `I1123 03:19:27.278252 10241 solver.py:289] Solving LeNet`."""

from __future__ import annotations

import contextlib
import errno
import getpass
import logging
import os
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from blobnet.cli.glog import current_flags
from blobnet.errors import BlobnetError, explain
from blobnet.input_files import shown
from blobnet.loggers import make_printable, named_logger

_log = named_logger("blobnet.cli")

_LEVELS = {0: logging.INFO, 1: logging.WARNING, 2: logging.ERROR, 3: logging.CRITICAL}
"""glog's severities as those of `logging`."""
_NOTHING = logging.CRITICAL + 1

_LETTERS = {
    logging.DEBUG: "I",
    logging.INFO: "I",
    logging.WARNING: "W",
    logging.ERROR: "E",
    logging.CRITICAL: "F",
}

if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[TextIO]
else:
    _StreamHandler = logging.StreamHandler  # takes no type before Python 3.11


class CaffeFormatter(logging.Formatter):
    """glog's prefix: severity, date and time, process, file and line."""

    def format(self, record: logging.LogRecord) -> str:
        clock = time.strftime("%m%d %H:%M:%S", time.localtime(record.created))
        microseconds = int(record.created % 1 * 1e6)
        place = f"{record.filename}:{record.lineno}"
        letter = _LETTERS.get(record.levelno, "I")
        prefix = f"{letter}{clock}.{microseconds:06d} {record.process} {place}] "
        make_printable(record)  # loggers that others made for themselves come here too
        return prefix + super().format(record)


class _StderrHandler(_StreamHandler):
    """Writes to what sys.stderr is now: a progress display puts itself in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class _FileHandler(logging.FileHandler):
    """Says once, and without a traceback, that the log cannot be written; the work goes on."""

    _failed = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if not self._failed:
            self._failed = True
            reason = sys.exc_info()[1]
            print(f"blobnet: {shown(self.baseFilename)}: {reason}", file=sys.stderr)


def start_logging(file: Path | None = None, *, to_stderr: bool = True, quiet: bool = False) -> None:
    """Send the log to stderr, to a file, or both; the file holds this run only.

    glog's flags and variables are honoured, as in Caffe: see `glog`. `quiet` keeps warnings and
    errors only.
    """
    flags = current_flags()
    level = _LEVELS.get(max(flags.minloglevel, 0), _NOTHING)
    level = max(level, logging.WARNING) if quiet else level
    logger = logging.getLogger("blobnet")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    if flags.log_dir is not None and not flags.logtostderr:
        _add(logger, _log_file(Path(flags.log_dir)), level)
    if file is not None:
        _add(logger, _FileHandler(file, mode="w", encoding="utf-8"), level)
    if to_stderr:
        everything = flags.logtostderr or flags.alsologtostderr
        threshold = _LEVELS.get(max(flags.stderrthreshold, 0), _NOTHING)
        _add(logger, _StderrHandler(), level if everything else max(level, threshold))
    logger.setLevel(level)
    logger.propagate = False
    for flag in flags.noted:
        _log.warning("%s: this flag of glog has no effect in blobnet", flag)


def _add(logger: logging.Logger, handler: logging.Handler, level: int) -> None:
    handler.setFormatter(CaffeFormatter())
    handler.setLevel(level)
    logger.addHandler(handler)


def _log_file(folder: Path) -> logging.Handler:
    """A file of glog's name and first lines in --log_dir; `blobnet.INFO` leads to the newest."""
    host, user = platform.node() or "localhost", _user()
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"blobnet.{host}.{user}.log.INFO.{stamp}.{os.getpid()}"
    try:
        path.write_text(
            f"Log file created at: {time.strftime('%Y/%m/%d %H:%M:%S')}\n"
            f"Running on machine: {host}\n"
            "Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\n",
            encoding="utf-8",
        )
        handler = _FileHandler(path, mode="a", encoding="utf-8")
    except (OSError, ValueError) as error:
        first = "make the folder"
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            first = "free some space"
            path.unlink(missing_ok=True)
        raise BlobnetError(
            explain(
                f"--log_dir {shown(folder)}: no log can be written there",
                expected="a folder that exists and may be written to",
                got=getattr(error, "strerror", None) or error,
                fix=f"{first}, or leave out --log_dir: the log goes to stderr anyway",
            )
        ) from error
    _lead_to(path)
    return handler


def _lead_to(path: Path) -> None:
    """glog's link to the newest log, where there can be one and nothing else has the name."""
    link = path.with_name("blobnet.INFO")
    with contextlib.suppress(OSError, NotImplementedError):
        if link.is_symlink():
            link.unlink()
        link.symlink_to(path.name)


def _user() -> str:
    try:
        return getpass.getuser().replace("/", "_").replace(os.sep, "_")
    except (KeyError, OSError, ImportError):  # a number without a name, in a container
        return "unknown"
