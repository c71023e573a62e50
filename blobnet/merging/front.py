"""Layers that multiply and add, with nothing before them that could take them in.

So it is before each convolution of a DenseNet or a ResNet of the second kind. The layer of weights
behind them takes them in, where it puts no zeros around its bottom that they would have shifted;
else two or more of them become one Scale.
"""

from __future__ import annotations

from blobnet.inference.chains import chain_behind
from blobnet.inference.fusion import FoldingFront, channel_affine, joined_affine
from blobnet.layer import Layer
from blobnet.merging.merged import (
    Merge,
    Merged,
    affine_behind,
    is_identity,
    may_change,
)
from blobnet.net import Net
from blobnet.proto import LayerParameter
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer


def fold_or_join(net: Net, index: int, merged: Merged, places: dict[int, int]) -> list[int]:
    """Do away with a layer and those of its kind behind it; returns the numbers of those that go.

    index   of the first of them; whatever cannot go is left as it is
    places  from the number of a layer that runs to its place in `merged.definition`
    """
    run = _run(net, index)
    if not run:
        return []
    return _fold(net, run, merged, places) or _join(net, run, merged, places)


def _run(net: Net, index: int) -> list[int]:
    """The numbers of layers with weights, or without, that are affine one after the other."""
    first = net.wired[index]
    is_fit = len(first.bottom) == 1 and len(first.top) == 1 and first.bottom[0].num_axes > 1
    if not is_fit or channel_affine(first.layer) is None or is_identity(first.layer):
        return []
    run = [index, *affine_behind(net, index)]
    layers = [net.wired[number].layer for number in run]
    is_free = all(may_change(net, layer) for layer in layers)
    return run if is_free and any(layer.blobs_ for layer in layers) else []


def _fold(net: Net, run: list[int], merged: Merged, places: dict[int, int]) -> list[int]:
    """Into the layer of weights behind."""
    taker = reader_behind(net, run[-1])
    if taker is None or not isinstance(taker.layer, FoldingFront) or len(taker.bottom) != 1:
        return []
    layer, leaders = taker.layer, [net.wired[number].layer for number in run]
    if not may_change(net, layer) or not layer.blobs_:
        return []
    before = merged.made_for(layer.name)
    weight, bias = (before.weight, before.bias) if before else _own(layer)
    made = layer.folded_front(leaders, net.wired[run[0]].bottom[0].shape[1], weight, bias)
    if made is None:
        return []
    taken = [one.name for one in leaders] + (before.layers if before else [])
    if before:
        merged.merges.remove(before)
    merged.merges.append(Merge(layer.name, taken, *made))
    layers = merged.definition.layer
    place = places[next(i for i, one in enumerate(net.wired) if one is taker)]
    layers[place].bottom[0] = layers[places[run[0]]].bottom[0]
    with_bias(layers[place])
    return run


def reader_behind(net: Net, index: int) -> WiredLayer | None:
    """The layer that alone reads what this one makes."""
    return next(chain_behind(net.wired, index), None)


def _own(layer: Layer) -> tuple[Array, Array]:
    """The weight, and the bias or zeros in its place."""
    blobs = [blob.data for blob in layer.blobs_]
    made = layer.folded(()) if hasattr(layer, "folded") else None
    return made if made is not None else (blobs[0], blobs[1])


def _join(net: Net, run: list[int], merged: Merged, places: dict[int, int]) -> list[int]:
    """Into one Scale, which has the name of the last of them that has weights."""
    if len(run) < 2:
        return []
    leaders = [net.wired[number].layer for number in run]
    name = [layer.name for layer in leaders if layer.blobs_][-1]
    factor, shift = joined_affine(leaders, net.wired[run[0]].bottom[0].shape[1])
    names = [layer.name for layer in leaders if layer.name != name]
    merged.merges.append(Merge(name, names, factor, shift))
    layers = merged.definition.layer
    first, last = layers[places[run[0]]], layers[places[run[-1]]]
    joined = LayerParameter(name=name, type="Scale", bottom=first.bottom, top=last.top)
    joined.scale_param.bias_term = True
    first.CopyFrom(joined)
    return run[1:]


def with_bias(layer: LayerParameter) -> None:
    """Let it have a bias."""
    for _, settings in layer.ListFields():
        if getattr(settings, "bias_term", True) is False:
            settings.ClearField("bias_term")
