"""Convolutions and their relatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes, as_images
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.vision._margins import has_margins, stated_margins
from blobnet.layers.vision._spatial import convolution_window
from blobnet.layers.vision.convolution import Convolution
from blobnet.layers.vision.convolution_depthwise import ConvolutionDepthwise
from blobnet.layers.vision.deconvolution import Deconvolution
from blobnet.layers.vision.depthwise_convolution import DepthwiseConvolution
from blobnet.layers.vision.im2col import Im2col
from blobnet.layers.vision.local import Local
from blobnet.layers.vision.nd_convolution import NdConvolution
from blobnet.layers.volume._volume import VolumeConvolutionSettings
from blobnet.layers.volume.convolution3d import Convolution3D
from blobnet.layers.volume.deconvolution3d import Deconvolution3D
from blobnet.ops.window import Window


@writes(Convolution, DepthwiseConvolution, ConvolutionDepthwise, NdConvolution)
def convolution(nodes: LayerNodes) -> list[str]:
    return _slide(nodes, "Conv")


@writes(Deconvolution)
def deconvolution(nodes: LayerNodes) -> list[str]:
    offset = list(nodes.param.convolution_param.shape_offset)
    return _slide(nodes, "ConvTranspose", output_padding=offset if any(offset) else None)


@writes(Convolution3D)
def convolution3d(nodes: LayerNodes) -> str:
    return _over_clips(nodes, "Conv")


@writes(Deconvolution3D)
def deconvolution3d(nodes: LayerNodes) -> str:
    return _over_clips(nodes, "ConvTranspose")


def _over_clips(nodes: LayerNodes, op_type: str) -> str:
    """C3D's, whose settings are those of height and width, and of the length."""
    window = VolumeConvolutionSettings(nodes.base).window
    weights = [nodes.weight(0)] + ([nodes.weight(1, (-1,))] if len(nodes.base.blobs_) > 1 else [])
    y = nodes.op(op_type, nodes.bottoms[0], *weights, **_words(window))
    behind = nodes.layer.fused()
    return y if behind.slope is None else nodes.rectified(y, behind.slope)


@writes(Im2col)
def im2col(nodes: LayerNodes) -> str:
    """A convolution whose filters pick one value each."""
    param = nodes.param.convolution_param
    shape, axis = nodes.bottom_shapes[0], nodes.axis(param.axis)
    window = convolution_window(nodes.base, param, len(shape) - axis - 1)
    columns = _columns(nodes, as_images(nodes, axis), shape[axis], window)
    if axis == 1:
        return columns
    count = int(np.prod(shape[:axis], dtype=np.int64))
    top = nodes.top_shapes[0]
    return nodes.reshape(columns, (count, *top[axis:]), top)


@writes(Local)
def local(nodes: LayerNodes) -> str:
    """Every place's column times that place's weights."""
    param, top = nodes.param.local_param, nodes.top_shapes[0]
    channels = nodes.bottom_shapes[0][1]
    window = Window(*((value,) * 2 for value in (param.kernel_size, param.stride, param.pad, 1)))
    places = math.prod(top[2:])
    columns = _columns(nodes, nodes.bottoms[0], channels, window)
    depth = channels * math.prod(window.kernel)
    flat = nodes.op("Reshape", columns, nodes.ints(0, depth, places, name="shape"))
    weight = nodes.weight(0, (top[1], depth, places))
    summed = nodes.op("Einsum", flat, weight, equation="nkp,mkp->nmp")
    if param.bias_term:
        summed = nodes.op("Add", summed, nodes.weight(1, (1, top[1], places)))
    return nodes.op("Reshape", summed, nodes.ints(0, *top[1:], name="shape"))


def _slide(nodes: LayerNodes, op_type: str, **attributes: Any) -> list[str]:
    """The same window over every bottom; what forks put behind it, too."""
    layer, param = nodes.layer, nodes.param.convolution_param
    shape, axis = nodes.bottom_shapes[0], nodes.axis(param.axis)
    is_padded = has_margins(nodes.base, param)
    window = convolution_window(layer, param, len(shape) - axis - 1, takes_margins=is_padded)
    if 0 in window.dilation:
        raise ExportError("a dilation of 0 lays all taps upon one pixel: use kernel_size: 1")
    _, group = layer.outputs_and_groups()
    behind = layer.fused()
    made = []
    for index in range(len(nodes.top_shapes)):
        x = _as_images(nodes, index, axis, window)
        if is_padded:
            rows, columns = stated_margins(param, window, shape[-2:])
            pads = nodes.ints(0, 0, rows[0], columns[0], 0, 0, rows[1], columns[1], name="pads")
            x = nodes.op("Pad", x, pads, nodes.array(0, "zero"))
        weights = [_flat_weight(nodes, window)] + (
            [nodes.weight(1, (-1,))] if _has_bias(param) else []
        )
        y = nodes.op(op_type, x, *weights, group=group, **_words(window), **attributes)
        y = _as_top(nodes, y, index, axis, window)
        if behind.has_sum:
            y = nodes.op("Add", y, nodes.bottoms[1])
        if behind.slope is not None:
            y = nodes.rectified(y, behind.slope)
        made.append(y)
    return made


def _has_bias(param: Any) -> bool:
    return bool(param.bias_term)


def _flat_weight(nodes: LayerNodes, window: Window) -> str:
    """Without spatial axes, as a filter over one pixel."""
    shape = nodes.base.blobs_[0].shape
    return nodes.weight(0, None if window.kernel else (*shape, 1))


def _as_images(nodes: LayerNodes, index: int, axis: int, window: Window) -> str:
    """A bottom as (N, C, *size), with one axis behind the channels at least."""
    x, shape = nodes.bottoms[index], nodes.bottom_shapes[index]
    if axis != 1:
        count = math.prod(shape[:axis])
        x = nodes.reshape(x, shape, (count, *shape[axis:]))
    return x if window.kernel else nodes.expanded(x, 1)


def _as_top(nodes: LayerNodes, y: str, index: int, axis: int, window: Window) -> str:
    top = nodes.top_shapes[index]
    if not window.kernel:
        y = nodes.op("Squeeze", y, nodes.ints(-1, name="axes"))
    if axis == 1:
        return y
    return nodes.reshape(y, (math.prod(top[:axis]), *top[axis:]), top)


def _words(window: Window) -> dict[str, list[int]]:
    """A window as attributes."""
    if not window.kernel:
        return {"kernel_shape": [1]}
    return {
        "kernel_shape": list(window.kernel),
        "strides": list(window.stride),
        "pads": [*window.pad, *window.pad],
        "dilations": list(window.dilation),
    }


def _columns(nodes: LayerNodes, x: str, channels: int, window: Window) -> str:
    """What a window sees at each place, as channels: (N, C * taps, *places)."""
    taps = math.prod(window.kernel)
    picks = np.tile(np.eye(taps, dtype=np.float32), (channels, 1))
    weight = nodes.array(picks.reshape(channels * taps, 1, *window.kernel), "picks")
    return nodes.op("Conv", x, weight, group=channels, **_words(window))
