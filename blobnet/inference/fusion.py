"""What layers tell each other where one does the work of those behind it.

A layer type takes part by defining the methods of one of these protocols, and need not inherit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from blobnet.layer import Layer
from blobnet.types import Array


@runtime_checkable
class ChannelAffine(Protocol):
    """A layer that may be a multiplication and an addition, channel by channel."""

    def channel_affine(self) -> tuple[Array, Array] | None:
        """(factor, shift) where y = factor * x + shift, one of each per channel; else None."""


@runtime_checkable
class Rectifier(Protocol):
    """A layer that may be a rectifier: y = x where x > 0, slope * x elsewhere."""

    def leaky_slope(self) -> float | None:
        """The slope of negative values; None where it is no rectifier."""


@runtime_checkable
class Fusing(Protocol):
    """A layer that can do the work of layers behind it."""

    def fuse(self, followers: Sequence[Layer]) -> bool:
        """Whether this layer does the work of `followers` too, from now on."""

    def fold(self) -> None:
        """Take the weights of those layers in, as they are now."""


@runtime_checkable
class Transforming(Protocol):
    """A layer that may keep its weights in another form, which `fold` then makes anew."""

    def transform_from_now_on(self) -> bool:
        """Whether it does so, with the shapes that it has."""

    def fold(self) -> None:
        """Take its weights as they are now."""


@runtime_checkable
class Blocking(Protocol):
    """A layer that can work with images in blocks of channels: see `blocks.py`."""

    def gains_by_blocks(self) -> bool:
        """Whether it is much faster where all of its blobs lie so."""

    def may_lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> bool:
        """Whether it can where those of its blobs lie so that are named by position."""

    def lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> None:
        """From now on these do, and the others do not."""


@runtime_checkable
class Forgetting(Protocol):
    """A layer that keeps from a forward what backward asks for."""

    def forget_from_now_on(self) -> None:
        """Keep it no longer: nobody goes back."""


@runtime_checkable
class Folding(Protocol):
    """A layer of weighted sums that can take those behind it in for good: see `merging/`."""

    def folded(self, followers: Sequence[Layer]) -> tuple[Array, Array] | None:
        """A weight, as it stores its own, and a bias (O,), so that it does their work, too.

        All of `followers` are affine in every channel of axis 1. None where it cannot.
        """


@runtime_checkable
class FoldingFront(Protocol):
    """A layer of weighted sums that can take those in front of it in for good: see `merging/`."""

    def folded_front(
        self, leaders: Sequence[Layer], channels: int, weight: Array, bias: Array
    ) -> tuple[Array, Array] | None:
        """A weight and a bias (O,) that do the work of those in front, too.

        channels      how many the bottom has
        weight, bias  those to start from, in the form that `Folding.folded` returns

        All of `leaders` are affine in every channel of axis 1. None where it cannot: where zeros
        are put around its bottom, a shift of that would have to stop at the edge.
        """


def channel_affine(layer: Layer) -> tuple[Array, Array] | None:
    """(factor, shift) of a layer that is affine in every channel; else None."""
    return layer.channel_affine() if isinstance(layer, ChannelAffine) else None


def leaky_slope(layer: Layer) -> float | None:
    """The slope of a rectifier for negative values; None for other layers."""
    return layer.leaky_slope() if isinstance(layer, Rectifier) else None


def joined_affine(layers: Sequence[Layer], channels: int) -> tuple[Array, Array]:
    """The factor and the shift (C,), float64, of layers that are affine in every channel."""
    return fold_affine(np.ones(channels), None, layers)


def fold_front(
    weight: Array, bias: Array, leaders: Sequence[Layer], channels: int
) -> tuple[Array, Array]:
    """A weight (O, I, ...) and a bias (O,) that do what `leaders` do to C channels in front.

    Outputs are in C / I groups, each of which sees I channels.
    """
    outputs, seen = weight.shape[:2]
    groups = channels // seen
    factor, shift = joined_affine(leaders, channels)
    wide = weight.astype(np.float64).reshape(groups, outputs // groups, seen, -1)
    moved = np.einsum("gosk,gs->go", wide, shift.reshape(groups, seen))
    wide = wide * factor.reshape(groups, 1, seen, 1)
    made = wide.reshape(weight.shape), bias + moved.reshape(-1)
    return made[0].astype(weight.dtype), made[1].astype(weight.dtype)


def fold_affine(
    weight: Array, bias: Array | None, followers: Sequence[Layer]
) -> tuple[Array, Array]:
    """A weight (O, ...) and a bias (O,) that do what `followers` do to the O channels as well.

    Computed in float64, returned in the weight's dtype.
    """
    folded = weight.astype(np.float64)
    shift_so_far = np.zeros(len(weight))
    if bias is not None:
        shift_so_far += bias
    for layer in followers:
        affine = channel_affine(layer)
        if affine is not None:
            factor, shift = (np.asarray(values, np.float64) for values in affine)
            folded *= factor.reshape(-1, *(1,) * (weight.ndim - 1))
            shift_so_far = shift_so_far * factor + shift
    return folded.astype(weight.dtype), shift_so_far.astype(weight.dtype)
