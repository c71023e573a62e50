"""The small nets of Caffe's examples: CIFAR-10 quick and full, and the siamese net for MNIST."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.definition import (
    Settings,
    add,
    begin,
    convolution,
    gaussian,
    in_place,
    inner_product,
    pooling,
    softmax_or_loss,
)
from blobnet.proto import NetParameter

RATES = ({"lr_mult": 1}, {"lr_mult": 2})


def cifar10_quick(batch: int = 10, *, train: bool = False) -> NetParameter:
    """examples/cifar10/cifar10_quick: three convolutions, two inner products."""
    net = begin("CIFAR10_quick", (batch, 3, 32, 32), label="label" if train else None)
    x = _conv_pool(net, 1, "data", 32, 1e-4)
    x = _conv_pool(net, 2, x, 32, 0.01)
    x = _conv_pool(net, 3, x, 64, 0.01)
    x = inner_product(net, "ip1", x, 64, weight=gaussian(0.1), param=RATES)
    x = inner_product(net, "ip2", x, 10, weight=gaussian(0.1), param=RATES)
    return softmax_or_loss(net, x, train=train)


def cifar10_full(batch: int = 10, *, train: bool = False) -> NetParameter:
    """examples/cifar10/cifar10_full: normalized within channels."""
    net = begin("CIFAR10_full", (batch, 3, 32, 32), label="label" if train else None)
    x = _conv_pool(net, 1, "data", 32, 1e-4)
    x = _norm(net, "norm1", x)
    x = _conv_pool(net, 2, x, 32, 0.01)
    x = _norm(net, "norm2", x)
    x = _conv_pool(net, 3, x, 64, 0.01, param=())
    decayed = ({"lr_mult": 1, "decay_mult": 250}, {"lr_mult": 2, "decay_mult": 0})
    x = inner_product(net, "ip1", x, 10, weight=gaussian(0.01), param=decayed)
    return softmax_or_loss(net, x, train=train)


def _conv_pool(
    net: NetParameter,
    number: int,
    x: str,
    outputs: int,
    std: float,
    param: Sequence[Settings] = RATES,
) -> str:
    """The first layer pools, then cuts off; the others cut off, then average."""
    names = f"conv{number}", f"relu{number}", f"pool{number}"
    x = convolution(net, names[0], x, outputs, 5, pad=2, weight=gaussian(std), param=param)
    if number == 1:
        x = pooling(net, names[2], x, "MAX", 3, stride=2)
        return in_place(net, "ReLU", names[1], x)
    x = in_place(net, "ReLU", names[1], x)
    return pooling(net, names[2], x, "AVE", 3, stride=2)


def _norm(net: NetParameter, name: str, x: str) -> str:
    within = {"local_size": 3, "alpha": 5e-5, "beta": 0.75, "norm_region": "WITHIN_CHANNEL"}
    return add(net, "LRN", name, [x], lrn_param=within)


def siamese(batch: int = 10, *, train: bool = False) -> NetParameter:
    """examples/siamese: two LeNets with one set of weights.

    In training "pair_data" holds two images as two channels, "sim" whether they show the same.
    """
    if not train:
        net = begin("mnist_siamese", (batch, 1, 28, 28))
        _twin(net, "data", "", share=False)
        return net
    net = begin("mnist_siamese_train_test", (batch, 2, 28, 28), label="sim")
    net.layer[0].name = net.layer[0].top[0] = "pair_data"
    halves = {"slice_dim": 1, "slice_point": [1]}
    add(net, "Slice", "slice_pair", ["pair_data"], ["data", "data_p"], slice_param=halves)
    features = [_twin(net, f"data{ending}", ending, share=True) for ending in ("", "_p")]
    margin = {"margin": 1.0}
    add(net, "ContrastiveLoss", "loss", [*features, "sim"], contrastive_loss_param=margin)
    return net


def _twin(net: NetParameter, x: str, ending: str, *, share: bool) -> str:
    """A LeNet down to two features; layers of both twins that share have the same `param`."""

    def param(name: str) -> Sequence[Settings]:
        if not share:
            return RATES
        return [{"name": f"{name}_{end}", **rate} for end, rate in zip("wb", RATES, strict=True)]

    for number, outputs in ((1, 20), (2, 50)):
        name = f"conv{number}"
        x = convolution(net, name + ending, x, outputs, 5, param=param(name))
        x = pooling(net, f"pool{number}{ending}", x, "MAX", 2, stride=2)
    x = inner_product(net, f"ip1{ending}", x, 500, param=param("ip1"))
    x = in_place(net, "ReLU", f"relu1{ending}", x)
    x = inner_product(net, f"ip2{ending}", x, 10, param=param("ip2"))
    return inner_product(net, f"feat{ending}", x, 2, param=param("feat"))
