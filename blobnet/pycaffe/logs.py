"""The log of `import caffe`: to stderr in glog's form, unless the user has configured logging.

GLOG_minloglevel, GLOG_log_dir and their like are obeyed, and `init_log`. Whoever gives the root
logger a handler, before or after the import (`logging.basicConfig`), gets the log there instead.
Caffe: InitLog..., Log in python/caffe/_caffe.cpp.
"""

from __future__ import annotations

import dataclasses
import logging
import os

from blobnet.glog.flags import GlogFlags, read_environment
from blobnet.glog.handlers import StderrHandler
from blobnet.glog.sending import folder_handler, logging_level, replace_handlers, stderr_handler
from blobnet.loggers import named_logger

_log = named_logger("blobnet.pycaffe")
_logger = logging.getLogger("blobnet")  # all loggers' of the package


def start_unless_configured() -> None:
    """Send the log to stderr, where nobody has said where it goes; `import caffe` does this."""
    level = _logger.level
    if not _is_configured():
        _start(_flags())
        _logger.setLevel(level or _logger.level)  # the user's, where he has set one


def init_log(level: int | None = None, stderr: bool | None = None) -> None:
    """From which severity on lines are logged: 0 all, 1 warnings, 2 errors, 3 none of ours.

    level   None for what GLOG_minloglevel says
    stderr  whether only stderr gets the log, even where there is a GLOG_log_dir; False with no
            such folder is stderr, too: a log must go somewhere

    Where logging is configured, the log goes on as configured, from `level` on.
    """
    flags = _flags()
    if level is not None:
        flags = dataclasses.replace(flags, minloglevel=int(level))
    if stderr is not None:
        flags = dataclasses.replace(flags, logtostderr=bool(stderr))
    if _is_configured():
        _logger.setLevel(logging_level(flags.minloglevel))
    else:
        _start(flags)


def log(text: str) -> None:
    """Write a line of one's own."""
    _log.info("%s", text)


def _flags() -> GlogFlags:
    return GlogFlags(**read_environment(os.environ, alsologtostderr=True))


class _Provisional(StderrHandler):
    """stderr, until somebody configures logging: then all of ours go."""

    def emit(self, record: logging.LogRecord) -> None:
        if _is_configured():
            _stop()
        else:
            super().emit(record)


def _is_configured() -> bool:
    """Whether somebody else listens, at the root or at ours, or nobody shall."""
    return (
        not _logger.propagate
        or bool(logging.getLogger().handlers)
        or any(
            handler not in _ours and not isinstance(handler, logging.NullHandler)
            for handler in _logger.handlers
        )
    )


_ours: list[logging.Handler] = []


def _start(flags: GlogFlags) -> None:
    level = logging_level(flags.minloglevel)
    _stop()
    _ours.append(stderr_handler(flags, level, _Provisional()))
    _ours.extend(folder_handler(flags, level, "caffe", delay=True))
    replace_handlers(_logger, [*_logger.handlers, *_ours], level)


def _stop() -> None:
    """Leave the log to whoever has configured it."""
    replace_handlers(_logger, [h for h in _logger.handlers if h not in _ours], logging.NOTSET)
    _ours.clear()
