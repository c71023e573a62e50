"""What FlowNet2's losses share: the difference of the bottoms, where it is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.types import Array


class KnownDifference(NamedTuple):
    """bottom[0] - bottom[1], or bottom[0] alone: 0 where it is NaN, which marks what is unknown."""

    value: Array
    is_known: Array

    @property
    def channels(self) -> int:
        return self.value.shape[1] if self.value.ndim > 1 else 1

    def normalizer(self, *, by_entries: bool) -> float:
        """The batch size, or how many places are known: values by channels; at least 1 if none."""
        if not by_entries:
            return max(len(self.value), 1)
        return float(np.count_nonzero(self.is_known)) / self.channels or 1.0


def known_difference(bottom: Blobs) -> KnownDifference:
    value = bottom[0].data - bottom[1].data if len(bottom) > 1 else bottom[0].data.copy()
    is_known = ~np.isnan(value)
    value[~is_known] = 0
    return KnownDifference(value, is_known)


def check_difference(layer: Layer, bottom: Blobs, *, least_axes: int = 1) -> None:
    """Raise the layer's error unless there are one or two bottoms of one shape."""
    if len(bottom) not in (1, 2):
        raise layer.error(f"{layer.type} needs one or two input blobs.", got=len(bottom))
    if bottom[-1].shape != bottom[0].shape:
        raise layer.error(
            "both bottoms must have the same shape",
            got=f"{bottom[0].shape} and {bottom[1].shape}",
        )
    if bottom[0].num_axes < least_axes:
        raise layer.error(
            f"a bottom must have at least {least_axes} axes", got=f"shape {bottom[0].shape}"
        )
    if bottom[0].num_axes > 1 and not bottom[0].shape[1]:
        raise layer.error("a bottom has no channels", got=f"shape {bottom[0].shape}")


def give(gradient: Array, propagate_down: list[bool], bottom: Blobs) -> None:
    """The difference's gradient, to the bottoms that want it."""
    for blob, wanted, sign in zip(bottom, propagate_down, (1, -1), strict=False):
        if wanted:
            np.multiply(gradient, sign, out=blob.diff)
