"""A blob of a layer's own, in place of one whose values others still need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blobnet.blob import Blob


@dataclass
class PrivateCopy:
    """A blob of a layer's own, in place of one whose values must stay: see `needed_values.py`.

    source       the blob that others still need
    target       what the layer writes to; as its bottom too, with `is_bottom`
    index        the position of the source among the layer's bottoms
    fills        the target starts with the source's values and diff: the layer may rely on that
    shares_diff  their gradients use one memory, as those of a layer that works in place do
    """

    source: Blob
    target: Blob
    index: int
    fills: bool
    shares_diff: bool
    is_bottom: bool = False

    def update_shape(self) -> None:
        if self.is_bottom or self.target.count != self.source.count:
            self.target.reshape_like(self.source)
        if self.shares_diff:
            self.target.share_diff(self.source)

    def before_forward(self) -> None:
        self.update_shape()
        if self.fills:
            np.copyto(self.target.data.reshape(self.source.shape), self.source.data)

    def before_backward(self) -> None:
        if self.fills and not self.is_bottom:
            np.copyto(self.source.diff, self.target.diff.reshape(self.source.shape))

    def after_backward(self) -> None:
        if self.is_bottom:
            np.copyto(self.source.diff, self.target.diff)
