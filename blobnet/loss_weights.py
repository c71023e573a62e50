"""How much each top of a layer counts in the loss. Caffe: Layer::SetLossWeights in layer.hpp."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.types import Array


class LossWeights:
    """The weights of a layer's tops. As in Caffe they fill the tops' diffs.

    So the loss is a product of data and diff, and backward finds there what a loss hands down.
    """

    def __init__(self) -> None:
        self.values: list[float] = []
        self._diffs: dict[int, Array] = {}  # of the tops that count

    def write(self, values: list[float], top: Blobs) -> None:
        """Let these count from now on: one for each top, or none at all."""
        self.values = values
        for index, value in enumerate(values):
            if value:
                self._fill(index, top[index])

    def loss(self, top: Blobs) -> float:
        """What the tops add to the loss."""
        loss = 0.0
        for index, diff in self._diffs.items():
            if top[index].diff is not diff:  # of another shape since: it is filled again
                self._fill(index, top[index])
            loss += float(np.vdot(top[index].diff, top[index].data))
        return loss

    def _fill(self, index: int, top: Blob) -> None:
        top.diff[...] = self.values[index]
        self._diffs[index] = top.diff
