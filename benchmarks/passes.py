"""Public nets, forward, and forward and backward, against PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Measured, Work, interleave
from benchmarks.nets import Builder
from blobnet.errors import BlobnetError, explain
from blobnet.net import Net
from blobnet.types import Array

if TYPE_CHECKING:
    from benchmarks.torch_net import TorchNet

CLASSES = 1000
TOLERANCE = 1e-3


def forward(build: Builder, batch: int, rounds: int, *, inference: bool) -> Measured:
    """A net with images in and probabilities out."""
    import torch

    ours = Net(build(batch), "TEST", seed=1, inference=inference)
    theirs = _the_same(ours)
    images = random_images(ours)
    tensor = torch.from_numpy(images)
    with torch.no_grad():
        found, expected = ours.forward(data=images), theirs.forward(data=tensor)
        for name in ours.outputs:
            _check_same(name, found[name], expected[name].numpy())
        works = [lambda: ours.forward(data=images), lambda: theirs.forward(data=tensor)]
        return Measured(*interleave(works, rounds, calls=3))


def forward_backward(build: Builder, batch: int, rounds: int) -> Measured:
    """A net with losses, its gradients computed anew each time."""
    ours, theirs = with_losses(build, batch)

    def our_pass() -> None:
        ours.clear_param_diffs()
        ours.forward_backward()

    return Measured(*interleave([our_pass, theirs], rounds))


def with_losses(build: Builder, batch: int) -> tuple[Net, Work]:
    """A net in its training form, filled with images and labels, and PyTorch's whole pass."""
    import torch

    net = Net(build(batch, train=True), "TRAIN", seed=1)
    theirs = _the_same(net)
    fill_inputs(net, CLASSES)
    inputs = {name: torch.tensor(net.blobs[name].data) for name in net.inputs}
    return net, lambda: theirs.forward_backward(**inputs)


def fill_inputs(net: Net, classes: int) -> None:
    """Random images into "data", random labels into "label"."""
    net.blobs["data"].data[...] = random_images(net)
    labels = np.random.default_rng(2).integers(classes, size=net.blobs["label"].shape)
    net.blobs["label"].data[...] = labels


def random_images(net: Net) -> Array:
    images: Array = np.random.default_rng(1).normal(size=net.blobs["data"].shape)
    return images.astype(np.float32)


def give_statistics(net: Net) -> None:
    """Let BatchNorm layers that were never trained change nothing, where they would overflow."""
    for layer in net.layers:
        if layer.type == "BatchNorm":
            for blob, value in zip(layer.blobs_, (0, 1, 1), strict=True):
                blob.data[...] = value  # mean, variance, and how many they were summed over


def _the_same(net: Net) -> TorchNet:
    """PyTorch's form of a net with its weights, made from its definition without inference."""
    from benchmarks.torch_net import TorchNet

    give_statistics(net)
    return TorchNet(net)


def _check_same(name: str, ours: Array, theirs: Array) -> None:
    """Whether both compute the same; else a comparison of times would mean nothing."""
    furthest = float(np.abs(ours - theirs).max())
    if not furthest <= TOLERANCE * max(1e-9, float(np.abs(theirs).max())):
        raise BlobnetError(
            explain(
                f"output '{name}' is not the same as PyTorch's, so their times say nothing",
                expected=f"differences of at most {TOLERANCE:g} of the largest value",
                got=f"{furthest:g}",
            )
        )
