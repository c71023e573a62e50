"""The input of a layer that may work in place, for its gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import BlobnetError, explain
from blobnet.types import Array


class SavedInput:
    """Remembers a bottom's values, by a copy only where the top overwrites them.

    saved.before_forward(bottom[0], top[0])   first thing in forward
    saved.values(bottom[0], top[0])           the input, in backward

    Where nobody will ask for gradients (`Layer.need_backward`), no copy is made. Nor where another
    layer did the work of forward, and can make the values again (`make_by`).
    """

    def __init__(self) -> None:
        self._copy: Array = np.empty(0)
        self._make: Callable[[], Array] | None = None

    def make_by(self, make: Callable[[], Array]) -> None:
        """Until the next forward, the values are what this returns."""
        self._copy, self._make = np.empty(0), make

    def before_forward(self, bottom: Blob, top: Blob, *, need_backward: bool) -> None:
        room = self.room(bottom, top, need_backward=need_backward)
        if room is not None:
            np.copyto(room, bottom.data)

    def room(self, bottom: Blob, top: Blob, *, need_backward: bool) -> Array | None:
        """An array for the bottom's values, to be filled in forward; None if it is not needed."""
        self._make = None
        if top is not bottom or not need_backward:
            self._copy = np.empty(0)
            return None
        if self._copy.shape != bottom.shape or self._copy.dtype != bottom.dtype:
            self._copy = np.empty_like(bottom.data)
        return self._copy

    def values(self, bottom: Blob, top: Blob) -> Array:
        if top is not bottom:
            return bottom.data
        if self._make is not None:
            self._copy, self._make = self._make(), None
        if self._copy.shape != bottom.shape:
            raise BlobnetError(
                explain(
                    "the input of a layer that works in place was not saved",
                    expected="a forward pass of this shape before backward",
                    got=f"an input of shape {bottom.shape}",
                    fix="run forward first; in a net without a loss, set force_backward: true",
                )
            )
        return self._copy
