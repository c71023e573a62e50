"""More around arrays: values of their own, or of places that are in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.types import Array, IntArray

Pads = Sequence[tuple[int, int]]
"""For every axis: how much is added before it, and behind. Negative: so much is taken away."""


def pad_with_value(x: Array, pads: Pads, value: float, out: Array) -> None:
    """out = x with a value around it; every axis of `out` is as long as the pads make it."""
    out.fill(value)
    if out.size:
        out[_shared(out, pads)] = x[_shared(out, pads, of_source=True)]


def inside(dy: Array, pads: Pads, out: Array) -> None:
    """out = the gradient of what `pad_with_value` padded, where that of its result is dy."""
    out.fill(0)
    if dy.size:
        out[_shared(dy, pads, of_source=True)] = dy[_shared(dy, pads)]


def take(x: Array, sources: Sequence[IntArray | None], out: Array) -> None:
    """out = x with each axis made of the places of x that `sources` lists; None: as it is."""
    for axis, source in enumerate(sources):
        x = x if source is None else x.take(source, axis=axis)
    np.copyto(out, x)


def add_back(dy: Array, sources: Sequence[IntArray | None], out: Array) -> None:
    """out = the gradient of what `take` read, where that of its result is dy: sums over places."""
    for axis, source in enumerate(sources):
        if source is not None:
            total = np.zeros((*dy.shape[:axis], out.shape[axis], *dy.shape[axis + 1 :]), dy.dtype)
            places: Any = (*(slice(None),) * axis, source)
            np.add.at(total, places, dy)
            dy = total
    np.copyto(out, dy)


def _shared(padded: Array, pads: Pads, *, of_source: bool = False) -> Any:
    """What of the padded array is of its source, or what of the source is in it."""
    slices = []
    for length, (before, behind) in zip(padded.shape, pads, strict=True):
        begin, end = max(before, 0), length - max(behind, 0)
        shift = -before if of_source else 0
        slices.append(slice(begin + shift, max(end, begin) + shift))
    return tuple(slices)
