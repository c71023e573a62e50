"""Where numbers stopped being numbers: the first layer with infinite or undefined values."""

from __future__ import annotations

import numpy as np

from blobnet.net import Net
from blobnet.types import Array


def first_non_finite(net: Net) -> str | None:
    """In words, what went wrong first in the last forward; None where all values are finite."""
    for wired in net.wired:
        who = f'{wired.layer.type} layer "{wired.layer.name}"'
        for index, blob in enumerate(wired.layer.blobs_):
            if not _finite(blob.data):
                return f"blobs_[{index}] (the weights) of {who}: {_describe(blob.data)}"
        for name, blob in zip(wired.top_names, wired.top, strict=True):
            if not _finite(blob.data):
                return f'top "{name}" of {who}: {_describe(blob.data)}'
    return None


def _finite(array: Array) -> bool:
    return bool(np.isfinite(array).all())


def _describe(array: Array) -> str:
    bad = ~np.isfinite(array)
    where = np.unravel_index(int(bad.argmax()), array.shape) if array.ndim else ()
    position = tuple(int(i) for i in where)
    count = f"{int(bad.sum())} of {array.size} values not finite"
    return f"{count}, the first {array[where]} at {position}"
