"""Layer types as calls of PyTorch: each function reads a definition and returns what to call."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from blobnet.proto import (
    ConvolutionParameter,
    EltwiseParameter,
    LayerParameter,
    LossParameter,
    LRNParameter,
    PoolingParameter,
)

Operation = Callable[..., Any]
"""From the bottoms to the top, or to a tuple of tops."""


@dataclass
class TorchLayer:
    """A layer's definition with its weights as tensors."""

    param: LayerParameter
    weights: Sequence[Tensor]
    training: bool
    in_place: bool


# --- with windows ---------------------------------------------------------------------------------


def convolution(layer: TorchLayer) -> Operation:
    param = layer.param.convolution_param
    weight, bias = _weight_and_bias(layer)
    stride, pad, dilation = _conv_sizes(param)
    return lambda x: F.conv2d(x, weight, bias, stride, pad, dilation, param.group)


def deconvolution(layer: TorchLayer) -> Operation:
    param = layer.param.convolution_param
    weight, bias = _weight_and_bias(layer)
    stride, pad, dilation = _conv_sizes(param)
    return lambda x: F.conv_transpose2d(x, weight, bias, stride, pad, 0, param.group, dilation)


def _conv_sizes(param: ConvolutionParameter) -> tuple[list[int], list[int], list[int]]:
    if param.axis != 1:
        raise NotImplementedError("convolution along other axes than 2 and 3")
    stride, pad = _pair(param, "stride", 1), _pair(param, "pad", 0)
    dilation = list(param.dilation) or [1]
    return stride, pad, dilation if len(dilation) == 2 else dilation * 2


def _pair(param: ConvolutionParameter, name: str, default: int) -> list[int]:
    """Height and width of a size that is written once, twice, or as name_h and name_w."""
    if param.HasField(f"{name}_h"):
        return [getattr(param, f"{name}_h"), getattr(param, f"{name}_w")]
    stated = list(getattr(param, name)) or [default]
    return stated if len(stated) == 2 else stated * 2


def pooling(layer: TorchLayer) -> Operation:
    """PyTorch drops a last window that begins in the padding, as Caffe does."""
    param = layer.param.pooling_param
    if param.pool == PoolingParameter.STOCHASTIC:
        raise NotImplementedError("stochastic pooling")
    ceil_mode = param.round_mode == PoolingParameter.CEIL
    kernel = [param.kernel_h or param.kernel_size, param.kernel_w or param.kernel_size]
    stride = [param.stride_h or param.stride, param.stride_w or param.stride]
    pad = [param.pad_h or param.pad, param.pad_w or param.pad]

    def pool(x: Tensor) -> Tensor:
        size = list(x.shape[2:]) if param.global_pooling else kernel
        if param.pool == PoolingParameter.MAX:
            return F.max_pool2d(x, size, stride, pad, ceil_mode=ceil_mode)
        return F.avg_pool2d(x, size, stride, pad, ceil_mode=ceil_mode, count_include_pad=True)

    return pool


def crop(layer: TorchLayer) -> Operation:
    param = layer.param.crop_param

    def cut(x: Tensor, like: Tensor) -> Tensor:
        axes = range(param.axis, x.ndim)
        offsets = list(param.offset) or [0]
        offsets = offsets if len(offsets) > 1 else offsets * len(axes)
        for axis, offset in zip(axes, offsets, strict=True):
            x = x.narrow(axis, offset, like.shape[axis])
        return x

    return cut


# --- normalization --------------------------------------------------------------------------------


