"""cv2's overloads: one call that takes several lists of arguments, by place and by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.dnn.errors import error
from blobnet.errors import explain
from blobnet.types import Array


class Asked(NamedTuple):
    """What a forward is to give.

    names    of layers; one of "" for the last
    given    arrays of the caller's: see `into`
    is_one   whether it is an array, not a tuple
    has_all  whether all outputs of the one layer are wanted
    """

    names: list[str]
    given: Any = None
    is_one: bool = False
    has_all: bool = False


def asked(
    arguments: Sequence[Any], outputName: Any, outputBlobs: Any, outBlobNames: Any, has_blobs: bool
) -> Asked:
    """forward(outputName), forward(outputBlobs, outputName) or forward(outBlobNames, outputBlobs).

    has_blobs  whether outputBlobs is there, be it None

    Raises error for anything else.
    """
    first = arguments[0] if arguments else None
    if outBlobNames is None and arguments and outputName is None and _are_names(first):
        outBlobNames, arguments = first, arguments[1:]
    if outBlobNames is not None:
        names = outBlobNames
        if _are_names(names) and outputName is None and len(arguments) <= 1:
            given = arguments[0] if arguments else outputBlobs
            return Asked(list(names) or [""], given)
    elif has_blobs or len(arguments) == 2 or (arguments and outputName is not None):
        rest = arguments if has_blobs else arguments[1:]
        name = rest[0] if rest else outputName
        are_names_too = bool(first) and _are_names(first)
        if isinstance(name, str | None) and len(rest) <= 1 and not are_names_too:
            return Asked([name or ""], has_all=True)
    else:
        name = first if arguments else outputName
        if isinstance(name, str | None) and len(arguments) <= 1:
            return Asked([name or ""], is_one=True)
    got = ", ".join(repr(one)[:40] for one in (*arguments, outputName, outBlobNames) if one)
    expected = "the name of a layer, or a list of names"
    raise error(explain("forward: no such arguments", expected=expected, got=got or "too many"))


def _are_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)


def into(made: Array, given: Any) -> Array:
    """What was made, in an array of the caller's, where that is of its shape and type."""
    fits = isinstance(given, np.ndarray) and given.shape == made.shape
    if not (fits and given.dtype == made.dtype and given.flags.writeable):
        return made
    place: Array = given
    place[...] = made
    return place


def each_into(made: Sequence[Array], given: Any) -> tuple[Array, ...]:
    """The same for several."""
    places = list(given) if isinstance(given, list | tuple) else []
    places += [None] * (len(made) - len(places))
    return tuple(into(*pair) for pair in zip(made, places, strict=False))


def number(value: Any, name: str, otherwise: float) -> float:
    """A number; what stands for None. Raises error for anything else."""
    if value is None:
        return otherwise
    try:
        return float(value)
    except (TypeError, ValueError) as reason:
        raise error(explain(f"Can't parse '{name}'", expected="a number", got=value)) from reason


def whole(value: Any, name: str) -> int:
    """A whole number. Raises TypeError, as cv2 does, for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"Argument '{name}' is required to be an integer, got {value!r:.40}")
    return int(value)
