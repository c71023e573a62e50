"""What a picture of a net says of its layers, as Caffe's does. Caffe: python/caffe/draw.py."""

from __future__ import annotations

from blobnet.errors import printable
from blobnet.proto import LayerParameter, PoolingParameter

_LEARNING = ("Convolution", "Deconvolution", "InnerProduct")
_COLORS = {
    "Convolution": "#FF5050",
    "Deconvolution": "#FF5050",
    "Pooling": "#FF9900",
    "InnerProduct": "#CC33FF",
}
_OTHER_COLOR = "#6495ED"
_SPECIAL = {ord(letter): f"\\{letter}" for letter in '\\"{}|<>'}  # in the records of Graphviz


def get_pooling_types_dict() -> dict[int, str]:
    """The numbers of pooling methods to their names."""
    values = PoolingParameter.PoolMethod.DESCRIPTOR.values
    return {value.number: value.name for value in values}


def get_edge_label(layer: LayerParameter) -> str:
    """What stands at the way from a layer to its top: the size of the batch or of the output."""
    if layer.type == "Data":
        return f"Batch {layer.data_param.batch_size}"
    if layer.type in ("Convolution", "Deconvolution"):
        return str(layer.convolution_param.num_output)
    if layer.type == "InnerProduct":
        return str(layer.inner_product_param.num_output)
    return '""'


def get_layer_lr_mult(layer: LayerParameter) -> tuple[float, float]:
    """The learning rates' multipliers of weights and bias; 1 where the layer does not say.

    Raises ValueError for another type of layer and for more than two.
    """
    if layer.type not in _LEARNING:
        raise ValueError(f"{layer.type} layers do not have a learning rate multiplier")
    if len(layer.param) > 2:
        raise ValueError("Could not parse the learning rate multiplier")
    rates = [spec.lr_mult for spec in layer.param] + [1.0, 1.0]
    return rates[0], rates[1]


def get_layer_label(layer: LayerParameter, rankdir: str, display_lrm: bool = False) -> str:
    """The words in a layer's box, in the quotes that Graphviz wants."""
    separator = " " if rankdir in ("TB", "BT") else "\\n"
    lines = [line.translate(_SPECIAL) for line in layer_lines(layer, display_lrm)]
    return f'"{separator.join(lines)}"'


def layer_lines(layer: LayerParameter, display_lrm: bool = False) -> list[str]:
    """Name, type, window, and learning rates where they are asked for and not zero."""
    method = ""
    if layer.type == "Pooling":
        method = f" {get_pooling_types_dict()[layer.pooling_param.pool]}"
    lines = [layer.name, f"({layer.type}{method})", *_window(layer)]
    if display_lrm and layer.type in _LEARNING:
        weights, bias = get_layer_lr_mult(layer)
        if weights or bias:
            lines.append(f"lr mult: {weights:.1f}, {bias:.1f}")
    return [printable(line) for line in lines]


def _window(layer: LayerParameter) -> list[str]:
    if layer.type == "Pooling":
        pool = layer.pooling_param
        numbers = (pool.kernel_size, pool.stride, pool.pad)
    elif layer.type in ("Convolution", "Deconvolution"):
        conv = layer.convolution_param
        numbers = (
            next(iter(conv.kernel_size), 1),
            next(iter(conv.stride), 1),
            next(iter(conv.pad), 0),
        )
    else:
        return []
    words = ("kernel size", "stride", "pad")
    return [f"{word}: {number}" for word, number in zip(words, numbers, strict=True)]


def choose_color_by_layertype(layertype: str) -> str:
    """The colour of a layer's box."""
    return _COLORS.get(layertype, _OTHER_COLOR)
