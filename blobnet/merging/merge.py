"""Layers that multiply and add channel by channel, folded into the weights before them for good.

    conv -> BatchNorm -> Scale -> ReLU    becomes    conv -> ReLU
    BatchNorm -> Scale -> conv            becomes    conv, if zeros around its bottom allow it
    BatchNorm -> Scale -> ReLU -> conv    becomes    Scale -> ReLU -> conv

The inference mode does this each time it runs (`inference/`); here the result is a net that any
program reads. It is for the phase TEST: in training BatchNorm goes by the statistics of the batch.

What makes it safe is what makes the inference mode safe: Split layers give every blob one reader.
"""

from __future__ import annotations

from collections.abc import Iterator

from blobnet.inference.fusion import ChannelAffine, Folding, FoldingFront, channel_affine
from blobnet.merging.front import fold_or_join, reader_behind, with_bias
from blobnet.merging.merged import (
    Merge,
    Merged,
    affine_behind,
    has_loss,
    is_identity,
    may_change,
    sharers,
)
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.proto import LayerParameter, NetParameter
from blobnet.wired_layer import WiredLayer


def merge(net: Net, definition: NetParameter) -> Merged:
    """Fold what can be folded.

    net         in the phase TEST, with its weights; it is not changed
    definition  its layers in that phase, in the same order, as files have them
    """
    merged = Merged(NetParameter())
    merged.definition.CopyFrom(definition)
    layers, places = merged.definition.layer, _places(net, definition)
    gone: set[int] = set()
    for index in range(len(net.wired)):
        gone.update(_fold_behind(net, index, merged, places))
    for index in range(len(net.wired)):
        if index not in gone:
            gone.update(fold_or_join(net, index, merged, places))
    merged.left = list(_reasons(net, _done(merged)))
    for place in sorted((places[index] for index in gone), reverse=True):
        del layers[place]
    return merged


def _fold_behind(net: Net, index: int, merged: Merged, places: dict[int, int]) -> list[int]:
    """Let a layer take in those behind it; returns the numbers of those."""
    chain, layer = _foldable(net, index), net.wired[index].layer
    if not chain or not isinstance(layer, Folding):
        return []
    made = layer.folded([net.wired[number].layer for number in chain])
    if made is None:
        return []
    names = [net.wired[number].layer.name for number in chain]
    merged.merges.append(Merge(layer.name, names, *made))
    layers = merged.definition.layer
    _take_in(layers[places[index]], layers[places[chain[-1]]])
    return chain


def _foldable(net: Net, index: int) -> list[int]:
    """The numbers of the layers behind that can be taken in."""
    first = net.wired[index]
    is_fit = isinstance(first.layer, Folding) and len(first.top) == 1
    return affine_behind(net, index) if is_fit and may_change(net, first.layer) else []


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
    with_bias(layer)


# --- why layers stay ------------------------------------------------------------------------------


def _done(merged: Merged) -> set[str]:
    """The names of the layers that took part."""
    return {name for each in merged.merges for name in (each.into, *each.layers)}


def _reasons(net: Net, done: set[str]) -> Iterator[tuple[str, str]]:
    makers: dict[str, int] = {}
    for index, wired in enumerate(net.wired):
        if wired.layer.name not in done and _is_worth_telling(wired):
            maker = makers.get(wired.bottom_names[0])
            yield wired.layer.name, _reason(net, index, maker)
        for name in wired.top_names:
            makers[name] = index


def _is_worth_telling(wired: WiredLayer) -> bool:
    is_one = isinstance(wired.layer, ChannelAffine) and bool(wired.layer.blobs_)
    return is_one and not is_identity(wired.layer)


def _reason(net: Net, index: int, maker: int | None) -> str:
    wired = net.wired[index]
    if channel_affine(wired.layer) is None:
        return "it goes by the batch's own statistics, or by another blob"
    if has_loss(wired.layer):
        return "its top counts in the loss"
    behind = reader_behind(net, index)
    if behind is not None and isinstance(behind.layer, FoldingFront):
        return f'"{behind.layer.name}" behind it puts zeros around what it reads'
    if maker is None:
        return "it stands behind an input"
    before = net.wired[maker].layer
    if is_inserted_split(before.layer_param_):
        return "others read what it reads, too"
    if not isinstance(before, Folding):
        return f'it stands behind {before.type} "{before.name}", which has no weights for it'
    if others := sharers(net, before):
        return f'"{before.name}" shares its weights with "{others[0]}"'
    return f'"{before.name}" cannot take it in as it is set'
