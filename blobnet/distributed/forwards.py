"""Forwards that several ranks make, seen by the first one in their order: tests, features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from blobnet.distributed.agreement import check_agreement, of_net
from blobnet.distributed.ranks import Ranks
from blobnet.layer import Layer
from blobnet.loggers import named_logger
from blobnet.net import Net
from blobnet.types import Array

_log = named_logger("blobnet.distributed")


class Witness(Protocol):
    """Somebody who looks at each forward, where it is made."""

    def tell(self) -> Any:
        """What was seen since the last time, on another rank than the first."""

    def hear(self, told: Any) -> None:
        """On the first rank, in the order of forwards: what a witness of another has told."""


class Made(NamedTuple):
    """What a forward has left: the loss, the values of blobs by name, what witnesses tell."""

    loss: float
    blobs: dict[str, Array]
    told: list[Any]


def forwards(
    net: Net,
    count: int,
    ranks: Ranks | None = None,
    blobs: Sequence[str] = (),
    witnesses: Sequence[Witness] = (),
) -> Iterator[int]:
    """The numbers of `count` forwards; at each, loss, outputs and `blobs` of the net are its own.

    Of every n of them rank r makes the r-th, in the state of the first. The first rank sees all, in
    their order, in its own net; on the others nothing comes of this. Where a forward depends on
    those before it, the first rank makes all. Raises DistributedError where ranks differ.
    """
    if ranks is not None:
        check_agreement(ranks, of_net(net) | {"how often it runs": str(count)})
        net.set_state(ranks.comm.bcast(net.get_state()))  # one order of shuffled data
        if not _take_turns(net, ranks):
            if not ranks.is_first:
                return
            ranks = None
    turns = 1 if ranks is None else ranks.count
    names = dict.fromkeys([*net.outputs, *blobs])
    for begin in range(0, count, turns):
        net.begin_pass()
        if ranks is None:
            net.forward()
            yield begin
            continue
        made = None
        if begin + ranks.rank < count:
            net.forward()
            told = [] if ranks.is_first else [witness.tell() for witness in witnesses]
            made = Made(net.loss, {name: net.blobs[name].data for name in names}, told)
        of_all = ranks.gather(made)
        for turn, each in enumerate(of_all or []):
            if each is not None:
                _show(net, each, witnesses)
                yield begin + turn


def _take_turns(net: Net, ranks: Ranks) -> bool:
    """Whether each rank can make forwards of its own; if not, all layers are as before."""
    layers = [wired.layer for wired in net.wired]
    reasons = [(layer, _needs_all(layer, ranks)) for layer in layers]
    for layer, reason in reasons:
        if reason is not None:
            for each in layers:
                each.take_turns(0, 1)
            if ranks.is_first:
                _log.warning(
                    'the first rank makes all forwards, for those of %s layer "%s" cannot be dealt '
                    "out: %s",
                    *(layer.type, layer.name, reason),
                )
            return False
    return True


def _needs_all(layer: Layer, ranks: Ranks) -> str | None:
    """Why a layer has to see all forwards, in words; None where it need not."""
    reason = layer.take_turns(ranks.rank, ranks.count)
    if reason is None and layer.layer_param_.bottom:
        remembered = layer.get_state().keys() - Layer.get_state(layer).keys()
        if remembered:
            return "it remembers something of those before"
    return reason


def _show(net: Net, made: Made, witnesses: Sequence[Witness]) -> None:
    net.loss = made.loss
    for name, values in made.blobs.items():
        net.blobs[name].reshape(values.shape)
        net.blobs[name].data[...] = values
    for witness, told in zip(witnesses, made.told, strict=False):  # none, where one is here
        witness.hear(told)
