"""What a merge makes, and which layers may take part in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from blobnet.inference.chains import chain_behind
from blobnet.inference.fusion import channel_affine
from blobnet.layer import Layer
from blobnet.net import Net
from blobnet.proto import NetParameter
from blobnet.types import Array


class Merge(NamedTuple):
    """One layer that has taken in others.

    layers        those behind it, or in front
    weight, bias  in the shapes (as its own) and (outputs,)
    """

    into: str
    layers: list[str]
    weight: Array
    bias: Array


@dataclass
class Merged:
    """What becomes of a net.

    definition  without the layers that were taken in, and without weights
    merges      what was taken in, in the order of the net
    left        layers that multiply and add and stay all the same: their name and why
    """

    definition: NetParameter
    merges: list[Merge] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)

    def made_for(self, name: str) -> Merge | None:
        """What this layer has taken in so far."""
        return next((each for each in self.merges if each.into == name), None)


def may_change(net: Net, layer: Layer) -> bool:
    """Whether it may get other weights: no other layer has its name or its weights."""
    is_one = net.layer_names.count(layer.name) == 1  # weights go by names
    return is_one and not sharers(net, layer) and not has_loss(layer)


def affine_behind(net: Net, index: int) -> list[int]:
    """The numbers of the layers behind that are affine, but for a last one that changes nothing."""
    numbers = list(_affine_behind(net, index))
    while numbers and is_identity(net.wired[numbers[-1]].layer):
        numbers.pop()
    return numbers


def _affine_behind(net: Net, index: int) -> Iterator[int]:
    number_of = {id(wired): number for number, wired in enumerate(net.wired)}
    for wired in chain_behind(net.wired, index):
        if channel_affine(wired.layer) is None or has_loss(wired.layer):
            return
        yield number_of[id(wired)]


def is_identity(layer: Layer) -> bool:
    """Whether it gives what it gets: Dropout in tests, say."""
    affine = channel_affine(layer)
    return affine is not None and bool(np.all(affine[0] == 1) and not np.any(affine[1]))


def has_loss(layer: Layer) -> bool:
    """Whether a top counts in the loss, which would then be another blob's."""
    return any(layer.layer_param_.loss_weight)


def sharers(net: Net, layer: Layer) -> list[str]:
    """Other layers that use the same weights."""
    own = {id(blob.data_storage) for blob in layer.blobs_}
    names = (
        param.layer_name
        for param in net.all_params
        if id(param.blob.data_storage) in own and param.blob not in layer.blobs_
    )
    return list(dict.fromkeys(names))
