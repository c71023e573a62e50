"""The net that a log tells: Caffe writes the definition down before it trains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile, islice
from pathlib import Path

from blobnet.errors import ProtoError
from blobnet.proto import NetParameter
from blobnet.serialization.prototxt import parse_net
from blobnet.viz.logs.lines import log_lines

_BEGIN = "Initializing net from parameters:"
_NEXT = re.compile(r"[IWEF]\d{4,8} \d\d:\d\d:\d\d")
_MOST_LINES = 200_000


def net_in_log(path: Path) -> NetParameter | None:
    """The first definition in a log, that of the training; None where there is none to be read.

    Raises DataError where the log cannot be read.
    """
    text = "".join(islice(_definition(path), _MOST_LINES))
    if not text.strip():
        return None
    try:
        return parse_net(text)
    except ProtoError:
        return None  # cut off, or with types that nobody knows


def _definition(path: Path) -> Iterator[str]:
    """The lines between the one that announces the net and the next of the program's own."""
    behind = dropwhile(lambda line: _BEGIN not in line, log_lines(path))
    next(behind, None)
    for line in behind:
        if _NEXT.match(line):
            return
        yield line
