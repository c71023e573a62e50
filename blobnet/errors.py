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
from collections.abc import Iterable
from pathlib import Path


class BlobnetError(Exception):
    """The root of all errors that blobnet raises on purpose."""


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
    """An optional dependency is not installed."""


def explain(
    what: str, *, expected: object = None, got: object = None, fix: str | None = None
) -> str:
    """The text of an error: what happened, what was expected, what came, how to mend it."""
    lines = [what]
    for label, value in (("expected", expected), ("got", got), ("fix", fix)):
        if value is not None:
            text = str(value).replace("\n", "\n" + " " * 12)
            lines.append(f"  {label + ':':<9} {text}")
    return "\n".join(lines)


def path_hint() -> str:
    """A way out where a file is not found: from where relative paths are taken."""
    try:
        folder = str(Path.cwd())
    except OSError:  # the folder has been removed while we stand in it
        folder = "which does not exist any more"
    return f"paths are taken from the current folder, {folder}"


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known names nearest to `name`; None where nothing is near."""
    spelled = {candidate.lower(): candidate for candidate in sorted(known)}
    near = difflib.get_close_matches(name.lower(), spelled, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(spelled[key] for key in near)}?" if near else None
