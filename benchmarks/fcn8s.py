"""FCN-8s as in voc-fcn8s: every pixel of an image is given one of 21 classes."""

from __future__ import annotations

import numpy as np

from benchmarks.definition import MSRA, add, begin, convolution, in_place, pooling
from blobnet.net import Net
from blobnet.proto import NetParameter

CLASSES = 21
STAGES = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""VGG-16's five stages: how many convolutions, how many channels."""

UPSAMPLING = ("upscore2", "upscore_pool4", "upscore8")


def fcn8s(batch: int = 1, *, train: bool = False) -> NetParameter:
    """voc-fcn8s: for images of any size; the first convolution's pad of 100 leaves room to crop.

    Its upsampling weights were published with the others; `interpolate` gives them to a new net.
    """
    net = begin(
        "",
        (batch, 3, 500, 500),
        label="label" if train else None,
        label_shape=(batch, 1, 500, 500),
    )
    x = "data"
    for stage, (convolutions, channels) in enumerate(STAGES, start=1):
        for number in range(1, convolutions + 1):
            pad = 100 if stage == number == 1 else 1
            x = _conv_relu(net, f"{stage}_{number}", x, channels, 3, pad=pad)
        x = pooling(net, f"pool{stage}", x, "MAX", 2, stride=2)
    x = _conv_relu(net, "6", x, 4096, 7, layer="fc")
    x = in_place(net, "Dropout", "drop6", x, dropout_param={"dropout_ratio": 0.5})
    x = _conv_relu(net, "7", x, 4096, 1, layer="fc")
    x = in_place(net, "Dropout", "drop7", x, dropout_param={"dropout_ratio": 0.5})
    x = convolution(net, "score_fr", x, CLASSES, 1, weight=MSRA)
    x = _upsampled(net, "upscore2", x, 4, stride=2)
    x = _fused(net, "pool4", x, offset=5)
    x = _upsampled(net, "upscore_pool4", x, 4, stride=2)
    x = _fused(net, "pool3", x, offset=9)
    x = _upsampled(net, "upscore8", x, 16, stride=8)
    x = add(net, "Crop", "score", [x, "data"], crop_param={"axis": 2, "offset": [31]})
    if train:
        rule = {"ignore_label": 255, "normalize": False}
        add(net, "SoftmaxWithLoss", "loss", [x, "label"], loss_param=rule)
    return net


def _conv_relu(
    net: NetParameter,
    name: str,
    x: str,
    outputs: int,
    kernel: int,
    *,
    pad: int = 0,
    layer: str = "conv",
) -> str:
    x = convolution(net, f"{layer}{name}", x, outputs, kernel, pad=pad, weight=MSRA)
    return in_place(net, "ReLU", f"relu{name}", x)


def _upsampled(net: NetParameter, name: str, x: str, kernel: int, *, stride: int) -> str:
    fixed = ({"lr_mult": 0},)
    return convolution(
        net,
        name,
        x,
        CLASSES,
        kernel,
        stride=stride,
        bias=None,
        kind="Deconvolution",
        weight={"type": "constant"},
        param=fixed,
    )


def _fused(net: NetParameter, pool: str, x: str, *, offset: int) -> str:
    """The scores of a finer stage, cut to the size of the coarser ones, and added to them."""
    scores = convolution(net, f"score_{pool}", pool, CLASSES, 1, weight=MSRA)
    window = {"axis": 2, "offset": [offset]}
    cut = add(net, "Crop", f"score_{pool}c", [scores, x], crop_param=window)
    return add(net, "Eltwise", f"fuse_{pool}", [x, cut], eltwise_param={"operation": "SUM"})


def interpolate(net: Net) -> None:
    """Make the Deconvolution layers enlarge each class by itself, linearly between pixels."""
    for name in UPSAMPLING:
        weight = net.params[name][0].data
        size = weight.shape[-1]
        middle = (size - 1) / 2
        tent = 1 - np.abs(np.arange(size) - middle) / ((size + 1) // 2)
        weight[...] = 0
        weight[range(CLASSES), range(CLASSES)] = np.outer(tent, tent)
