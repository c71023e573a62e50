"""What layers share that compare items with features which they remember."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.types import Array


class MatchingMemory(Layer):
    """A matrix of features, blobs_[0], that moves by its own rule in backward.

    The rule changes the weights themselves: no solver is needed for that, nor wanted.
    """

    def make_memory(self, x: Blob, length: int) -> None:
        """Place for `length` features of the size of x's items, all 0."""
        if not x.num_axes:
            raise self.error("the bottom must have an axis of items", got="shape ()")
        self._D = x.count(1)
        self.init_blob(0, (length, self._D))

    def reshape_products(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0]
        if not x.num_axes or x.count(1) != self._D:
            raise self.error(
                "Input size incompatible with initialization.",
                expected=f"{self._D} values for each item",
                got=f"shape {x.shape}",
                fix="rename the layer, so that it begins anew",
            )
        top[0].reshape((x.shape[0], self.blobs_[0].shape[0]))

    def multiply(self, bottom: Blobs, top: Blobs) -> None:
        np.matmul(self.rows(bottom[0].data), self.blobs_[0].data.T, out=top[0].data)

    def gradient_of_products(
        self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs
    ) -> None:
        """Of x; labels have none."""
        if propagate_down[0]:
            np.matmul(top[0].diff, self.blobs_[0].data, out=self.rows(bottom[0].diff))
        if propagate_down[1]:
            bottom[1].diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def rows(self, array: Array) -> Array:
        """x's data or diff as (M, D)."""
        rows: Array = array.reshape(len(array), self._D)
        return rows

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        return bottom[0].shape[0] * self.blobs_[0].count
