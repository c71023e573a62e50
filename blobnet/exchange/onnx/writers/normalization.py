"""Layers that bring values to a scale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes, float_array
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.detection.ssd.normalize import Normalize
from blobnet.layers.motion.channel_norm import ChannelNorm
from blobnet.layers.normalization._batch_norm_forks import settings
from blobnet.layers.normalization.batch_norm import BatchNorm
from blobnet.layers.normalization.lrn import LRN
from blobnet.layers.normalization.mvn import MVN
from blobnet.layers.segmentation.bn import BN
from blobnet.layers.volume.l2_normalize import L2Normalize
from blobnet.proto import TEST, LRNParameter
from blobnet.types import Array

_LEAST_EPS = 1e-5  # of NVCaffe's layer


@writes(BatchNorm)
def batch_norm(nodes: LayerNodes) -> str:
    param = nodes.param.batch_norm_param
    chosen = settings(param)
    eps = max(param.eps, _LEAST_EPS) if chosen.is_nvcaffe else param.eps
    is_stored = param.use_global_stats if param.HasField("use_global_stats") else True
    if chosen.is_nvcaffe:
        is_stored = nodes.layer.phase == TEST
    blobs = [blob.data for blob in nodes.base.blobs_]
    channels = len(blobs[0])
    factor = blobs[3] if chosen.has_factor else np.ones(channels, np.float32)
    offset = blobs[4] if chosen.has_offset else np.zeros(channels, np.float32)
    if is_stored:
        mean, variance = _statistics(blobs)
        if param.disable_mean:
            mean = np.zeros_like(mean)
        if not param.add_eps_before_sqrt:  # so that sqrt(variance + eps) is what it says
            variance = (np.sqrt(variance) + eps) ** 2 - eps
        if param.disable_variance:
            variance = np.full_like(variance, 1 - eps)
        arrays = dict(scale=factor, bias=offset, mean=mean, variance=variance)
        values = [nodes.array(values, name) for name, values in arrays.items()]
        y = nodes.op("BatchNormalization", nodes.bottoms[0], *values, epsilon=eps)
    else:
        y = _of_batch(nodes, eps)
        shape = (channels, *(1,) * (len(nodes.bottom_shapes[0]) - 2))
        if chosen.has_factor:
            y = nodes.op("Mul", y, nodes.array(factor.reshape(shape), "scale"))
        if chosen.has_offset:
            y = nodes.op("Add", y, nodes.array(offset.reshape(shape), "bias"))
    return nodes.op("Relu", y) if chosen.has_rectifier else y


def _statistics(blobs: list[Array]) -> tuple[Array, Array]:
    """The mean and the variance that the sums stand for."""
    weight = blobs[2][0]
    if not weight:
        return np.zeros_like(blobs[0]), np.zeros_like(blobs[1])
    return float_array(blobs[0] / weight), float_array(blobs[1] / weight)


def _of_batch(nodes: LayerNodes, eps: float) -> str:
    """Normalized by the statistics of the batch itself."""
    param, x = nodes.param.batch_norm_param, nodes.bottoms[0]
    axes = [axis for axis in range(len(nodes.bottom_shapes[0])) if axis != 1]
    if not param.disable_mean:
        x = nodes.op("Sub", x, nodes.op("ReduceMean", x, axes=axes))
    if param.disable_variance:
        return x
    variance = nodes.op("ReduceMean", nodes.op("Mul", x, x), axes=axes)
    if not param.add_eps_before_sqrt:
        return nodes.op("Div", x, nodes.plus(nodes.op("Sqrt", variance), eps))
    return nodes.op("Div", x, nodes.op("Sqrt", nodes.plus(variance, eps)))


@writes(LRN)
def lrn(nodes: LayerNodes) -> str:
    param, x = nodes.param.lrn_param, nodes.bottoms[0]
    size = param.local_size
    if param.norm_region != LRNParameter.WITHIN_CHANNEL:
        words = dict(alpha=param.alpha, beta=param.beta, bias=param.k, size=size)
        return nodes.op("LRN", x, **words)
    pad = (size - 1) // 2
    mean = nodes.op(
        "AveragePool",
        nodes.op("Mul", x, x),
        kernel_shape=[size, size],
        pads=[pad] * 4,
        count_include_pad=1,
    )
    scale = nodes.plus(nodes.times(mean, param.alpha), 1)
    return nodes.op("Div", x, nodes.op("Pow", scale, nodes.array(param.beta, "beta")))


@writes(MVN)
def mvn(nodes: LayerNodes) -> str:
    param = nodes.param.mvn_param
    x = nodes.reshape(nodes.bottoms[0], nodes.bottom_shapes[0], nodes.top_shapes[0])
    axes = [1, 2, 3] if param.across_channels else [2, 3]
    x = nodes.op("Sub", x, nodes.op("ReduceMean", x, axes=axes))
    if not param.normalize_variance:
        return x
    variance = nodes.op("ReduceMean", nodes.op("Mul", x, x), axes=axes)
    if param.add_eps_before_sqrt:
        return nodes.op("Div", x, nodes.op("Sqrt", nodes.plus(variance, param.eps)))
    return nodes.op("Div", x, nodes.plus(nodes.op("Sqrt", variance), param.eps))


@writes(Normalize)
def normalize(nodes: LayerNodes) -> list[str]:
    """SSD's, times a learned scale; or caffe-windows', which may tell the lengths as well."""
    layer, shape = nodes.param, nodes.bottom_shapes[0]
    is_plain = not layer.HasField("norm_param")
    images = (*shape, 1, 1)[:4]
    x = nodes.reshape(nodes.bottoms[0], shape, images)
    axes = [1, 2, 3] if not is_plain and layer.norm_param.across_spatial else [1]
    if is_plain and _kind(layer) == "L1":
        length = nodes.plus(nodes.op("ReduceL1", x, axes=axes), 1e-6)
    else:
        squares = nodes.op("ReduceSumSquare", x, axes=axes)
        eps = 1e-6 if is_plain else layer.norm_param.eps
        length = nodes.op("Sqrt", nodes.plus(squares, eps))
    y = nodes.op("Div", x, length)
    if is_plain:
        return [y, length][: len(nodes.top_shapes)]
    y = nodes.op("Mul", y, nodes.weight(0, (-1, 1, 1)))
    return [nodes.reshape(y, images, shape)]


def _kind(layer: Any) -> str:
    """L1 or L2: nets of 2016 say it in softmax_param."""
    param, older = layer.normalize_param, layer.softmax_param
    is_old = older.HasField("normalize_type") and not param.HasField("normalize_type")
    return str(older.normalize_type if is_old else param.normalize_type)


@writes(L2Normalize)
def l2_normalize(nodes: LayerNodes) -> str:
    x, axes = nodes.bottoms[0], list(range(1, len(nodes.bottom_shapes[0])))
    squares = nodes.op("ReduceSumSquare", x, axes=axes) if axes else nodes.op("Mul", x, x)
    return nodes.op("Div", x, nodes.op("Sqrt", nodes.plus(squares, 1e-7)))


@writes(ChannelNorm)
def channel_norm(nodes: LayerNodes) -> str:
    return nodes.op("ReduceL2", nodes.bottoms[0], axes=[1])


@writes(BN)
def bn(nodes: LayerNodes) -> str:
    """A factor and a shift where statistics are kept or folded in; else those of the batch."""
    if len(nodes.top_shapes) > 1:
        raise ExportError("the batch's statistics as tops have no writer: take these tops out")
    x, behind = nodes.bottoms[0], (1,) * (len(nodes.bottom_shapes[0]) - 2)
    affine = nodes.layer.channel_affine()
    if affine is not None:
        factor, shift = (values.reshape(-1, *behind) for values in affine)
        y = nodes.op("Mul", x, nodes.array(factor, "factor"))
        return nodes.op("Add", y, nodes.array(shift, "shift"))
    places = nodes.base.blobs_[0].shape[1:]
    if math.prod(places[1:]) > 1 or nodes.layer._use_kept:
        raise ExportError("statistics for each place have no writer: set across_spatial")
    axes = [axis for axis in range(len(nodes.bottom_shapes[0])) if axis != 1]
    x = nodes.op("Sub", x, nodes.op("ReduceMean", x, axes=axes))
    variance = nodes.op("ReduceMean", nodes.op("Mul", x, x), axes=axes)
    x = nodes.op("Div", x, nodes.op("Sqrt", nodes.plus(variance, nodes.layer._eps)))
    y = nodes.op("Mul", x, nodes.weight(0, (-1, *behind)))
    return nodes.op("Add", y, nodes.weight(1, (-1, *behind)))
