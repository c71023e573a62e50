"""Log lines in the form of Caffe's: `I1123 03:19:27.278252 10241 solver.py:289] Solving LeNet`."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

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
        return prefix + super().format(record)


class _StderrHandler(_StreamHandler):
    """Writes to what sys.stderr is now: a progress display puts itself in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def start_logging(file: Path | None = None, *, to_stderr: bool = True, quiet: bool = False) -> None:
    """Send the log to stderr, to a file, or both; the file holds this run only.

    GLOG_minloglevel (0 info, 1 warnings, 2 errors) is honoured, as in Caffe; `quiet` keeps
    warnings and errors only.
    """
    handlers: list[logging.Handler] = [_StderrHandler()] if to_stderr else []
    if file is not None:
        handlers.append(logging.FileHandler(file, mode="w", encoding="utf-8"))
    level = {"1": logging.WARNING, "2": logging.ERROR, "3": logging.CRITICAL}.get(
        os.environ.get("GLOG_minloglevel", "0"),  # noqa: SIM112 (glog's own spelling)
        logging.INFO,
    )
    logger = logging.getLogger("blobnet")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    for handler in handlers:
        handler.setFormatter(CaffeFormatter())
        logger.addHandler(handler)
    logger.setLevel(max(level, logging.WARNING) if quiet else level)
    logger.propagate = False
