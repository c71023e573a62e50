"""Every exception that blobnet raises on purpose, and the form of their messages.

    BlobnetError
    ├── ProtoError         a prototxt or a binary message that cannot be read
    ├── BlobError          a shape or an axis that a blob cannot have
    ├── LayerError         a layer got what it cannot work with
    ├── NetError           layers that cannot be wired together
    ├── WeightsError       a weight file that is broken, foreign or does not fit the net
    ├── DataError          a data source that is missing, broken or empty
    ├── SolverError        a solver setting that makes no sense, or a training that failed
    ├── SnapshotError      a snapshot that cannot be written or read
    └── MissingExtraError  an optional dependency that is not installed

All of them can be caught, none ends the process:

    try:
        solver = blobnet.get_solver("solver.prototxt")
    except blobnet.BlobnetError as error:
        print(error)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

_LONGEST_PART = 4000  # characters of a line in an error
LONGEST = 200
"""Letters of a name in a text."""

_LONGEST_LIST = 200  # characters of names that are listed where none is near
_LONGEST_NAME = 200  # characters of a name that was misspelled


class BlobnetError(Exception):
    """The root of all errors that blobnet raises on purpose.

    Their texts quote files: as text they hold no character that would work upon a terminal.
    """

    def __str__(self) -> str:
        return printable_lines(super().__str__())


class ProtoError(BlobnetError):
    """A prototxt or a binary message cannot be read."""


class BlobError(BlobnetError):
    """A shape or an axis that a blob cannot have."""


class LayerError(BlobnetError):
    """A layer got parameters, shapes or values that it cannot work with."""


class NetError(BlobnetError):
    """The layers of a net cannot be wired together."""


class WeightsError(BlobnetError):
    """A weight file is broken, foreign or does not fit the net."""


class DataError(BlobnetError):
    """A data source is missing, broken or empty."""


class SolverError(BlobnetError):
    """A solver setting makes no sense, or a training failed."""


class SnapshotError(BlobnetError):
    """A snapshot cannot be written or read."""


class MissingExtraError(BlobnetError, ImportError):
    """An optional dependency is not installed, or does not start."""


def explain(
    what: str, *, expected: object = None, got: object = None, fix: str | None = None
) -> str:
    """The text of an error: what happened, what was expected, what came, how to mend it.

    `what` is one line, whatever the names in it hold: a name cannot add parts of its own.
    """
    lines = [shortened(printable(what), _LONGEST_PART)]
    for label, value in (("expected", expected), ("got", got), ("fix", fix)):
        if value is not None:
            parts = (shortened(part, _LONGEST_PART) for part in str(value).split("\n"))
            text = ("\n" + " " * 12).join(parts)
            lines.append(f"  {label + ':':<9} {text}")
    return "\n".join(lines)


def printable(text: str, *, keep: str = "") -> str:
    """`text` without a character that cannot be seen: such are written as `\\x1b`, `\\u202e`.

    Names come out of files, and terminals obey: escape codes change titles and overwrite lines,
    others turn the direction of writing. Whoever shows a name shows this of it.

    keep  characters that may stay, such as line ends of our own
    """
    if text.isprintable():
        return text
    return "".join(
        letter
        if letter.isprintable() or letter in keep
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def printable_lines(text: str) -> str:
    """The same for a text of several lines: each but the first begins with a blank, as ours do.

    So nothing that is quoted can look like a line of its own, of a log for example.
    """
    return re.sub(r"\n(?! )", r"\\n", printable(text, keep="\n"))


def shortened(text: str, most: int) -> str:
    """`text`, its middle left out where it is longer than `most`."""
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[head + 1 - most :]}"


def visible(text: str, most: int = LONGEST) -> str:
    """`text` with what cannot be seen written out, and its middle left out where it is longer."""
    start = text if len(text) <= 2 * most else text[:most] + text[-most:]  # a name may be a novel
    return shortened(printable(start), most)


def path_hint() -> str:
    """A way out where a file is not found: from where relative paths are taken."""
    try:
        folder = str(Path.cwd())
    except OSError:  # the folder has been removed while we stand in it
        folder = "which does not exist any more"
    return f"paths are taken from the current folder, {folder}"


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known names nearest to `name`; None where nothing is near."""
    if len(name) > _LONGEST_NAME:  # comparing takes the product of the lengths
        return None
    spelled = {c.lower(): c for c in sorted(known) if len(c) <= _LONGEST_NAME}
    near = difflib.get_close_matches(name.lower(), spelled, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(spelled[key] for key in near)}?" if near else None


def nearest_or_all(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known names nearest to `name`, else with all of them where they are few."""
    names = list(known)
    if hint := did_you_mean(name, names):
        return hint
    listed = ", ".join(names)
    return f"there are {listed}" if 0 < len(listed) <= _LONGEST_LIST else None
