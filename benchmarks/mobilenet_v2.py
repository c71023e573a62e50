"""MobileNet v2: blocks that widen, look around in every channel by itself, and narrow again."""

from __future__ import annotations

from benchmarks.definition import (
    MSRA,
    add,
    batch_norm_scale,
    begin,
    convolution,
    in_place,
    pooling,
    softmax_or_loss,
)
from blobnet.proto import NetParameter

STAGES = (  # its number, and of every block: outputs, the stride of its middle
    (2, ((16, 1), (24, 2))),
    (3, ((24, 1), (32, 2))),
    (4, ((32, 1), (32, 1), (64, 1), (64, 1), (64, 1), (64, 1), (96, 2))),
    (5, ((96, 1), (96, 1), (160, 2))),
    (6, ((160, 1), (160, 1), (320, 1))),
)
WIDER = 6
"""The middle of a block has so many times the channels that come in; that of the first as many."""

FROZEN = ({"lr_mult": 0, "decay_mult": 0},) * 3
SCALED = ({"lr_mult": 1, "decay_mult": 0},) * 2


def mobilenet_v2(batch: int = 10, *, train: bool = False) -> NetParameter:
    """shicai/MobileNet-Caffe, mobilenet_v2_deploy.prototxt: a stage ends with its stride."""
    net = begin("MOBILENET_V2", (batch, 3, 224, 224), label="label" if train else None)
    x = _normalized(net, "conv1", "data", 32, 3, stride=2, relu="relu1", train=train)
    channels = 32
    for stage, blocks in STAGES:
        for number, (outputs, stride) in enumerate(blocks, start=1):
            place = f"{stage}_{number}"
            y = _block(net, place, x, channels, outputs, stride, train=train)
            if (channels, stride) == (outputs, 1):
                y = add(net, "Eltwise", f"block_{place}", [x, y])
            x, channels = y, outputs
    x = _normalized(net, "conv6_4", x, 1280, 1, relu="relu6_4", train=train)
    x = pooling(net, "pool6", x, "AVE", 0)
    x = convolution(net, "fc7", x, 1000, 1, weight=MSRA)
    return softmax_or_loss(net, x, train=train, accuracy={"top1/acc": 1, "top5/acc": 5})


def _block(
    net: NetParameter, place: str, x: str, channels: int, outputs: int, stride: int, *, train: bool
) -> str:
    wide = channels if place == "2_1" else WIDER * channels
    name, relu = f"conv{place}", f"relu{place}"
    x = _normalized(net, f"{name}/expand", x, wide, 1, relu=f"{relu}/expand", train=train)
    x = _normalized(
        net, f"{name}/dwise", x, wide, 3, stride=stride, group=wide, relu=f"{relu}/dwise",
        train=train,
    )  # fmt: skip
    return _normalized(net, f"{name}/linear", x, outputs, 1, train=train)


def _normalized(
    net: NetParameter, name: str, x: str, outputs: int, kernel: int, *, train: bool,
    stride: int = 1, group: int = 1, relu: str = "",
) -> str:  # fmt: skip
    """A convolution without biases and its BatchNorm, which does not work in place."""
    x = convolution(
        net, name, x, outputs, kernel, pad=kernel // 2, stride=stride, group=group, weight=MSRA,
        bias=None,
    )  # fmt: skip
    names = f"{name}/bn", f"{name}/scale"
    x = batch_norm_scale(net, names, x, train=train, param=FROZEN, scale_param=SCALED, top=names[0])
    return in_place(net, "ReLU", relu, x) if relu else x
