"""The time in glog's prefix, which has no year: `I1123 03:19:27.278252 10241 solver.cpp:289]`."""

from __future__ import annotations

import math
import re
from datetime import date

PREFIX = re.compile(
    r"[IWEF](?P<year>\d{4})?(?P<month>\d\d)(?P<day>\d\d) "
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d(?:\.\d+)?) +\d+ [^\s:]+:\d+\] ?"
)
"""Severity, date (newer versions write the year), time, thread, place; anywhere in a line."""

_DAY = 86_400
_LEAP_YEAR = 2000  # its calendar has every date that a log without years can show
_LEAP_YEAR_DAYS = 366
_FEBRUARY_28 = date(_LEAP_YEAR, 2, 28).toordinal()


class LogClock:
    """Seconds since the first line, from the prefixes in their order.

    Time does not go back: neither where threads write a little out of order, nor where the clock
    is set back. A date that goes back by half a year or more is the next year's. 29 February is a
    day where the log has a line of it.

    now  the seconds at the last prefix; nan before the first
    """

    def __init__(self) -> None:
        self.now = math.nan
        self._day = 0
        self._second = 0.0

    def read(self, prefix: re.Match[str]) -> None:
        """Go on to the time of a prefix; a date that is none leaves the clock as it is."""
        year, month, day = (prefix[name] for name in ("year", "month", "day"))
        try:
            ordinal = date(int(year or _LEAP_YEAR), int(month), int(day)).toordinal()
        except ValueError:
            return
        second = int(prefix["hour"]) * 3600 + int(prefix["minute"]) * 60 + float(prefix["second"])
        if math.isnan(self.now):
            self.now = 0.0
        else:
            days = ordinal - self._day if year else self._days_to(ordinal)
            self.now += max(days * _DAY + second - self._second, 0.0)
        self._day, self._second = ordinal, second

    def _days_to(self, ordinal: int) -> int:
        """Whole days to a date without a year."""
        days = ordinal - self._day
        if days < -_LEAP_YEAR_DAYS / 2:
            return days + _LEAP_YEAR_DAYS
        without_29 = self._day <= _FEBRUARY_28 and ordinal > _FEBRUARY_28 + 1
        return days - without_29
