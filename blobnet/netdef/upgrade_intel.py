"""What Intel's fork does with a definition that says nothing of it: poolings of single pixels.

Caffe drops a last window that begins behind the image where there is padding. Intel's fork drops
it under a kernel of one pixel, too: 28 places with stride 2 on 56 pixels, where Caffe has 29. Nets
that are written for it rely on that. With such kernels this is the same as rounding down.
"""

from __future__ import annotations

from collections.abc import Iterator

from blobnet.proto import LayerParameter, NetParameter, PoolingParameter

_LISTS = ("scale_in", "scale_out", "scale_params")
_FLAGS = ("is_negative_input", "force_u8_input")


def needs_intel_upgrade(net_param: NetParameter) -> bool:
    """Whether it has poolings of single pixels, and settings that only Intel's fork knows."""
    return any(_single_pixels(net_param)) and _is_intel(net_param)


def upgrade_intel_pooling(net_param: NetParameter) -> NetParameter:
    """Let poolings of single pixels round down."""
    for layer in _single_pixels(net_param):
        layer.pooling_param.round_mode = PoolingParameter.FLOOR
    return net_param


def changes_of_intel(net_param: NetParameter) -> str:
    """What is changed, in words."""
    names = ", ".join(layer.name for layer in _single_pixels(net_param))
    return f"poolings of single pixels round down, as in Intel's fork: {names}"


def _single_pixels(net_param: NetParameter) -> Iterator[LayerParameter]:
    """Poolings without padding that look at one pixel each, and leave some out."""
    for layer in net_param.layer:
        param = layer.pooling_param
        if layer.type != "Pooling" or param.global_pooling or param.HasField("round_mode"):
            continue
        kernel = (param.kernel_h or param.kernel_size, param.kernel_w or param.kernel_size)
        if kernel == (1, 1) and not (param.pad or param.pad_h or param.pad_w):
            yield layer


def _is_intel(net_param: NetParameter) -> bool:
    if "MKL" in net_param.engine:
        return True
    return any(_is_of_intel(layer) for layer in net_param.layer)


def _is_of_intel(layer: LayerParameter) -> bool:
    param = layer.quantization_param
    if any(getattr(param, name) for name in _LISTS) or any(map(param.HasField, _FLAGS)):
        return True
    return "MKL" in layer.engine
