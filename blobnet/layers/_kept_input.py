"""The input of a layer that may work in place, for its gradient."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.types import Array


class KeptInput:
    """Remembers a bottom's values, by a copy only where the top overwrites them.

    kept.before_forward(bottom[0], top[0])   first thing in forward
    kept.values(bottom[0], top[0])           the input, in backward
    """

    def __init__(self) -> None:
        self._copy: Array = np.empty(0)

    def before_forward(self, bottom: Blob, top: Blob) -> None:
        if top is not bottom:
            return
        if self._copy.shape != bottom.shape or self._copy.dtype != bottom.dtype:
            self._copy = np.empty_like(bottom.data)
        np.copyto(self._copy, bottom.data)

    def values(self, bottom: Blob, top: Blob) -> Array:
        return self._copy if top is bottom else bottom.data
