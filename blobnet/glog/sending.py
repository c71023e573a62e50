"""Which handlers glog's flags ask for, and how severe a line must be for each."""

from __future__ import annotations

import logging
from pathlib import Path

from blobnet.glog.flags import GlogFlags
from blobnet.glog.formatter import CaffeFormatter
from blobnet.glog.handlers import FileHandler, FolderHandler, StderrHandler

_LEVELS = {0: logging.INFO, 1: logging.WARNING, 2: logging.ERROR, 3: logging.CRITICAL}
"""glog's severities as those of `logging`."""
_NOTHING = logging.CRITICAL + 1


def logging_level(severity: int) -> int:
    """The level of `logging` from which on lines are as severe as glog's `severity`."""
    return _LEVELS.get(max(severity, 0), _NOTHING)


def prepared(handler: logging.Handler, level: int) -> logging.Handler:
    """A handler that writes lines in Caffe's form, from a level of `logging` on."""
    handler.setFormatter(CaffeFormatter())
    handler.setLevel(level)
    return handler


def folder_handler(
    flags: GlogFlags, level: int, program: str, *, delay: bool = False
) -> list[logging.Handler]:
    """What writes into --log_dir, where there is one that counts."""
    if flags.log_dir is None or flags.logtostderr:
        return []
    return [prepared(FolderHandler(Path(flags.log_dir), program, delay=delay), level)]


def stderr_handler(
    flags: GlogFlags, level: int, handler: logging.Handler | None = None
) -> logging.Handler:
    """What writes to stderr: everything, or from --stderrthreshold on."""
    everything = flags.logtostderr or flags.alsologtostderr
    threshold = logging_level(flags.stderrthreshold)
    return prepared(handler or StderrHandler(), level if everything else max(level, threshold))


def file_handler(path: Path, level: int) -> logging.Handler:
    """What writes into a file that holds this run only."""
    return prepared(FileHandler(path, mode="w", encoding="utf-8"), level)


def replace_handlers(logger: logging.Logger, handlers: list[logging.Handler], level: int) -> None:
    """Let these, and no others, have what the logger is told from `level` on."""
    for handler in list(logger.handlers):
        if handler not in handlers:
            logger.removeHandler(handler)
            handler.close()
    for handler in handlers:
        logger.addHandler(handler)
    logger.setLevel(level)
