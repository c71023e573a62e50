"""Seconds since the line `Solving ...`, as Caffe's extract_seconds.py counts them.

Other than those of `clock.py` they are exact to the microsecond, and pauses of a training count.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import check_file, shown
from blobnet.viz.logs.clock import PREFIX
from blobnet.viz.logs.lines import log_lines

_CREATED = re.compile(r"Log file created at: (\d{4})/")
_A_DAY = timedelta(days=1)
_LONGEST_WAY_TO_LEAP = 8  # years: around 1900


class LogCalendar:
    """Dates of a log, most of which has no years.

    year  of the first line. A month that goes back is the next year's, but for lines that threads
          have written out of order; 29 February says that the year was guessed wrong.
    """

    def __init__(self, year: int) -> None:
        self._year = year
        self._start: datetime | None = None
        self._last: datetime | None = None

    def start(self, prefix: re.Match[str]) -> bool:
        """Count from this time on; false where it is none."""
        self._start = self._last = self._date(prefix)
        return self._start is not None

    def seconds(self, line: str) -> float | None:
        """From the start to a line; None where the line has no time."""
        prefix = PREFIX.search(line)
        when = self._date(prefix) if prefix else None
        if prefix is None or when is None or self._start is None:
            return None
        if self._last is not None and not prefix["year"] and when.month < self._last.month:
            if self._last - when > _A_DAY:
                self._year += 1
            when = self._date(prefix) or when
        self._last = when
        return (when - self._start).total_seconds()

    def _date(self, prefix: re.Match[str]) -> datetime | None:
        month, day = int(prefix["month"]), int(prefix["day"])
        if not prefix["year"] and (month, day) == (2, 29):
            self._go_to_leap_year()
        second, _, fraction = prefix["second"].partition(".")
        try:
            return datetime(
                *(int(prefix["year"] or self._year), month, day),
                *(int(prefix["hour"]), int(prefix["minute"]), int(second)),
                int(fraction[:6].ljust(6, "0")),
            )
        except ValueError:
            return None

    def _go_to_leap_year(self) -> None:
        back = next(n for n in range(_LONGEST_WAY_TO_LEAP + 1) if isleap(self._year - n))
        self._year -= back
        if back and self._start is not None and self._last is not None:
            self._start = _earlier(self._start, back)
            self._last = _earlier(self._last, back)


def _earlier(when: datetime, years: int) -> datetime:
    """That day so many years before."""
    day = 28 if (when.month, when.day) == (2, 29) else when.day
    return when.replace(year=when.year - years, day=day)


def timed_lines(path: Path) -> Iterator[tuple[int, str, float | None]]:
    """What comes behind a log's line `Solving ...`: (number, line, seconds).

    Numbers count from 1, at the log's first line; seconds are None where a line has no time.

    The year is what the log says of itself, else that of the file. Raises DataError where there is
    no such line, or the log cannot be read.
    """
    calendar, begins = _calendar(path)
    for number, line in enumerate(log_lines(path), 1):
        if number > begins:
            yield number, line, calendar.seconds(line)


def created(path: Path) -> float:
    """When the file came to be, or was last changed: in seconds, as `os.stat` has it."""
    return path.stat().st_ctime


def _calendar(path: Path) -> tuple[LogCalendar, int]:
    """The calendar of a log, and the number of the line that time counts from."""
    check_file(path, DataError, setting="the log")
    year = datetime.fromtimestamp(created(path)).year
    for number, line in enumerate(log_lines(path), 1):
        if found := _CREATED.search(line):
            year = int(found[1])
        calendar = LogCalendar(year)
        prefix = PREFIX.search(line) if "Solving" in line else None
        if prefix and calendar.start(prefix):
            return calendar, number
    raise DataError(
        explain(
            f"{shown(path)}: nothing says when the training began",
            expected="a line such as I1123 03:19:27.278252 10241 solver.cpp:289] Solving LeNet",
            fix="take the whole log, from its first line on",
        )
    )
