"""Reshape layers whose top has the name of their bottom: the bottom gets a name of its own.

    layer { name: "fold" type: "Reshape" bottom: "x" top: "x" ... }

In forks of 2015 one blob has two shapes by turns. Here each has a blob: above the layer it is
"x_before_fold", from there on "x", which is what a caller sees after a forward there, too.

Caffe: reshape_layer.cpp of cbfinn/caffe. Caffe 1.0 refuses such a layer, and so does blobnet where
the blob is an input, whose name a caller uses.
"""

from __future__ import annotations

from collections.abc import Callable

from blobnet.proto import LayerParameter, NetParameter

_RESHAPING = "Reshape"


def part_reshaped_blobs(net_param: NetParameter, is_input: Callable[[str], bool]) -> None:
    """Give the bottoms of such layers other names. The net is that of one phase.

    is_input  whether tops of a layer type are inputs
    """
    names = {name for layer in net_param.layer for name in layer.top}
    for index, layer in enumerate(net_param.layer):
        if layer.type != _RESHAPING or list(layer.bottom) != list(layer.top):
            continue
        above = net_param.layer[:index]
        old = layer.bottom[0]
        if any(old in other.top and is_input(other.type) for other in above):
            continue
        new = f"{old}_before_{layer.name}"
        while new in names:
            new += "_"
        names.add(new)
        for other in above:
            _rename(other, old, new)
        layer.bottom[0] = new


def _rename(layer: LayerParameter, old: str, new: str) -> None:
    for blobs in (layer.bottom, layer.top):
        for place, name in enumerate(blobs):
            if name == old:
                blobs[place] = new
