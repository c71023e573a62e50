"""glog's flags and variables: where the log goes, and how much of it.

Those that are done here are fields of `GlogFlags`; the others are known by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SWITCHES = frozenset(
    {
        *("logtostderr", "alsologtostderr", "logtostdout", "alsologtoemail", "drop_log_memory"),
        *("colorlogtostderr", "colorlogtostdout", "log_prefix", "log_utc_time"),
        *("log_year_in_prefix", "stop_logging_if_full_disk", "symbolize_stacktrace"),
        "timestamp_in_logfile_name",
    }
)
VALUES = frozenset(
    {
        *("log_dir", "minloglevel", "stderrthreshold", "v", "vmodule", "log_backtrace_at"),
        *("log_link", "logbuflevel", "logbufsecs", "logcleansecs", "logemaillevel"),
        *("logfile_mode", "logmailer", "max_log_size"),
    }
)
_YES = ("1", "t", "true", "y", "yes")
_NO = ("0", "f", "false", "n", "no")


@dataclass(frozen=True)
class GlogFlags:
    """Where the log goes, and from which severity on: 0 info, 1 warnings, 2 errors, 3 fatal.

    logtostderr      to stderr only, even where there is a log_dir
    alsologtostderr  all of it to stderr; else what is as severe as stderrthreshold
    log_dir          the folder of a log file; None for none
    noted            flags that have no effect here, as they were written
    """

    logtostderr: bool = False
    alsologtostderr: bool = True  # as `caffe` sets it
    stderrthreshold: int = 2
    minloglevel: int = 0
    log_dir: str | None = None
    noted: tuple[str, ...] = ()


def read_environment(
    environment: Mapping[str, str], *, alsologtostderr: bool = False
) -> dict[str, Any]:
    """The fields of `GlogFlags` that GLOG_minloglevel and its like set.

    A variable that cannot be read counts as not set.

    alsologtostderr  whether GLOG_alsologtostderr counts; `caffe` writes over it
    """
    values: dict[str, Any] = {}
    for name in READ:
        text = environment.get(f"GLOG_{name}", "").strip()
        if text and (name != "alsologtostderr" or alsologtostderr):
            try:
                values[name] = READ[name](text)
            except ValueError:
                continue
    return values


def read_switch(text: str) -> bool:
    """A boolean in gflags' words; raises ValueError."""
    if text.lower() not in (*_YES, *_NO):
        raise ValueError(f"'{text}' is neither true nor false; write 1 or 0")
    return text.lower() in _YES


def _severity(text: str) -> int:
    names = {"info": 0, "warning": 1, "error": 2, "fatal": 3}
    if text.lower() in names:
        return names[text.lower()]
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        hint = "0 for all, 1 for warnings, 2 for errors"
        raise ValueError(f"'{text}' is no severity; write {hint}")
    return int(text)


def _text(text: str) -> str | None:
    return text or None


READ: dict[str, Callable[[str], object]] = {
    "logtostderr": read_switch,
    "alsologtostderr": read_switch,
    "stderrthreshold": _severity,
    "minloglevel": _severity,
    "log_dir": _text,
}
"""The value of a flag that has an effect; raises ValueError, saying why it cannot be read."""
