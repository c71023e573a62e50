"""The nets that Caffe's users know, layer for layer as they were published.

    net = blobnet.Net(caffenet(batch=1), "TEST", weights="bvlc_reference_caffenet.caffemodel")
    net = blobnet.Net(googlenet(batch=32, train=True), "TRAIN")

Layers, blobs and weights have the published names and shapes, so published weights fit. Each
builder has two forms: for use (ends in probabilities or scores) and, with `train`, for training
(ends in losses, in TEST also in accuracies). Both read Input layers, "data" and "label", in
place of databases. Where no filler was published, msra is used, so that an untrained net
computes something.

| builder | published as |
|---|---|
| caffenet, alexnet, googlenet | BVLC/caffe, models/bvlc_reference_caffenet, bvlc_alexnet, ... |
| siamese, cifar10_quick, cifar10_full | BVLC/caffe, examples/siamese, examples/cifar10 |
| resnet50 | KaimingHe/deep-residual-networks (its deploy form; it has no other) |
| squeezenet | forresti/SqueezeNet, SqueezeNet_v1.1 |
| mobilenet, mobilenet_v2 | shicai/MobileNet-Caffe |
| fcn8s | shelhamer/fcn.berkeleyvision.org, voc-fcn8s |
"""

from __future__ import annotations

from typing import Protocol

from benchmarks.definition import (
    MSRA,
    add,
    batch_norm_scale,
    begin,
    convolution,
    gaussian,
    in_place,
    inner_product,
    pooling,
    softmax_or_loss,
)
from benchmarks.fcn8s import fcn8s
from benchmarks.googlenet import googlenet
from benchmarks.mobilenet_v2 import FROZEN, SCALED, mobilenet_v2
from benchmarks.small_nets import cifar10_full, cifar10_quick, siamese
from blobnet.proto import NetParameter

TOP_1_AND_5 = {"accuracy": 1, "accuracy_top5": 5}


class Builder(Protocol):
    """What every net of this module is: its definition, for a batch size and a purpose."""

    def __call__(self, batch: int = ..., *, train: bool = ...) -> NetParameter: ...


# --- AlexNet and CaffeNet -------------------------------------------------------------------------


def caffenet(batch: int = 10, *, train: bool = False) -> NetParameter:
    """bvlc_reference_caffenet: AlexNet for one device, normalized after pooling."""
    return _alexnet("CaffeNet", batch, train, norm_first=False, biases=(0.4, 1.0, 0.1))


def alexnet(batch: int = 10, *, train: bool = False) -> NetParameter:
    """bvlc_alexnet: pooled after normalization."""
    return _alexnet("AlexNet", batch, train, norm_first=True, biases=(0.1, 0.1, 0.0))


def _alexnet(
    name: str, batch: int, train: bool, *, norm_first: bool, biases: tuple[float, float, float]
) -> NetParameter:
    most, conv4, last = biases
    net = begin(name, (batch, 3, 227, 227), label="label" if train else None)
    thin = gaussian(0.01)

    x = convolution(net, "conv1", "data", 96, 11, stride=4, weight=thin)
    x = in_place(net, "ReLU", "relu1", x)
    x = _norm_and_pool(net, 1, x, norm_first)
    x = convolution(net, "conv2", x, 256, 5, pad=2, group=2, weight=thin, bias=most)
    x = in_place(net, "ReLU", "relu2", x)
    x = _norm_and_pool(net, 2, x, norm_first)
    x = convolution(net, "conv3", x, 384, 3, pad=1, weight=thin)
    x = in_place(net, "ReLU", "relu3", x)
    x = convolution(net, "conv4", x, 384, 3, pad=1, group=2, weight=thin, bias=conv4)
    x = in_place(net, "ReLU", "relu4", x)
    x = convolution(net, "conv5", x, 256, 3, pad=1, group=2, weight=thin, bias=most)
    x = in_place(net, "ReLU", "relu5", x)
    x = pooling(net, "pool5", x, "MAX", 3, stride=2)
    for number in (6, 7):
        x = inner_product(net, f"fc{number}", x, 4096, weight=gaussian(0.005), bias=most)
        x = in_place(net, "ReLU", f"relu{number}", x)
        x = in_place(net, "Dropout", f"drop{number}", x, dropout_param={"dropout_ratio": 0.5})
    x = inner_product(net, "fc8", x, 1000, weight=thin, bias=last)
    return softmax_or_loss(net, x, train=train)


