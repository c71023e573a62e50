"""Log lines in the form of Caffe's: `I1123 03:19:27.278252 10241 solver.cpp:289] Solving LeNet`."""

from __future__ import annotations

import logging
import time

from blobnet.glog.places import place
from blobnet.loggers import make_printable

_LETTERS = {
    logging.DEBUG: "I",
    logging.INFO: "I",
    logging.WARNING: "W",
    logging.ERROR: "E",
    logging.CRITICAL: "F",
}


class CaffeFormatter(logging.Formatter):
    """glog's prefix: severity, date and time, process, file and line: Caffe's own, see `places`."""

    def format(self, record: logging.LogRecord) -> str:
        clock = time.strftime("%m%d %H:%M:%S", time.localtime(record.created))
        microseconds = int(record.created % 1 * 1e6)
        letter = _LETTERS.get(record.levelno, "I")
        prefix = f"{letter}{clock}.{microseconds:06d} {record.process:>5} {place(record)}] "
        make_printable(record)  # loggers that others made for themselves come here too
        return prefix + super().format(record)