def lrn(layer: TorchLayer) -> Operation:
    param = layer.param.lrn_param
    n, alpha, beta, k = param.local_size, param.alpha, param.beta, param.k
    if param.norm_region == LRNParameter.ACROSS_CHANNELS:
        return lambda x: F.local_response_norm(x, n, alpha, beta, k)
    return lambda x: x * (1 + alpha * F.avg_pool2d(x * x, n, 1, n // 2)) ** -beta


def batch_norm(
    layer: TorchLayer, weight: Tensor | None = None, bias: Tensor | None = None
) -> Operation:
    """With the weight and the bias of the Scale layer after it, where there is one.

    The statistics are copied as means; a training moves these copies, not the net's sums.
    """
    param = layer.param.batch_norm_param
    mean, variance, count = (stored.detach() for stored in layer.weights)
    factor = 1 / count if count != 0 else torch.zeros(1)
    mean, variance = mean * factor, variance * factor
    of_batch = layer.training
    if param.HasField("use_global_stats"):
        of_batch = not param.use_global_stats
    momentum = 1 - param.moving_average_fraction
    return lambda x: F.batch_norm(x, mean, variance, weight, bias, of_batch, momentum, param.eps)


def scale(layer: TorchLayer) -> Operation:
    """One bottom only: a learned factor for each channel, and a bias."""
    axis, (weight, *bias) = layer.param.scale_param.axis, layer.weights

    def spread(values: Tensor, x: Tensor) -> Tensor:
        return values.reshape(values.shape + (1,) * (x.ndim - axis - values.ndim))

    if not bias:
        return lambda x: x * spread(weight, x)
    return lambda x: torch.addcmul(spread(bias[0], x), x, spread(weight, x))


# --- element by element, shapes -------------------------------------------------------------------


def relu(layer: TorchLayer) -> Operation:
    slope, in_place = layer.param.relu_param.negative_slope, layer.in_place
    if slope:
        return lambda x: F.leaky_relu(x, slope, inplace=in_place)
    return lambda x: F.relu(x, inplace=in_place)


def dropout(layer: TorchLayer) -> Operation:
    ratio, training = layer.param.dropout_param.dropout_ratio, layer.training
    return lambda x: F.dropout(x, ratio, training)  # what is under it may be a ReLU's memory


def eltwise(layer: TorchLayer) -> Operation:
    param = layer.param.eltwise_param
    if param.operation == EltwiseParameter.PROD:
        return lambda *xs: math.prod(xs[1:], start=xs[0])
    if param.operation == EltwiseParameter.MAX:
        return lambda *xs: torch.stack(xs).amax(0)
    if not param.coeff:
        return lambda x, *others: sum(others, start=x)
    return lambda *xs: sum(c * x for c, x in zip(param.coeff, xs, strict=True))


def inner_product(layer: TorchLayer) -> Operation:
    param = layer.param.inner_product_param
    weight, bias = _weight_and_bias(layer)
    if param.transpose:
        weight = weight.T
    return lambda x: F.linear(x.flatten(param.axis), weight, bias)


def concat(layer: TorchLayer) -> Operation:
    axis = layer.param.concat_param.axis
    return lambda *xs: torch.cat(xs, axis)


def slice_(layer: TorchLayer) -> Operation:
    param = layer.param.slice_param
    axis = param.slice_dim if param.HasField("slice_dim") else param.axis
    parts = len(layer.param.top)
    if param.slice_point:
        return lambda x: x.tensor_split(list(param.slice_point), axis)
    return lambda x: x.chunk(parts, axis)


def softmax(layer: TorchLayer) -> Operation:
    axis = layer.param.softmax_param.axis
    return lambda x: x.softmax(axis)


# --- losses ---------------------------------------------------------------------------------------


def softmax_with_loss(layer: TorchLayer) -> Operation:
    param = layer.param.loss_param
    ignored = param.ignore_label if param.HasField("ignore_label") else -100
    by_batch = param.HasField("normalize") and not param.normalize
    if param.HasField("normalization"):
        by_batch = param.normalization == LossParameter.BATCH_SIZE
        if param.normalization not in (LossParameter.BATCH_SIZE, LossParameter.VALID):
            raise NotImplementedError("normalization other than VALID and BATCH_SIZE")

    def loss(scores: Tensor, label: Tensor) -> Tensor:
        label = label.reshape(scores.shape[:1] + scores.shape[2:]).long()
        if by_batch:
            total = F.cross_entropy(scores, label, ignore_index=ignored, reduction="sum")
            return total / scores.shape[0]
        return F.cross_entropy(scores, label, ignore_index=ignored)

    return loss


def contrastive_loss(layer: TorchLayer) -> Operation:
    param = layer.param.contrastive_loss_param
    if param.legacy_version:
        raise NotImplementedError("the contrastive loss of old")

    def loss(a: Tensor, b: Tensor, similar: Tensor) -> Tensor:
        squared = (a - b).square().flatten(1).sum(1)
        apart = (param.margin - squared.sqrt()).clamp(min=0).square()
        return torch.where(similar.flatten() != 0, squared, apart).sum() / (2 * len(a))

    return loss


def accuracy(layer: TorchLayer) -> Operation:
    """The part of the labels that are among the best `top_k` scores, ties aside."""
    k = layer.param.accuracy_param.top_k

    def correct(scores: Tensor, label: Tensor) -> Tensor:
        best = scores.detach().topk(k, 1).indices
        return (best == label.reshape(best[:, :1].shape)).any(1).float().mean()

    return correct


def _weight_and_bias(layer: TorchLayer) -> tuple[Tensor, Tensor | None]:
    weight, *bias = layer.weights
    return weight, bias[0] if bias else None


LAYERS: dict[str, Callable[[TorchLayer], Operation]] = {
    "Accuracy": accuracy,
    "BatchNorm": batch_norm,
    "Concat": concat,
    "ContrastiveLoss": contrastive_loss,
    "Convolution": convolution,
    "Crop": crop,
    "Deconvolution": deconvolution,
    "Dropout": dropout,
    "Eltwise": eltwise,
    "InnerProduct": inner_product,
    "LRN": lrn,
    "Pooling": pooling,
    "ReLU": relu,
    "Scale": scale,
    "Slice": slice_,
    "Softmax": softmax,
    "SoftmaxWithLoss": softmax_with_loss,
}
