"""glog's flags, which every `caffe` command takes, anywhere on its command line.

-alsologtostderr  --logtostderr=1  --log_dir /tmp  --minloglevel=1  --nologtostderr

Those about where the log goes and how much of it are done; the others are noted with a warning. The
environment variables GLOG_log_dir, GLOG_minloglevel ... say the same, less loudly than a flag.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

import click

from blobnet.glog.flags import READ, SWITCHES, VALUES, GlogFlags, read_environment

COMMANDS = ("train", "test", "time", "device_query")
"""The commands of caffe's: their lines may come from its scripts."""

CAFFES_FLAGS = frozenset(
    {
        *("gpu", "solver", "model", "phase", "level", "stage", "snapshot", "weights"),
        *("iterations", "sigint_effect", "sighup_effect"),
    }
)
"""Those of caffe's own, for all of its commands; each has a value."""

_WORD = re.compile(r"--?(?P<name>[a-z_]+)(?:=(?P<value>.*))?", re.DOTALL)


def current_flags() -> GlogFlags:
    """Those of the command that runs."""
    context = click.get_current_context(silent=True)
    found = context.find_object(GlogFlags) if context is not None else None
    return found if found is not None else GlogFlags(**read_environment(os.environ))


def take_flags(words: Sequence[str]) -> tuple[GlogFlags, list[str]]:
    """The flags on a command line, and what is left of it, the command in front.

    Raises click.UsageError for a value that cannot be read. Lines of commands that caffe has not
    are left as they are.
    """
    values = read_environment(os.environ)
    if (place := _place_of_command(words)) is None:
        return GlogFlags(**values), list(words)
    found, rest = _split([*words[:place], *words[place + 1 :]])
    noted = []
    for word, name, value in found:
        if name not in READ:
            noted.append(word)
            continue
        try:
            values[name] = READ[name](value)
        except ValueError as error:
            raise click.UsageError(f"{word}: {error}") from error
    return GlogFlags(**values, noted=tuple(noted)), [words[place], *rest]


def _place_of_command(words: Sequence[str]) -> int | None:
    """Where the command of caffe's is: gflags take it before, between and behind the flags.

    A flag of blobnet's own before it may have a value, too.
    """
    end = words.index("--") if "--" in words else len(words)
    waits_for_value = foreign = False
    for index, word in enumerate(words[:end]):
        if waits_for_value:
            waits_for_value = False
        elif word.startswith("-"):
            name, value = _name_and_value(word)
            if name in ("help", "h", "version"):
                return None
            waits_for_value = value is None and name in CAFFES_FLAGS | VALUES
            foreign = not waits_for_value and value is None
        elif word in COMMANDS:
            return index
        elif not foreign:
            return None
    return None


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
            if _name_and_value(word)[0] in CAFFES_FLAGS and "=" not in word:
                rest.extend(value for value in [next(waiting, None)] if value is not None)
            continue
        if value is None:
            value = next(waiting, None)
            if value is None:
                raise click.UsageError(f"{word} needs a value: {word}=...")
            word = f"{word} {value}"
        found.append((word, name, value))
    return found, [*rest, *words[end:]]


def _name_and_value(word: str) -> tuple[str | None, str | None]:
    match = _WORD.fullmatch(word)
    return (match["name"], match["value"]) if match is not None else (None, None)


def _flag(word: str) -> tuple[str | None, str | None]:
    """Name and value of a flag of glog's; no name for another word, no value where it follows."""
    name, value = _name_and_value(word)
    if name is None:
        return None, None
    if name in VALUES:
        return name, value
    if name in SWITCHES:
        return name, "1" if value is None else value
    if name.startswith("no") and name[2:] in SWITCHES and value is None:
        return name[2:], "0"
    return None, None
