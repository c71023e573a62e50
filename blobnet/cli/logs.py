"""The log of a command: to stderr, to a file, in Caffe's form."""

from __future__ import annotations

import logging
from pathlib import Path

from blobnet.cli.glog import current_flags
from blobnet.cli.program import program_name
from blobnet.glog.sending import (
    file_handler,
    folder_handler,
    logging_level,
    replace_handlers,
    stderr_handler,
)
from blobnet.loggers import named_logger

_log = named_logger("blobnet.cli")


def start_logging(file: Path | None = None, *, to_stderr: bool = True, quiet: bool = False) -> None:
    """Send the log to stderr, to a file, or both; the file holds this run only.

    glog's flags and variables are honoured, as in Caffe: see `glog`. `quiet` keeps warnings and
    errors only, but for the file.
    """
    flags = current_flags()
    lowest = logging_level(flags.minloglevel)
    level = max(lowest, logging.WARNING) if quiet else lowest
    logger = logging.getLogger("blobnet")
    replace_handlers(logger, [], level)
    handlers = folder_handler(flags, level, program_name())
    if to_stderr:
        handlers.append(stderr_handler(flags, level))
    if file is not None:
        handlers.append(file_handler(file, lowest))
        level = lowest
    replace_handlers(logger, handlers, level)
    logger.propagate = False
    for flag in flags.noted:
        _log.warning("%s: this flag of glog has no effect in blobnet", flag)
