"""The gradients of a residual net's weights, by the formulas of README.md, and those of the run.

    python models/resnet/weight_gradients.py

The net computes in float64. From the values that it has going forward, and nothing else, the
gradients are made anew: of the output layer, then of both convolutions in every block of the last
stage whose shortcut is the identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from residual_net import residual_net

import blobnet
from blobnet.datasets.digits import load_digits
from blobnet.types import Array

BATCH, DEPTH = 32, 32


class Gradient(NamedTuple):
    """Of one weight blob: by formula, as the run left it, and the identity's part of the former.

    Outside of the blocks there is no such part.
    """

    weight: str
    by_formula: Array
    of_the_run: Array
    by_identity: Array | None = None

    @property
    def error(self) -> float:
        """The largest difference, measured by the largest value."""
        difference = np.abs(self.by_formula - self.of_the_run).max()
        return float(difference / np.abs(self.of_the_run).max())


def main() -> int:
    """Print a line for every weight."""
    print("weight                        size   identity's part  largest difference")
    for found in gradients(make_net()):
        by_identity = "" if found.by_identity is None else f"{size(found.by_identity):.3e}"
        row = f"{found.weight:<24} {size(found.by_formula):.3e}   {by_identity:>15}"
        print(f"{row}  {found.error:>18.0e}")
    return 0


def make_net(depth: int = DEPTH) -> blobnet.Net:
    """A net of 4 channels, with digits in it, after one pass forward and one back."""
    digits = load_digits()
    images = digits.train_images[:BATCH, None] / 255.0
    definition = residual_net(depth, (4, 4, 4), batch=BATCH)
    net = blobnet.Net(definition, phase="TRAIN", dtype="float64", seed=1)
    net.layers[0].set_input_arrays(images, digits.train_labels[:BATCH].astype("float64"))
    net.clear_param_diffs()
    net.forward_backward()
    return net


def gradients(net: blobnet.Net) -> Iterator[Gradient]:
    """The output layer's, then those of the blocks, from the last one back."""
    delta, W = output_delta(net), net.params["scores"][0]
    h = net.blobs["pool"].data.reshape(len(delta), -1)
    yield Gradient("scores W", delta.T @ h, W.diff)
    yield Gradient("scores b", delta.sum(axis=0), net.params["scores"][1].diff)
    *inner, last = identity_blocks(net)
    d_last = delta_behind_the_blocks(net, last, delta @ W.data)  # dL / dx_L
    later = np.zeros_like(d_last)  # what the branches behind have added to it
    for block in [last, *reversed(inner)]:
        whole, identity = (branch_backward(net, block, d) for d in (d_last + later, d_last))
        for name in ("conv2", "conv1"):
            run = net.params[f"{block}_{name}"][0].diff
            yield Gradient(f"{block}_{name} W", whole[name], run, identity[name])
        later += whole["x"]


# --- the formulas ---------------------------------------------------------------------------------


def output_delta(net: blobnet.Net) -> Array:
    """dL / dscores = (p - 1 for the right digit) / N, as SoftmaxWithLoss has it."""
    scores, labels = net.blobs["scores"].data, net.blobs["label"].data
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    right = np.arange(scores.shape[1]) == labels[:, None]
    return (e / e.sum(axis=1, keepdims=True) - right) / len(scores)


def delta_behind_the_blocks(net: blobnet.Net, last: str, d_pool: Array) -> Array:
    """dL / dx_L: every pixel has its share of the mean, then the last activation."""
    x = net.blobs[last].data
    shares = d_pool[:, :, None, None] / (x.shape[2] * x.shape[3])
    return activation_backward(net, "last", x, np.broadcast_to(shares, x.shape))


def branch_backward(net: blobnet.Net, block: str, d: Array) -> dict[str, Array]:
    """What `d` at the end of a branch gives its two convolutions, and hands on to its input x."""
    W1, W2 = (net.params[f"{block}_{name}"][0].data for name in ("conv1", "conv2"))
    inner, x = net.blobs[f"{block}_conv1"].data, input_of(net, block)
    d_inner = activation_backward(net, f"{block}_b", inner, convolution_backward(W2, d))
    d_x = activation_backward(net, f"{block}_a", x, convolution_backward(W1, d_inner))
    return {
        "conv2": weight_gradient(net.blobs[f"{block}_b_bn"].data, d),
        "conv1": weight_gradient(net.blobs[f"{block}_a_bn"].data, d_inner),
        "x": d_x,
    }


def weight_gradient(a: Array, d: Array) -> Array:
    """dW of a 3x3 convolution of `a`: each weight meets what it has seen, times d."""
    seen = np.lib.stride_tricks.sliding_window_view(padded(a), (3, 3), axis=(2, 3))
    return np.einsum("nohw,nchwij->ocij", d, seen)


def convolution_backward(weight: Array, d: Array) -> Array:
    """da of the same: a convolution of d with the weights turned round."""
    seen = np.lib.stride_tricks.sliding_window_view(padded(d), (3, 3), axis=(2, 3))
    return np.einsum("ocij,nohwij->nchw", weight[:, :, ::-1, ::-1], seen)


def activation_backward(net: blobnet.Net, name: str, x: Array, d: Array) -> Array:
    """dx of y = ReLU(scale * x_hat + shift), where x_hat is x with mean 0 and variance 1."""
    over = {"axis": (0, 2, 3), "keepdims": True}
    norm = net.layers[net.layer_names.index(f"{name}_bn")]
    deviation = np.sqrt(x.var(**over) + norm.layer_param_.batch_norm_param.eps)
    x_hat = (x - x.mean(**over)) / deviation
    scale = net.params[f"{name}_scale"][0].data[:, None, None]
    g = d * (net.blobs[f"{name}_bn"].data > 0) * scale  # in place: this is behind the ReLU
    return (g - g.mean(**over) - x_hat * (g * x_hat).mean(**over)) / deviation


# --- helpers --------------------------------------------------------------------------------------


def identity_blocks(net: blobnet.Net) -> list[str]:
    """The blocks of the last stage but its first, whose shortcut is a convolution."""
    types = zip(net.layer_names, net.layers, strict=True)
    blocks = [name for name, layer in types if layer.type == "Eltwise"]
    return [name for name in blocks if name.startswith("stage3_")][1:]


def input_of(net: blobnet.Net, block: str) -> Array:
    stage, number = block.split("_block")
    return net.blobs[f"{stage}_block{int(number) - 1}"].data


def padded(a: Array) -> Array:
    return np.pad(a, ((0, 0), (0, 0), (1, 1), (1, 1)))


def size(array: Array) -> float:
    return float(np.linalg.norm(array))


if __name__ == "__main__":
    raise SystemExit(main())
