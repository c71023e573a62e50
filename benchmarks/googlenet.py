"""GoogLeNet as in models/bvlc_googlenet: nine inception modules, in training three losses."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.definition import (
    add,
    add_accuracies,
    begin,
    convolution,
    in_place,
    inner_product,
    pooling,
)
from blobnet.proto import NetParameter


class Widths(NamedTuple):
    """The outputs of the convolutions of an inception module."""

    one: int
    reduce3: int
    three: int
    reduce5: int
    five: int
    proj: int


INCEPTION = {
    "3a": Widths(64, 96, 128, 16, 32, 32),
    "3b": Widths(128, 128, 192, 32, 96, 64),
    "4a": Widths(192, 96, 208, 16, 48, 64),
    "4b": Widths(160, 112, 224, 24, 64, 64),
    "4c": Widths(128, 128, 256, 24, 64, 64),
    "4d": Widths(112, 144, 288, 32, 64, 64),
    "4e": Widths(256, 160, 320, 32, 128, 128),
    "5a": Widths(256, 160, 320, 32, 128, 128),
    "5b": Widths(384, 192, 384, 48, 128, 128),
}
POOLED_AFTER = {"3b": "pool3/3x3_s2", "4e": "pool4/3x3_s2"}
LOSS_AFTER = {"4a": "loss1", "4d": "loss2"}
AUXILIARY_WEIGHT = 0.3


def googlenet(batch: int = 10, *, train: bool = False) -> NetParameter:
    """bvlc_googlenet, whose layer and blob names hold slashes."""
    net = begin("GoogleNet", (batch, 3, 224, 224), label="label" if train else None)
    x = _conv_relu(net, "conv1/", "7x7_s2", "data", 64, 7, pad=3, stride=2, relu="relu_7x7")
    x = pooling(net, "pool1/3x3_s2", x, "MAX", 3, stride=2)
    x = _norm(net, "pool1/norm1", x)
    x = _conv_relu(net, "conv2/", "3x3_reduce", x, 64, 1)
    x = _conv_relu(net, "conv2/", "3x3", x, 192, 3, pad=1)
    x = _norm(net, "conv2/norm2", x)
    x = pooling(net, "pool2/3x3_s2", x, "MAX", 3, stride=2)
    for module, widths in INCEPTION.items():
        x = _inception(net, f"inception_{module}/", x, widths)
        if train and module in LOSS_AFTER:
            _auxiliary_loss(net, LOSS_AFTER[module], x)
        if module in POOLED_AFTER:
            x = pooling(net, POOLED_AFTER[module], x, "MAX", 3, stride=2)
    x = pooling(net, "pool5/7x7_s1", x, "AVE", 7, stride=1)
    x = in_place(net, "Dropout", "pool5/drop_7x7_s1", x, dropout_param={"dropout_ratio": 0.4})
    scores = inner_product(net, "loss3/classifier", x, 1000)
    if train:
        _loss(net, "loss3/loss3", "loss3/loss3", scores, 1.0)
        add_accuracies(net, scores, {"loss3/top-1": 1, "loss3/top-5": 5})
    else:
        add(net, "Softmax", "prob", [scores])
    return net


def _inception(net: NetParameter, name: str, x: str, widths: Widths) -> str:
    """1x1, 3x3 and 5x5 filters and a pooling side by side, their channels joined."""
    one = _conv_relu(net, name, "1x1", x, widths.one, 1)
    three = _conv_relu(net, name, "3x3_reduce", x, widths.reduce3, 1)
    three = _conv_relu(net, name, "3x3", three, widths.three, 3, pad=1)
    five = _conv_relu(net, name, "5x5_reduce", x, widths.reduce5, 1)
    five = _conv_relu(net, name, "5x5", five, widths.five, 5, pad=2)
    pool = pooling(net, f"{name}pool", x, "MAX", 3, stride=1, pad=1)
    pool = _conv_relu(net, name, "pool_proj", pool, widths.proj, 1)
    return add(net, "Concat", f"{name}output", [one, three, five, pool])


def _auxiliary_loss(net: NetParameter, name: str, x: str) -> None:
    x = pooling(net, f"{name}/ave_pool", x, "AVE", 5, stride=3)
    x = _conv_relu(net, f"{name}/", "conv", x, 128, 1)
    x = inner_product(net, f"{name}/fc", x, 1024, bias=0.2)
    x = in_place(net, "ReLU", f"{name}/relu_fc", x)
    x = in_place(net, "Dropout", f"{name}/drop_fc", x, dropout_param={"dropout_ratio": 0.7})
    scores = inner_product(net, f"{name}/classifier", x, 1000)
    _loss(net, f"{name}/loss", f"{name}/loss1", scores, AUXILIARY_WEIGHT)
    add_accuracies(net, scores, {f"{name}/top-1": 1, f"{name}/top-5": 5})


def _loss(net: NetParameter, name: str, top: str, scores: str, weight: float) -> None:
    add(net, "SoftmaxWithLoss", name, [scores, "label"], [top], loss_weight=[weight])


def _conv_relu(
    net: NetParameter,
    prefix: str,
    part: str,
    x: str,
    outputs: int,
    kernel: int,
    *,
    pad: int = 0,
    stride: int = 1,
    relu: str = "",
) -> str:
    name = prefix + part
    x = convolution(net, name, x, outputs, kernel, pad=pad, stride=stride, bias=0.2)
    return in_place(net, "ReLU", prefix + (relu or f"relu_{part}"), x)


def _norm(net: NetParameter, name: str, x: str) -> str:
    return add(net, "LRN", name, [x], lrn_param={"local_size": 5, "alpha": 1e-4, "beta": 0.75})
