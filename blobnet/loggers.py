"""Loggers whose records can be shown: names in them hold no character that works upon a terminal.

Whoever uses blobnet as a library sends its log where he likes, so it is made printable here, where
a record begins, and not in a handler of ours.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

from blobnet.errors import printable_lines


def named_logger(name: str) -> logging.Logger:
    """`logging.getLogger`, for use within blobnet."""
    logger = logging.getLogger(name)
    if make_printable not in logger.filters:
        logger.addFilter(make_printable)
    return logger


@contextmanager
def errors_alone(name: str) -> Iterator[None]:
    """Of a logger of somebody else's, less than errors is not told in the `with` block."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def make_printable(record: logging.LogRecord) -> bool:
    """Mend the texts that a record quotes; a filter that lets everything pass."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_printable_argument, record.args))
    return True


def _printable_argument(value: object) -> object:
    is_text = isinstance(value, str | PathLike | BaseException)
    return printable_lines(str(value)) if is_text else value
