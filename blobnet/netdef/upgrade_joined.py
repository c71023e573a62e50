"""Layers of SkimCaffe that do the work of several, written as those.

    type: "ConvolutionReLUPool"  convolution_param { ... } pooling_param { ... }

There, one loop over an image does it all, with weights that are mostly 0. Here each part is a layer
of its own; weights stay with the first, whose name is that of the joined layer. Its MKL layers are
Caffe's. Caffe: conv_relu_pool_lrn_layer.cpp and others of SkimCaffe.
"""

from __future__ import annotations

from collections.abc import Iterator

from blobnet.netdef.upgrade_fused import new_name
from blobnet.proto import LayerParameter, NetParameter

_PARTS = {
    "ConvolutionReLU": ("Convolution", "ReLU"),
    "ConvolutionReLUPool": ("Convolution", "ReLU", "Pooling"),
    "ConvolutionReLUPoolLRN": ("Convolution", "ReLU", "Pooling", "LRN"),
    "InnerProductReLUDropout": ("InnerProduct", "ReLU", "Dropout"),
    "ReLUPooling": ("ReLU", "Pooling"),
    "MKLConvolution": ("Convolution",),
    "MKLLRN": ("LRN",),
    "MKLPooling": ("Pooling",),
    "MKLReLU": ("ReLU",),
}
_MESSAGES = {
    "ReLU": "relu_param",
    "Pooling": "pooling_param",
    "LRN": "lrn_param",
    "Dropout": "dropout_param",
}
_IN_PLACE = ("ReLU", "Dropout")


def needs_parts(net_param: NetParameter) -> bool:
    """Whether it has such a layer."""
    return any(_joined_layers(net_param))


def write_parts(net_param: NetParameter) -> NetParameter:
    """The net itself, with the parts of such layers in their place."""
    names = {name for layer in net_param.layer for name in (layer.name, *layer.top)}
    layers = [LayerParameter.FromString(layer.SerializeToString()) for layer in net_param.layer]
    del net_param.layer[:]
    for layer in layers:
        if layer.type in _PARTS:
            net_param.layer.extend(_parts(layer, names))
        else:
            net_param.layer.append(layer)
    return net_param


def changes_of_parts(net_param: NetParameter) -> str:
    """What is changed, in words."""
    names = ", ".join(layer.name for layer in _joined_layers(net_param))
    return f"what SkimCaffe has in one layer is written as several: {names}"


def _joined_layers(net_param: NetParameter) -> Iterator[LayerParameter]:
    return (layer for layer in net_param.layer if layer.type in _PARTS)


def _parts(layer: LayerParameter, names: set[str]) -> list[LayerParameter]:
    types, tops = _PARTS[layer.type], list(layer.top)
    parts = [LayerParameter(type=kind) for kind in types]
    first, last = parts[0], parts[-1]
    first.CopyFrom(layer)
    first.type = types[0]
    first.ClearField("top")
    first.ClearField("loss_weight")
    for part in parts[1:]:
        _take_over(layer, first, part)
        part.name = new_name(f"{layer.name}_{part.type.lower()}", names)
    blob = ""
    for index, part in enumerate(parts):
        if index:
            part.bottom.append(blob)
        if not index or part.type not in _IN_PLACE:
            is_last = all(kind in _IN_PLACE for kind in types[index + 1 :])
            between = f"{layer.name}_{part.type.lower()}_top"
            blob = tops[0] if is_last and tops else new_name(between, names)
        part.top.append(blob)
    last.top.extend(tops[1:])
    last.loss_weight.extend(layer.loss_weight)
    return parts


def _take_over(layer: LayerParameter, first: LayerParameter, part: LayerParameter) -> None:
    """Give a part its settings, and the rules by which the layer is in the net."""
    message = _MESSAGES[part.type]
    if layer.HasField(message):
        getattr(part, message).CopyFrom(getattr(layer, message))
        first.ClearField(message)
    for field in ("include", "exclude"):
        getattr(part, field).MergeFrom(getattr(layer, field))
    if layer.HasField("phase"):
        part.phase = layer.phase
