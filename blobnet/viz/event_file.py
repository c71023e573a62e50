"""TensorBoard's event files, through tensorboardX. Needs the extra `tensorboard`."""

from __future__ import annotations

import os
import re
import time
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.extras import import_extra
from blobnet.types import Array

BINS = 64
"""Parts of equal width into which the values of a histogram are sorted."""

_FILES = count()  # two files of one second need different names
_ILLEGAL = re.compile(r"[^-/\w.]", re.ASCII)  # in tags


class EventFile:
    """One event file in a folder, which is made where it is missing.

    Written at once, without tensorboardX's own thread: that one would wait for ever on a full
    disk. Raises MissingExtraError where tensorboardX is not installed, DataError where the file
    cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._events = _import("proto.event_pb2")
        self._summary = _import("summary")
        writer = _import("event_file_writer").EventsWriter
        suffix = f".{os.getpid()}.{next(_FILES)}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = writer(str(folder.absolute() / "events"), suffix)
            self._file.flush()
        except OSError as error:
            raise DataError(
                explain(
                    f"{folder}: events for TensorBoard cannot be written there",
                    got=error.strerror or error,
                    fix="name a folder that you may write to",
                )
            ) from error
        self._is_new = True

    def add(self, tag: str, value: float | Array, step: int) -> None:
        """A number, or the histogram of an array. Raises OSError."""
        if self._is_new:  # events of an earlier run, from this step on, are not shown any more
            self._is_new = False
            start = self._events.SessionLog.START
            self._add(step, session_log=self._events.SessionLog(status=start))
        tag = _ILLEGAL.sub("_", tag.replace("[", ".").replace("]", ""))
        if isinstance(value, np.ndarray):
            values = value if np.isfinite(value).all() else value[np.isfinite(value)]
            if values.size:
                self._add(step, summary=self._summary.histogram_raw(tag, **histogram(values)))
        else:
            self._add(step, summary=self._summary.scalar(tag, value))

    def flush(self) -> None:
        """Hand what was added to the system. Raises OSError."""
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _add(self, step: int, **content: Any) -> None:
        event = self._events.Event(wall_time=time.time(), step=step, **content)
        self._file.write_event(event)


def histogram(values: Array) -> dict[str, Any]:
    """What TensorBoard keeps of finite values; where all are equal there is one bin."""
    low, high = np.float64(values.min()), np.float64(values.max())
    if low == high:
        counts, limits = np.array([values.size]), np.array([high])
    else:
        wide = values.astype(np.float64, copy=False)  # numpy 1 overflows in float32
        counts, edges = np.histogram(wide, bins=BINS, range=(low, high))
        limits = edges[1:]
    return {
        "min": float(low),
        "max": float(high),
        "num": values.size,
        "sum": float(values.sum(dtype=np.float64)),
        "sum_squares": float(np.vdot(values, values)),
        "bucket_limits": limits.tolist(),
        "bucket_counts": counts.tolist(),
    }


def _import(module: str) -> Any:
    return import_extra(
        f"tensorboardX.{module}", "tensorboard", "writing event files for TensorBoard"
    )
