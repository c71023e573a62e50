"""Where numbers stopped being numbers: the first layer with infinite or undefined values."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.net.net import Net
from blobnet.net.wiring import WiredLayer
from blobnet.types import Array


def overflow_allowed() -> np.errstate:
    """A `with` block in which numpy does not warn: what comes out of it is checked afterwards."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")


def first_non_finite(net: Net) -> str | None:
    """In words, what went wrong first in the last forward; None where all values are finite."""
    for position, wired in enumerate(net.wired):
        who = _name(wired)
        for index, blob in enumerate(wired.layer.blobs_):
            if not _finite(blob.data):
                return f"blobs_[{index}] (the weights) of {who}: {_describe(blob.data)}"
        for name, blob in zip(wired.top_names, wired.top, strict=True):
            if not _finite(blob.data):
                suspects = [who, *map(_name, _working_in_place(net.wired[position + 1 :], blob))]
                return f'top "{name}" of {" or ".join(suspects)}: {_describe(blob.data)}'
    return None


def _name(wired: WiredLayer) -> str:
    return f'{wired.layer.type} layer "{wired.layer.name}"'


def _working_in_place(later: list[WiredLayer], blob: Blob) -> list[WiredLayer]:
    """The layers that have written over a blob's values since it was made."""
    return [
        wired
        for wired in later
        if any(
            top in wired.bottom and np.may_share_memory(top.data, blob.data) for top in wired.top
        )
    ]


def _finite(array: Array) -> bool:
    return bool(np.isfinite(array).all())


def _describe(array: Array) -> str:
    bad = ~np.isfinite(array)
    where = np.unravel_index(int(bad.argmax()), array.shape) if array.ndim else ()
    position = tuple(int(i) for i in where)
    count = f"{int(bad.sum())} of {array.size} values not finite"
    return f"{count}, the first {array[where]} at {position}"
