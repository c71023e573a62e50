"""The gradients of a net in one row of memory, cut into parts that are exchanged together.

They lie in the order in which backward completes them. A part is exchanged as soon as the last of
its gradients is there, from where it lies and back to there: nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob
from blobnet.net import Net
from blobnet.types import Array, DType

BUCKET_BYTES = 1 << 20
"""Small gradients are joined up to so many bytes: each exchange takes some time by itself."""


class Bucket(NamedTuple):
    """arrays  a part of the memory of the gradients: this process's; and of all, where it sees them
    layer   the position of the layer behind whose backward all of them are there"""

    arrays: Sequence[Array]
    layer: int


def own_row(count: int, dtype: DType) -> Sequence[Array]:
    """Memory of this process alone."""
    return [np.zeros(count, dtype)]


def make_buckets(
    net: Net,
    rows: Callable[[int, DType], Sequence[Array]] = own_row,
    own: int = 0,
    size: int = BUCKET_BYTES,
) -> list[Bucket]:
    """Move the gradients of a net into one row of memory; its parts, in the order of backward.

    Gradients that no layer computes stay where they are: they are 0 everywhere. Arrays that were
    handed out before as a weight's `diff` are not its diff any more.

    rows  makes rows of so many numbers, of which that at place `own` is used
    size  the least bytes of a part, but for the last one
    """
    found = _completed_by(net)
    found.sort(key=lambda pair: -pair[1])
    if not found:
        return []
    made = rows(sum(int(blob.count) for blob, _ in found), found[0][0].dtype)
    row = made[own]
    starts = np.cumsum([0, *(int(blob.count) for blob, _ in found)]).tolist()
    for (blob, _), start in zip(found, starts, strict=False):
        _move_diff(net, blob, row[start : start + int(blob.count)])
    buckets, begin = [], 0
    for (_, layer), end in zip(found, starts[1:], strict=True):
        if (end - begin) * row.itemsize >= size or end == len(row):
            buckets.append(Bucket([each[begin:end] for each in made], layer))
            begin = end
    return buckets


def _completed_by(net: Net) -> list[tuple[Blob, int]]:
    """Each weight whose gradient some layer computes, and the last layer in backward to do so."""
    last: dict[int, int] = {}
    for index, wired in reversed(list(enumerate(net.wired))):
        layer = wired.layer
        wanted = layer.param_propagate_down_
        for blob, is_wanted in zip(layer.blobs_, wanted, strict=True):
            if is_wanted and wired.need_backward:
                last[id(blob.diff_storage)] = index
    return [
        (blob, last[id(blob.diff_storage)])
        for blob in net.learnable_params
        if id(blob.diff_storage) in last and blob.count
    ]


def _move_diff(net: Net, blob: Blob, memory: Array) -> None:
    storage = blob.diff_storage
    storage.move_to(memory)
    for each in _blobs_of(net):
        if each.diff_storage is storage:
            each.diff_storage = storage


def _blobs_of(net: Net) -> Sequence[Blob]:
    of_layers = [blob for wired in net.wired for blob in (*wired.bottom, *wired.top)]
    return [*of_layers, *(param.blob for param in net.all_params), *net.learnable_params]
