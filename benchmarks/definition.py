"""Writing a net in Python, layer by layer: what the builders of the public nets share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from blobnet.proto import LayerParameter, NetParameter

Settings = Mapping[str, Any]

WEIGHT_AND_BIAS = ({"lr_mult": 1, "decay_mult": 1}, {"lr_mult": 2, "decay_mult": 0})
XAVIER: Settings = {"type": "xavier"}
MSRA: Settings = {"type": "msra"}


def gaussian(std: float) -> Settings:
    return {"type": "gaussian", "std": std}


def constant(value: float) -> Settings:
    return {"type": "constant", "value": value}


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


def in_place(net: NetParameter, kind: str, name: str, x: str, **settings: Any) -> str:
    """Append a layer that writes over what it reads."""
    return add(net, kind, name, [x], [x], **settings)


def begin(
    name: str, shape: Sequence[int], *, label: str | None = None, label_shape: Sequence[int] = ()
) -> NetParameter:
    """A net that is given images of `shape` as "data" and, where it has a name, a label."""
    net = NetParameter(name=name)
    add(net, "Input", "data", [], input_param={"shape": [{"dim": shape}]})
    if label:
        dims = [{"dim": label_shape or shape[:1]}]
        add(net, "Input", label, [], input_param={"shape": dims})
    return net


def convolution(
    net: NetParameter,
    name: str,
    x: str,
    num_output: int,
    kernel: int,
    *,
    pad: int = 0,
    stride: int = 1,
    group: int = 1,
    dilation: int = 1,
    weight: Settings = XAVIER,
    bias: float | None = 0.0,
    param: Sequence[Settings] = WEIGHT_AND_BIAS,
    kind: str = "Convolution",
) -> str:
    """A convolution with a square kernel; `bias` is what biases begin with, None for none."""
    settings = {
        "num_output": num_output,
        "kernel_size": [kernel],
        "pad": [pad],
        "stride": [stride],
        "group": group,
        **({} if dilation == 1 else {"dilation": [dilation]}),
        "weight_filler": weight,
        **({"bias_term": False} if bias is None else {"bias_filler": constant(bias)}),
    }
    param = param[:1] if bias is None else param
    return add(net, kind, name, [x], param=param, convolution_param=settings)


def inner_product(
    net: NetParameter,
    name: str,
    x: str,
    num_output: int,
    *,
    weight: Settings = XAVIER,
    bias: float = 0.0,
    param: Sequence[Settings] = WEIGHT_AND_BIAS,
) -> str:
    settings = {
        "num_output": num_output,
        "weight_filler": weight,
        "bias_filler": constant(bias),
    }
    return add(net, "InnerProduct", name, [x], param=param, inner_product_param=settings)


def pooling(net: NetParameter, name: str, x: str, method: str, kernel: int, **sizes: int) -> str:
    """MAX or AVE over windows of `kernel`; the whole image where `kernel` is 0."""
    window = {"kernel_size": kernel, **sizes} if kernel else {"global_pooling": True}
    return add(net, "Pooling", name, [x], pooling_param={"pool": method, **window})


def batch_norm_scale(
    net: NetParameter,
    names: tuple[str, str],
    x: str,
    *,
    train: bool,
    param: Sequence[Settings] = (),
    scale_param: Sequence[Settings] = (),
    top: str = "",
) -> str:
    """BatchNorm and the Scale that completes it, both in place; BatchNorm not where it has a `top`.

    Published definitions fix `use_global_stats`; the training form leaves it to the phase.
    """
    statistics: Settings = {} if train else {"use_global_stats": True}
    tops = [top or x]
    x = add(net, "BatchNorm", names[0], [x], tops, param=param, batch_norm_param=statistics)
    settings = {"filler": constant(1), "bias_term": True, "bias_filler": constant(0)}
    return in_place(net, "Scale", names[1], x, param=scale_param, scale_param=settings)


def softmax_or_loss(
    net: NetParameter, scores: str, *, train: bool, accuracy: Mapping[str, int] | None = None
) -> NetParameter:
    """How a classifier ends: "prob", or "loss" and in TEST the accuracies (name to top_k)."""
    if not train:
        add(net, "Softmax", "prob", [scores])
        return net
    add_accuracies(net, scores, {"accuracy": 1} if accuracy is None else accuracy)
    add(net, "SoftmaxWithLoss", "loss", [scores, "label"])
    return net


def add_accuracies(net: NetParameter, scores: str, top_k: Mapping[str, int]) -> None:
    for name, k in top_k.items():
        add(
            net,
            "Accuracy",
            name,
            [scores, "label"],
            include=[{"phase": "TEST"}],
            accuracy_param={"top_k": k},
        )