def _norm_and_pool(net: NetParameter, number: int, x: str, norm_first: bool) -> str:
    for kind in ("norm", "pool") if norm_first else ("pool", "norm"):
        name = f"{kind}{number}"
        if kind == "pool":
            x = pooling(net, name, x, "MAX", 3, stride=2)
        else:
            neighbours = {"local_size": 5, "alpha": 1e-4, "beta": 0.75}
            x = add(net, "LRN", name, [x], lrn_param=neighbours)
    return x


# --- ResNet-50 ------------------------------------------------------------------------------------


def resnet50(batch: int = 10, *, train: bool = False) -> NetParameter:
    """ResNet-50, with the stride in the first 1x1 convolutions and a bias in conv1 alone."""
    net = begin("ResNet-50", (batch, 3, 224, 224), label="label" if train else None)
    x = convolution(net, "conv1", "data", 64, 7, pad=3, stride=2, weight=MSRA, param=())
    x = batch_norm_scale(net, ("bn_conv1", "scale_conv1"), x, train=train)
    x = in_place(net, "ReLU", "conv1_relu", x)
    x = pooling(net, "pool1", x, "MAX", 3, stride=2)
    for stage, (blocks, width) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], start=2):
        for letter in "abcdef"[:blocks]:
            stride = 2 if letter == "a" and stage > 2 else 1
            x = _bottleneck(net, f"{stage}{letter}", x, width, stride, train=train)
    x = pooling(net, "pool5", x, "AVE", 7, stride=1)
    x = inner_product(net, "fc1000", x, 1000, weight=MSRA, param=())
    return softmax_or_loss(net, x, train=train)


def _bottleneck(
    net: NetParameter, block: str, x: str, width: int, stride: int, *, train: bool
) -> str:
    """The sum of a shortcut and of three convolutions: narrow, 3x3, wide."""

    def branch(part: str, bottom: str, outputs: int, kernel: int, stride: int = 1) -> str:
        top = convolution(
            net,
            f"res{block}_branch{part}",
            bottom,
            outputs,
            kernel,
            pad=kernel // 2,
            stride=stride,
            weight=MSRA,
            bias=None,
            param=(),
        )
        names = f"bn{block}_branch{part}", f"scale{block}_branch{part}"
        return batch_norm_scale(net, names, top, train=train)

    shortcut = branch("1", x, 4 * width, 1, stride) if block.endswith("a") else x
    y = branch("2a", x, width, 1, stride)
    y = in_place(net, "ReLU", f"{y}_relu", y)
    y = branch("2b", y, width, 3)
    y = in_place(net, "ReLU", f"{y}_relu", y)
    y = branch("2c", y, 4 * width, 1)
    total = add(net, "Eltwise", f"res{block}", [shortcut, y])
    return in_place(net, "ReLU", f"{total}_relu", total)


# --- SqueezeNet -----------------------------------------------------------------------------------


