"""Forwards that several ranks make, seen by the first one in their order: tests, features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from blobnet.distributed.ranks import Ranks
from blobnet.net import Net
from blobnet.types import Array


class Made(NamedTuple):
    """What a forward has left: the loss, and the values of blobs by name."""

    loss: float
    blobs: dict[str, Array]


def forwards(
    net: Net, count: int, ranks: Ranks | None = None, blobs: Sequence[str] = ()
) -> Iterator[int]:
    """The numbers of `count` forwards; at each, loss, outputs and `blobs` of the net are its own.

    Of every n of them rank r makes the r-th, in the state of the first. The first rank sees all, in
    their order, in its own net; on the others nothing comes of this.
    """
    turns = 1 if ranks is None else ranks.count
    names = dict.fromkeys([*net.outputs, *blobs])
    if ranks is not None:
        net.set_state(ranks.comm.bcast(net.get_state()))  # one order of shuffled data
        for wired in net.wired:
            wired.layer.take_turns(ranks.rank, ranks.count)
    for begin in range(0, count, turns):
        net.begin_pass()
        if ranks is None:
            net.forward()
            yield begin
            continue
        is_made = begin + ranks.rank < count
        if is_made:
            net.forward()
        made = Made(net.loss, {name: net.blobs[name].data for name in names})
        of_all = ranks.comm.gather(made if is_made else None)
        for turn, each in enumerate(of_all or []):
            if each is not None:
                _show(net, each)
                yield begin + turn


def _show(net: Net, made: Made) -> None:
    net.loss = made.loss
    for name, values in made.blobs.items():
        net.blobs[name].reshape(values.shape)
        net.blobs[name].data[...] = values
