"""glog's flags, which every `caffe` command takes, anywhere on its command line.

-alsologtostderr  --logtostderr=1  --log_dir /tmp  --minloglevel=1  --nologtostderr

Those about where the log goes and how much of it are done; the others are noted with a warning. The
environment variables GLOG_log_dir, GLOG_minloglevel ... say the same, less loudly than a flag.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import click

from blobnet.cli.options import read_switch

COMMANDS = ("train", "test", "time", "device_query")
"""The commands of caffe's: their lines may come from its scripts."""

_SWITCHES = frozenset(
    {
        *("logtostderr", "alsologtostderr", "logtostdout", "alsologtoemail", "drop_log_memory"),
        *("colorlogtostderr", "colorlogtostdout", "log_prefix", "log_utc_time"),
        *("log_year_in_prefix", "stop_logging_if_full_disk", "symbolize_stacktrace"),
        "timestamp_in_logfile_name",
    }
)
_VALUES = frozenset(
    {
        *("log_dir", "minloglevel", "stderrthreshold", "v", "vmodule", "log_backtrace_at"),
        *("log_link", "logbuflevel", "logbufsecs", "logcleansecs", "logemaillevel"),
        *("logfile_mode", "logmailer", "max_log_size"),
    }
)
_WORD = re.compile(r"--?(?P<name>[a-z_]+)(?:=(?P<value>.*))?", re.DOTALL)


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


def current_flags() -> GlogFlags:
    """Those of the command that runs."""
    context = click.get_current_context(silent=True)
    found = context.find_object(GlogFlags) if context is not None else None
    return found if found is not None else read_environment(os.environ)


def take_flags(words: Sequence[str]) -> tuple[GlogFlags, list[str]]:
    """The flags on a command line, and what is left of it, the command in front.

    Raises click.UsageError for a value that cannot be read. Lines of commands that caffe has not
    are left as they are.
    """
    found, rest = _split(words)
    rest = _command_first(rest)
    flags = read_environment(os.environ)
    if not rest or rest[0] not in COMMANDS:
        return flags, list(words)
    values: dict[str, Any] = {}
    noted = []
    for word, name, value in found:
        if name in _CONVERT:
            values[name] = _CONVERT[name](word, value)
        else:
            noted.append(word)
    return GlogFlags(**{**_as_dict(flags), **values, "noted": tuple(noted)}), rest


def read_environment(environment: Mapping[str, str]) -> GlogFlags:
    """GLOG_minloglevel and its like; one that cannot be read counts as not set.

    GLOG_alsologtostderr has no effect: `caffe` writes over it.
    """
    values: dict[str, Any] = {}
    for name in ("logtostderr", "stderrthreshold", "minloglevel", "log_dir"):
        text = environment.get(f"GLOG_{name}", "").strip()
        if text:
            try:
                values[name] = _CONVERT[name](name, text)
            except click.UsageError:
                continue
    return GlogFlags(**values)


# --- the words ------------------------------------------------------------------------------------


def _split(words: Sequence[str]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """glog's flags as (word, name, value), and the other words; `--` ends the flags."""
    end = words.index("--") if "--" in words else len(words)
    found, rest = [], []
    waiting: Iterator[str] = iter(words[:end])
    for word in waiting:
        name, value = _flag(word)
        if name is None:
            rest.append(word)
            continue
        if value is None:
            value = next(waiting, None)
            if value is None:
                raise click.UsageError(f"{word} needs a value: {word}=...")
            word = f"{word} {value}"
        found.append((word, name, value))
    return found, [*rest, *words[end:]]


def _flag(word: str) -> tuple[str | None, str | None]:
    """Name and value of a flag of glog's; no name for another word, no value where it follows."""
    match = _WORD.fullmatch(word)
    if match is None:
        return None, None
    name, value = match["name"], match["value"]
    if name in _VALUES:
        return name, value
    if name in _SWITCHES:
        return name, "1" if value is None else value
    if name.startswith("no") and name[2:] in _SWITCHES and value is None:
        return name[2:], "0"
    return None, None


def _command_first(words: list[str]) -> list[str]:
    """`--solver=x train` as `train --solver=x`: gflags take them in any order."""
    if not words or not words[0].startswith("-") or words[0] in ("--help", "-help", "-h"):
        return words
    place = next((i for i, word in enumerate(words) if word in COMMANDS), None)
    return words if place is None else [words[place], *words[:place], *words[place + 1 :]]


def _severity(word: str, value: str) -> int:
    names = {"info": 0, "warning": 1, "error": 2, "fatal": 3}
    if value.lower() in names:
        return names[value.lower()]
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", value):
        hint = "0 for all, 1 for warnings, 2 for errors"
        raise click.UsageError(f"{word}: '{value}' is no severity; write {hint}")
    return int(value)


def _text(word: str, value: str) -> str | None:
    return value or None


_CONVERT: dict[str, Callable[[str, str], object]] = {
    "logtostderr": read_switch,
    "alsologtostderr": read_switch,
    "stderrthreshold": _severity,
    "minloglevel": _severity,
    "log_dir": _text,
}


def _as_dict(flags: GlogFlags) -> dict[str, Any]:
    return {field.name: getattr(flags, field.name) for field in fields(flags)}
