"""The two files of a snapshot: written together, and never taken for halves of another's.

The state says which contents its weights have (their fingerprint). While an older pair of the same
names is replaced, the state gets its name first: should the process die then, its weights are
still there under their temporary name, and the fingerprint says that they belong to it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path, PureWindowsPath

from blobnet.errors import BlobnetError, SnapshotError, WeightsError, explain
from blobnet.input_files import is_file, shown
from blobnet.serialization.files import AtomicWrite
from blobnet.serialization.fingerprint import fingerprint
from blobnet.serialization.leftovers import leftovers, remove
from blobnet.serialization.solver_state import read_solver_state

_MODEL, _STATE = ".caffemodel", ".solverstate"


def fingerprinting(write: AtomicWrite, found: list[str]) -> AtomicWrite:
    """The same way to write; the fingerprint of what was written is added to `found`."""

    @contextmanager
    def write_and_look(path: str | PathLike[str]) -> Iterator[Path]:
        with write(path) as temporary:
            yield temporary
            found.append(fingerprint(temporary))

    return write_and_look


def find_weights(
    stated: str, state_file: Path, expected: str | None, *, trust: bool = False
) -> Path:
    """The weight file that belongs to a state.

    stated    the path that the state has for it
    expected  its fingerprint; None in states that have none (Caffe's): then the file beside the
              state is taken, since a namesake at the stated path may be of another training
    trust     take that one too where none has the fingerprint

    The state may be a link to one in another folder: they are looked for in both. Raises
    WeightsError where there are none, SnapshotError where there are those of another run.
    """
    states = list(dict.fromkeys((state_file, Path(os.path.realpath(state_file)))))
    # a path that was written on Windows has other slashes
    names = [*filter(None, dict.fromkeys((Path(stated).name, PureWindowsPath(stated).name)))]
    places = [*(state.with_name(name) for state in states for name in names), Path(stated)]
    if expected is not None:  # both may have been renamed
        places += [_half(state, _STATE, _MODEL) for state in states]
    found = list(dict.fromkeys(filter(is_file, places)))
    if expected is None and found:
        return found[0]
    folders = dict.fromkeys(state.parent for state in states)
    for path in (*found, *(path for folder in folders for path in _unfinished(folder, names))):
        if fingerprint(path) == expected:
            return path
    if not found:
        raise WeightsError(_no_weights(state_file, dict.fromkeys(places)))
    if trust:
        return found[0]
    raise SnapshotError(
        explain(
            f"{shown(state_file)}: {shown(found[0])} does not hold the weights that belong to it",
            expected=f"what was written together with this state ({expected})",
            got=f"something else ({fingerprint(found[0])}): of another run with the same "
            "snapshot_prefix, or edited",
            fix="go on from another snapshot; or take these weights all the same: "
            "blobnet train --trust_weights, solver.restore(..., trust_weights=True)",
        )
    )


def _no_weights(state_file: Path, places: Iterable[Path]) -> str:
    return explain(
        f"{shown(state_file)}: the weights that belong to this state are not there",
        expected="one of " + ", ".join(map(shown, places)),
        got="no file there",
        fix="put the .caffemodel that was written with the state beside it",
    )


def tidy(prefix: str) -> None:
    """Remove what dead runs with this prefix have left; what completes a snapshot completes it."""
    stem = Path(f"{prefix}_iter_")
    names = re.compile(rf"{re.escape(stem.name)}\d+\.(caffemodel|solverstate)(\.h5)?")
    for leftover in leftovers(stem.parent, names):
        target = leftover.with_name(leftover.name[1:].rsplit(".", 2)[0])
        with suppress(BlobnetError, OSError):
            if _is_missing_half(leftover, target):
                os.replace(leftover, target)
                continue
        remove(leftover)


def stated_fingerprint(extra: dict[str, object]) -> str | None:
    """The fingerprint in a state's own part. Raises ValueError where it is none."""
    stated = extra.get("weights")
    if stated is not None and not isinstance(stated, str):
        raise ValueError(f"weights: {stated!r}")
    return stated


def _unfinished(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """Files that did not get one of these names before their run died."""
    for name in names:
        yield from leftovers(folder, re.compile(re.escape(name)))


def _is_missing_half(leftover: Path, target: Path) -> bool:
    """Whether these are the weights that a state in place waits for."""
    state = _half(target, _MODEL, _STATE)
    if state == target or not is_file(state):
        return False
    stored = read_solver_state(state).extra
    try:
        expected = stated_fingerprint(json.loads(stored)) if stored else None
    except (ValueError, AttributeError, RecursionError):
        return False
    if expected is None or fingerprint(leftover) != expected:
        return False
    return not is_file(target) or fingerprint(target) != expected


def _half(path: Path, old: str, new: str) -> Path:
    """The other file's path: the last `old` in the name becomes `new`."""
    return path.with_name(new.join(path.name.rsplit(old, 1)))
