"""The slopes of one layer, found by asking the layer itself.

Backward multiplies the gradient of a top with the layer's slopes. So with a gradient of 1 at one
place of the top, and 0 elsewhere, it gives the slopes of that place: whatever the layer computes.
Where a top has too many places for this, a layer whose tops are sums of weights times inputs says
its slopes forward: with one weight at 1 and all others at 0 a top is its own slope by that weight;
and with one input at 1 and all others at 0, but for what the weights add, its slope by that input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from blobnet.blob import Blob
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer

Spot = tuple[int, int]
"""The index of a top, and the place among its values in one row."""


@contextmanager
def left_alone(wired: WiredLayer, weights: Sequence[Array] | None = None) -> Iterator[None]:
    """Around passes of one layer: afterwards its blobs hold what they held before.

    weights  the values that its weights have meanwhile
    """
    layer = wired.layer
    blobs = [*wired.top, *wired.bottom, *layer.blobs_]
    values = [(blob.data, blob.data.copy()) for blob in layer.blobs_]
    values += [(blob.diff, blob.diff.copy()) for blob in blobs]
    state, accumulate = layer.get_state(), layer.accumulate
    for blob, given in zip(layer.blobs_, weights or (), strict=False):
        blob.data[...] = given
    try:
        yield
    finally:
        for array, before in reversed(values):
            array[...] = before
        layer.set_state(state)
        layer.accumulate = accumulate


def backward_from(wired: WiredLayer, spot: Spot) -> None:
    """Let the diffs of a layer's bottoms and weights be the slopes of one of its top values."""
    for blob in (*wired.top, *wired.layer.blobs_):
        blob.diff[...] = 0
    wired.top[spot[0]].diff.reshape(-1)[spot[1]] = 1
    wired.layer.accumulate = True
    wired.backward()


def forward_slopes(wired: WiredLayer, index: int, place: int) -> list[Array]:
    """By each top's values: its slope by one weight, if the tops are linear in all weights."""
    layer = wired.layer
    weights = [blob.data.copy() for blob in layer.blobs_]
    for blob in layer.blobs_:
        blob.data[...] = 0
    rest = _tops(wired)
    layer.blobs_[index].data.reshape(-1)[place] = 1
    slopes = [top - zero for top, zero in zip(_tops(wired), rest, strict=True)]
    for blob, values in zip(layer.blobs_, weights, strict=True):
        blob.data[...] = values
    _tops(wired)  # what the layer remembers of a forward is again that of the pass
    return slopes


def forward_slopes_by(wired: WiredLayer, bottom: int, place: int) -> list[Array]:
    """By each top's values: its slope by one value of a bottom, if the tops are linear in it."""
    data = wired.bottom[bottom].data
    values = data.copy()
    try:
        data[...] = 0
        rest = _tops(wired)
        data.reshape(-1)[place] = 1
        return [top - zero for top, zero in zip(_tops(wired), rest, strict=True)]
    finally:
        data[...] = values
        _tops(wired)  # what the layer remembers of a forward is again that of the pass


def moved_by(wired: WiredLayer, bottom: int, place: int) -> list[list[int]]:
    """By each top: the places of the values that change where one value of a bottom grows."""
    values = wired.bottom[bottom].data.reshape(-1)
    before = values[place]
    values[place] = before + (abs(before) + 1) / 64
    moved = _tops(wired)
    values[place] = before
    return [
        np.flatnonzero(there != here).tolist()
        for there, here in zip(moved, _tops(wired), strict=True)
    ]


def _tops(wired: WiredLayer) -> list[Array]:
    tops = [Blob(blob.shape, dtype=blob.dtype) for blob in wired.top]
    wired.layer.forward(wired.bottom, tops)
    return [blob.data for blob in tops]


def largest(products: Array, most: int) -> list[int]:
    """The places of the products that count most, the largest first; none that are 0."""
    sizes = np.abs(np.nan_to_num(products.reshape(-1)))
    most = min(most, int(np.count_nonzero(sizes)))
    if most < sizes.size:
        places = np.argpartition(-sizes, most)[:most] if most else np.zeros(0, np.intp)
    else:
        places = np.arange(sizes.size)
    ordered = places[np.argsort(-sizes[places], kind="stable")]
    return [int(place) for place in ordered]
