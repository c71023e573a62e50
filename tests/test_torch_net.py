"""The PyTorch side of a comparison computes the same net; run where PyTorch is installed."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from benchmarks.nets import NETS

torch = pytest.importorskip("torch")

SMALL = {"cifar10_full": 32, "cifar10_quick": 32, "mobilenet": 64, "siamese": 28, "squeezenet": 63}
"""Nets without huge layers, and the side of the images that they are given."""


def net_and_twin(name, rng, *, train, phase):
    from benchmarks.torch_net import TorchNet

    net = blobnet.Net(NETS[name](2, train=train), phase, dtype="f8", seed=1)
    inputs = {}
    for blob_name in net.inputs:
        blob = net.blobs[blob_name]
        if blob.num_axes == 4:
            blob.reshape(*blob.shape[:2], SMALL[name], SMALL[name])
        inputs[blob_name] = rng.normal(size=blob.shape) if blob.num_axes == 4 else np.ones(2)
    return net, TorchNet(net), inputs


def assert_same_blobs(net, theirs):
    for name, blob in net.blobs.items():
        if name in theirs:
            np.testing.assert_allclose(
                theirs[name].detach(), blob.data, rtol=1e-8, atol=1e-9, err_msg=name
            )


@pytest.mark.parametrize("name", sorted({*SMALL} - {"mobilenet"}))  # that needs statistics first
def test_every_blob_in_use(name, rng):
    net, twin, inputs = net_and_twin(name, rng, train=False, phase="TEST")
    net.forward(**inputs)
    theirs = twin(**inputs, keep_all=True)
    assert set(net.blobs) <= set(theirs)
    assert_same_blobs(net, theirs)
    assert set(twin(**inputs)) == set(net.outputs)


@pytest.mark.parametrize(
    ("name", "phase"),
    # Dropout draws numbers of its own, so SqueezeNet is compared without.
    [(name, "TEST" if name == "squeezenet" else "TRAIN") for name in sorted(SMALL)],
)
def test_every_gradient_in_training(name, phase, rng):
    net, twin, inputs = net_and_twin(name, rng, train=True, phase=phase)
    net.forward(**inputs)
    net.backward()
    twin.forward_backward(**inputs)
    assert twin.loss.item() == pytest.approx(net.loss)
    for layer, weights in twin.weights.items():
        for blob, weight in zip(net.params[layer], weights, strict=True):
            if weight.grad is not None:
                np.testing.assert_allclose(
                    weight.grad, blob.diff, rtol=1e-6, atol=1e-8, err_msg=layer
                )


def test_an_unknown_type_is_refused_by_name():
    from benchmarks.torch_net import TorchNet

    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 } } }
        layer { name: "odd" type: "BNLL" bottom: "x" top: "y" }
    """
    with pytest.raises(NotImplementedError, match=r"BNLL layer 'odd'"):
        TorchNet(blobnet.Net(blobnet.parse_net(text), "TEST"))
