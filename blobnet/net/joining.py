"""Layers that do, in training, the work of those behind them, where nobody looks in between.

A layer type takes part by defining the methods of `Joining`, and need not inherit. Blobs that
layers overwrite in place, one after the other, go through memory once then. What comes out is the
same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple, Protocol, runtime_checkable

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.wired_layer import WiredLayer

METHODS = {"forward", "forward_cpu", "backward", "backward_cpu", "reshape"}


@runtime_checkable
class Joining(Protocol):
    """A layer that works in place: its one top is its one bottom."""

    def join(self, followers: Sequence[Layer]) -> int:
        """How many of the layers behind, which work in place on its top, it can do the work of."""

    def forward_joined(self, blob: Blob) -> bool:
        """Do the work of all of them; or none of it, and return False."""

    def backward_joined(self, blob: Blob) -> bool:
        """The same backward; False where they were not joined in the last forward."""


class Chain(NamedTuple):
    """Layers first to last (both included), of which the first does the work."""

    first: int
    last: int
    wired: Sequence[WiredLayer]
    layer: Joining

    def forward(self) -> bool:
        """Whether they have computed their tops."""
        if self._is_changed():
            return False
        for wired in self.wired:
            wired.update_shapes()
        return self.layer.forward_joined(self.wired[0].top[0])

    def backward(self) -> bool:
        """Whether they have computed their gradients."""
        return not self._is_changed() and self.layer.backward_joined(self.wired[0].top[0])

    def _is_changed(self) -> bool:
        """Whether somebody has given one of the layers a method of its own."""
        return any(not METHODS.isdisjoint(vars(wired.layer)) for wired in self.wired)


class Chains:
    """The chains of a net."""

    def __init__(self, wired: Sequence[WiredLayer]) -> None:
        chains = [chain for index in range(len(wired)) if (chain := _chain_from(wired, index))]
        self._by_first = {chain.first: chain for chain in chains}
        self._by_last = {chain.last: chain for chain in chains}

    def forward_apart(self, first: int, last: int, *, watched: bool) -> Iterator[int]:
        """The layers, of `first` to `last`, that run by themselves; chains run in between."""
        index = first
        while index <= last:
            chain = None if watched else self._by_first.get(index)
            if chain is not None and chain.last <= last and chain.forward():
                index = chain.last
            else:
                yield index
            index += 1

    def backward_apart(self, first: int, last: int, *, watched: bool) -> Iterator[int]:
        """The same for `first` down to `last`."""
        index = first
        while index >= last:
            chain = None if watched else self._by_last.get(index)
            if chain is not None and chain.first >= last and chain.backward():
                index = chain.first
            else:
                yield index
            index -= 1


def _chain_from(wired: Sequence[WiredLayer], index: int) -> Chain | None:
    first = wired[index]
    if not (isinstance(first.layer, Joining) and _is_plain(first) and first.works_in_place_at(0)):
        return None
    behind = wired[index + 1 :]
    followers = [*takewhile(lambda other: _is_plain(other) and _is_on(other, first.top[0]), behind)]
    count = first.layer.join([other.layer for other in followers])
    if not count:
        return None
    last = index + count
    return Chain(index, last, wired[index : last + 1], first.layer)


def _is_plain(wired: WiredLayer) -> bool:
    """Whether it has one bottom and one top, all gradients are wanted, and it is no loss."""
    return (
        len(wired.bottom) == len(wired.top) == 1
        and wired.need_backward
        and all(wired.bottom_need_backward)
        and not wired.private_blobs
        and not any(wired.layer.loss_)
    )


def _is_on(wired: WiredLayer, blob: Blob) -> bool:
    return wired.bottom[0] is blob and wired.top[0] is blob
