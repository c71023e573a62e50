"""Layers that multiply and add channel by channel, folded into the weights before them for good.

    conv -> BatchNorm -> Scale -> ReLU    becomes    conv -> ReLU

The inference mode does this each time it runs (`inference/`); here the result is a net that any
program reads. It is for the phase TEST: in training BatchNorm goes by the statistics of the batch.

What makes it safe is what makes the inference mode safe: Split layers give every blob one reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from blobnet.inference.chains import chain_behind
from blobnet.inference.fusion import ChannelAffine, Folding, channel_affine
from blobnet.layer import Layer
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.proto import LayerParameter, NetParameter
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer


class Merge(NamedTuple):
    """One layer that has taken in those behind it.

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


def merge(net: Net, definition: NetParameter) -> Merged:
    """Fold what can be folded.

    net         in the phase TEST, with its weights; it is not changed
    definition  its layers in that phase, in the same order, as files have them
    """
    merged = Merged(NetParameter())
    merged.definition.CopyFrom(definition)
    layers, places = merged.definition.layer, _places(net, definition)
    gone: set[int] = set()
    for index, wired in enumerate(net.wired):
        chain, layer = _foldable(net, index), wired.layer
        if not chain or not isinstance(layer, Folding):
            continue
        made = layer.folded([one.layer for one in chain])
        if made is None:
            continue
        names = [one.layer.name for one in chain]
        merged.merges.append(Merge(wired.layer.name, names, *made))
        numbers = [next(i for i, one in enumerate(net.wired) if one is each) for each in chain]
        _take_in(layers[places[index]], layers[places[numbers[-1]]])
        gone.update(numbers)
    merged.left = list(_reasons(net, gone))
    for place in sorted((places[index] for index in gone), reverse=True):
        del layers[place]
    return merged


def _foldable(net: Net, index: int) -> list[WiredLayer]:
    """The layers behind that can be taken in, but for a last one that changes nothing."""
    first = net.wired[index]
    is_fit = isinstance(first.layer, Folding) and len(first.top) == 1
    if net.layer_names.count(first.layer.name) > 1:  # weights go by names
        return []
    if not is_fit or _sharers(net, first.layer) or _has_loss(first.layer):
        return []
    chain: list[WiredLayer] = []
    for wired in chain_behind(net.wired, index):
        if channel_affine(wired.layer) is None or _has_loss(wired.layer):
            break
        chain.append(wired)
    while chain and _is_identity(chain[-1].layer):
        chain.pop()
    return chain


def _is_identity(layer: Layer) -> bool:
    """Whether it gives what it gets: Dropout in tests, say."""
    affine = channel_affine(layer)
    return affine is not None and bool(np.all(affine[0] == 1) and not np.any(affine[1]))


def _has_loss(layer: Layer) -> bool:
    """Whether a top counts in the loss, which would then be another blob's."""
    return any(layer.layer_param_.loss_weight)


def _sharers(net: Net, layer: Layer) -> list[str]:
    """Other layers that use the same weights."""
    own = {id(blob.data_storage) for blob in layer.blobs_}
    names = (
        param.layer_name
        for param in net.all_params
        if id(param.blob.data_storage) in own and param.blob not in layer.blobs_
    )
    return list(dict.fromkeys(names))


# --- the definition -------------------------------------------------------------------------------


def _places(net: Net, definition: NetParameter) -> dict[int, int]:
    """From the number of a layer that runs to its place in the definition, which has no Splits
    that were inserted."""
    places: dict[int, int] = {}
    for index, wired in enumerate(net.wired):
        place = len(places)
        is_there = place < len(definition.layer)
        if is_there and wired.layer.name == definition.layer[place].name:
            places[index] = place
    return places


def _take_in(layer: LayerParameter, last: LayerParameter) -> None:
    """Let it make what the last of those behind it made, with a bias."""
    layer.top[0] = last.top[0]
    for _, settings in layer.ListFields():
        if getattr(settings, "bias_term", True) is False:
            settings.ClearField("bias_term")


# --- why layers stay ------------------------------------------------------------------------------


def _reasons(net: Net, gone: set[int]) -> Iterator[tuple[str, str]]:
    makers: dict[str, int] = {}
    for index, wired in enumerate(net.wired):
        if index not in gone and _is_worth_telling(wired):
            maker = makers.get(wired.bottom_names[0])
            yield wired.layer.name, _reason(net, wired, maker, gone)
        for name in wired.top_names:
            makers[name] = index


def _is_worth_telling(wired: WiredLayer) -> bool:
    is_one = isinstance(wired.layer, ChannelAffine) and bool(wired.layer.blobs_)
    return is_one and not _is_identity(wired.layer)


def _reason(net: Net, wired: WiredLayer, maker: int | None, gone: set[int]) -> str:
    if channel_affine(wired.layer) is None:
        return "it goes by the batch's own statistics, or by another blob"
    if _has_loss(wired.layer):
        return "its top counts in the loss"
    if maker is None:
        return "it stands behind an input"
    before = net.wired[maker].layer
    if is_inserted_split(before.layer_param_):
        return "others read what it reads, too"
    if not isinstance(before, Folding):
        return f'it stands behind {before.type} "{before.name}", which has no weights for it'
    if sharers := _sharers(net, before):
        return f'"{before.name}" shares its weights with "{sharers[0]}"'
    return f'"{before.name}" cannot take it in as it is set'