def squeezenet(batch: int = 10, *, train: bool = False) -> NetParameter:
    """SqueezeNet v1.1: no inner product; takes images of any size from 31 x 31 on."""
    net = begin("", (batch, 3, 227, 227), label="label" if train else None)
    x = convolution(net, "conv1", "data", 64, 3, stride=2)
    x = in_place(net, "ReLU", "relu_conv1", x)
    x = pooling(net, "pool1", x, "MAX", 3, stride=2)
    for number, squeeze in enumerate((16, 16, 32, 32, 48, 48, 64, 64), start=2):
        x = _fire(net, f"fire{number}", x, squeeze)
        if number in (3, 5):
            x = pooling(net, f"pool{number}", x, "MAX", 3, stride=2)
    x = in_place(net, "Dropout", "drop9", x, dropout_param={"dropout_ratio": 0.5})
    x = convolution(net, "conv10", x, 1000, 1, weight=gaussian(0.01))
    x = in_place(net, "ReLU", "relu_conv10", x)
    x = pooling(net, "pool10", x, "AVE", 0)
    return softmax_or_loss(net, x, train=train, accuracy=TOP_1_AND_5)


def _fire(net: NetParameter, name: str, x: str, squeeze: int) -> str:
    """Few 1x1 filters, then many: half of them 1x1, half 3x3."""

    def filters(part: str, bottom: str, outputs: int, kernel: int) -> str:
        top = convolution(net, f"{name}/{part}", bottom, outputs, kernel, pad=kernel // 2)
        return in_place(net, "ReLU", f"{name}/relu_{part}", top)

    x = filters("squeeze1x1", x, squeeze, 1)
    both = [filters(f"expand{k}x{k}", x, 4 * squeeze, k) for k in (1, 3)]
    return add(net, "Concat", f"{name}/concat", both)


# --- MobileNet ------------------------------------------------------------------------------------

SEPARABLE = (  # name, the stride of the depthwise part, the outputs of the other
    ("conv2_1", 1, 64),
    ("conv2_2", 2, 128),
    ("conv3_1", 1, 128),
    ("conv3_2", 2, 256),
    ("conv4_1", 1, 256),
    ("conv4_2", 2, 512),
    *((f"conv5_{number}", 1, 512) for number in range(1, 6)),
    ("conv5_6", 2, 1024),
    ("conv6", 1, 1024),
)


def mobilenet(batch: int = 10, *, train: bool = False) -> NetParameter:
    """MobileNet v1: depthwise convolutions are Convolution layers with one group a channel."""
    net = begin("MOBILENET", (batch, 3, 224, 224), label="label" if train else None)
    channels = 32
    x = _normalized(net, "conv1", "data", channels, 3, stride=2, train=train)
    for name, stride, outputs in SEPARABLE:
        depthwise = f"{name}/dw"
        x = _normalized(net, depthwise, x, channels, 3, stride=stride, group=channels, train=train)
        x = _normalized(net, f"{name}/sep", x, outputs, 1, train=train)
        channels = outputs
    x = pooling(net, "pool6", x, "AVE", 0)
    x = convolution(net, "fc7", x, 1000, 1, weight=MSRA)
    return softmax_or_loss(net, x, train=train, accuracy={"top1/acc": 1, "top5/acc": 5})


def _normalized(
    net: NetParameter,
    name: str,
    x: str,
    outputs: int,
    kernel: int,
    *,
    train: bool,
    stride: int = 1,
    group: int = 1,
) -> str:
    x = convolution(
        net,
        name,
        x,
        outputs,
        kernel,
        pad=kernel // 2,
        stride=stride,
        group=group,
        weight=MSRA,
        bias=None,
    )
    names = f"{name}/bn", f"{name}/scale"
    x = batch_norm_scale(net, names, x, train=train, param=FROZEN, scale_param=SCALED)
    return in_place(net, "ReLU", name.replace("conv", "relu"), x)


NETS: dict[str, Builder] = {
    "alexnet": alexnet,
    "caffenet": caffenet,
    "cifar10_full": cifar10_full,
    "cifar10_quick": cifar10_quick,
    "fcn8s": fcn8s,
    "googlenet": googlenet,
    "mobilenet": mobilenet,
    "mobilenet_v2": mobilenet_v2,
    "resnet50": resnet50,
    "siamese": siamese,
    "squeezenet": squeezenet,
}
