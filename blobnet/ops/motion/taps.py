"""Images in another size, as sums of a few weighted rows and columns each, and back.

`Taps` say for each position of an axis of the result which positions of the source count there,
and how much; a table made the other way round gives the gradients. Both are applied to one axis
after the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.ops.values import for_values
from blobnet.types import Array, DType, IntArray


class Taps(NamedTuple):
    """For each position: those of the source, and their weights; (positions, taps) both."""

    source: IntArray
    weight: Array

    def transposed(self, length: int) -> Taps:
        """For each of `length` positions of the source: those of the result that look there."""
        places = np.repeat(np.arange(len(self.source)), self.source.shape[1])
        source, weight = self.source.reshape(-1), self.weight.reshape(-1)
        counts = weight != 0
        places, source, weight = places[counts], source[counts], weight[counts]
        order = np.argsort(source, kind="stable")
        places, source, weight = places[order], source[order], weight[order]
        begins = np.searchsorted(source, np.arange(length))
        ranks = np.arange(len(source)) - begins[source]
        most = int(ranks.max(initial=0)) + 1
        index, weights = np.zeros((length, most), np.intp), np.zeros((length, most))
        index[source, ranks], weights[source, ranks] = places, weight
        return Taps(index, weights)

    def scaled(self, factor: Array) -> Taps:
        """With the weights of each position multiplied by a factor of its own."""
        return Taps(self.source, self.weight * factor[:, None])


def corner_taps(length: int, places: int) -> Taps:
    """Linear interpolation that maps the centres of the outermost positions onto each other.

    Positions are computed in float32, as FlowNet2 does. A single place is at the first position.
    """
    position = corner_positions(length, places)
    first = np.floor(position).clip(0, length - 1)
    share = (position - first).astype(np.float64)
    index = np.stack([first, np.minimum(first + 1, length - 1)], axis=1).astype(np.intp)
    return Taps(index, np.stack([1 - share, share], axis=1))


def corner_positions(length: int, places: int) -> Array:
    """Where in the source each place is: (places,) float32."""
    steps = np.arange(places, dtype=np.float32)
    if places > 1:
        steps /= np.float32(places - 1)
    position: Array = steps * np.float32(length - 1)
    return position


def resize(x: Array, tables: Sequence[Taps], out: Array) -> None:
    """out = x, (N, C, rows, columns), with both axes mixed as the two tables say: down, across."""
    num, channels, *size = x.shape
    down, across = (_in(taps, x.dtype) for taps in tables)

    def work(begin: int, end: int) -> None:
        for i in range(begin, end):
            place = divmod(i, channels)
            out[place] = _mix(_mix(x[place], down).T, across).T

    for_values(work, num * channels, max(math.prod(size), math.prod(out.shape[2:])))


def _mix(rows: Array, taps: Taps) -> Array:
    """The weighted sums of rows, for each position. What has no weight does not count: NaN."""
    total = np.zeros((len(taps.source), rows.shape[1]), rows.dtype)
    for index, weight in zip(taps.source.T, taps.weight.T, strict=True):
        if weight.all():
            total += rows.take(index, axis=0) * weight[:, None]
        else:
            places = np.flatnonzero(weight)
            total[places] += rows.take(index[places], axis=0) * weight[places, None]
    return total


def _in(taps: Taps, dtype: DType) -> Taps:
    return Taps(taps.source, taps.weight.astype(dtype))
