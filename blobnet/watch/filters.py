"""The filters of a layer: as they were at first, as they are, and what has changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.net import Net
from blobnet.types import Array
from blobnet.watch.numbers import image

_MOST_VALUES = 2**20  # of a layer, that are kept to compare with
_MOST_LAYERS = 40


class FirstFilters:
    """What filters were when it was made."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._first: dict[int, Array] = {}
        for position, wired in enumerate(net.wired):
            filters = self._filters(position)
            is_learning = wired.need_backward and filters is not None
            if is_learning and filters is not None and len(self._first) < _MOST_LAYERS:
                self._first[position] = filters.copy()

    @property
    def positions(self) -> list[int]:
        """Of the layers that have filters."""
        return list(self._first)

    def told(self, position: int) -> dict[str, Any] | None:
        """Three images; None for a layer without filters."""
        first, now = self._first.get(position), self._filters(position)
        if first is None or now is None:
            return None
        return {
            "before": image(_tiles(first)),
            "now": image(_tiles(now)),
            "difference": image(_tiles(now - first)),
        }

    def _filters(self, position: int) -> Array | None:
        wired = self._net.wired[position]
        filters = wired.layer.filters(wired.bottom)
        if not isinstance(filters, np.ndarray) or filters.ndim < 2 or filters.size > _MOST_VALUES:
            return None
        return filters


def _tiles(filters: Array) -> Array:
    """(filters, height, width): of several channels the first ones, filter by filter."""
    if filters.ndim == 2:
        return filters
    return filters.reshape(-1, *filters.shape[-2:])
