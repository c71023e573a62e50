"""A residual net of any depth as a NetParameter, and beside it the plain net without shortcuts.

The net is that of He, Zhang, Ren and Sun, "Identity Mappings in Deep Residual Networks" (2016),
made narrow: three stages of equal blocks, each stage wider than the one before and with half its
height and width. A block adds something to what it is given:

    y = x + branch(x)        branch: BatchNorm, Scale, ReLU, 3x3 convolution, all of it twice

so the gradient has a way back on which nothing is multiplied: dx = dy + (the branch's part).

    python models/resnet/residual_net.py 56 > resnet56.prototxt
    python models/resnet/residual_net.py 56 --plain > plain56.prototxt
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from google.protobuf import text_format

from blobnet.proto import EltwiseParameter, LayerParameter, NetParameter, PoolingParameter

MSRA = {"type": "msra"}
MEAN_OF_EACH_CHANNEL = {"pool": PoolingParameter.AVE, "global_pooling": True}
MEMORY = {"moving_average_fraction": 0.9}  # a short training: tests must not use stale statistics


def residual_net(
    depth: int = 56,
    widths: Sequence[int] = (8, 16, 32),
    *,
    side: int = 28,
    batch: int = 32,
    classes: int = 10,
    shortcuts: bool = True,
) -> NetParameter:
    """The net for training and testing on grey images of `side` x `side` pixels.

    depth      layers with weights on the way from the data to the loss: 6 n + 2 for 3 widths
    widths     channels in each stage
    shortcuts  False gives the plain net: the same layers, without the shortcuts
    """
    blocks, rest = divmod(depth - 2, 2 * len(widths))
    if rest or blocks < 1:
        raise ValueError(f"depth must be {2 * len(widths)} n + 2, got {depth}")
    net = NetParameter(name=f"{'resnet' if shortcuts else 'plain'}{depth}")
    image = {"batch_size": batch, "channels": 1, "height": side, "width": side}
    add(net, "MemoryData", "data", [], ["data", "label"], memory_data_param=image)
    x = convolution(net, "conv0", "data", widths[0], stride=2)
    for stage, width in enumerate(widths, start=1):
        for number in range(1, blocks + 1):
            shrink = stage > 1 and number == 1
            x = block(net, f"stage{stage}_block{number}", x, width, shrink, shortcuts)
    x = activation(net, "last", x)
    x = add(net, "Pooling", "pool", [x], pooling_param=MEAN_OF_EACH_CHANNEL)
    scores = {"num_output": classes, "weight_filler": MSRA}
    x = add(net, "InnerProduct", "scores", [x], inner_product_param=scores)
    add(net, "Accuracy", "accuracy", [x, "label"], include=[{"phase": "TEST"}])
    add(net, "SoftmaxWithLoss", "loss", [x, "label"])
    return net


def block(net: NetParameter, name: str, x: str, width: int, shrink: bool, shortcut: bool) -> str:
    """y = x + branch(x); where a stage begins, a convolution brings x to its size."""
    first = activation(net, f"{name}_a", x)
    y = convolution(net, f"{name}_conv1", first, width, stride=2 if shrink else 1)
    y = activation(net, f"{name}_b", y)
    y = convolution(net, f"{name}_conv2", y, width)
    if not shortcut:
        return y
    if shrink:  # the one kind of block whose shortcut is no identity
        x = convolution(net, f"{name}_shortcut", first, width, stride=2, kernel=1)
    return add(net, "Eltwise", name, [x, y], eltwise_param={"operation": EltwiseParameter.SUM})


def activation(net: NetParameter, name: str, x: str) -> str:
    """BatchNorm, then Scale and ReLU in place: what comes before a convolution."""
    y = add(net, "BatchNorm", f"{name}_bn", [x], batch_norm_param=MEMORY)
    add(net, "Scale", f"{name}_scale", [y], [y], scale_param={"bias_term": True})
    return add(net, "ReLU", f"{name}_relu", [y], [y])


def convolution(
    net: NetParameter, name: str, x: str, width: int, stride: int = 1, kernel: int = 3
) -> str:
    """A convolution that keeps height and width, or halves them with `stride` 2."""
    settings = {
        "num_output": width,
        "kernel_size": [kernel],
        "pad": [kernel // 2],
        "stride": [stride],
        "bias_term": False,  # the next BatchNorm would take it out again
        "weight_filler": MSRA,
    }
    return add(net, "Convolution", name, [x], convolution_param=settings)


def add(
    net: NetParameter,
    kind: str,
    name: str,
    bottoms: Sequence[str],
    tops: Sequence[str] = (),
    **settings: Any,
) -> str:
    """Append a layer; its only top has its name unless `tops` says otherwise. Returns tops[0]."""
    tops = tops or [name]
    net.layer.append(LayerParameter(name=name, type=kind, bottom=bottoms, top=tops, **settings))
    return tops[0]


if __name__ == "__main__":
    asked = residual_net(int(sys.argv[1]), shortcuts="--plain" not in sys.argv)
    print(text_format.MessageToString(asked), end="")
