"""Convolutions that keep their weights as Winograd's method needs them notice new ones."""

import numpy as np
import pytest

import blobnet
from blobnet.ops.conv import winograd_four_plan
from blobnet.ops.jit import compiled

pytestmark = pytest.mark.skipif(
    compiled("conv.winograd_four_kernel") is None, reason="numba is not at hand"
)

NET = """
    layer { name: "data" type: "Input" top: "data"
            input_param { shape { dim: 1 dim: 3 dim: 20 dim: 21 } } }
    layer { name: "a" type: "Convolution" bottom: "data" top: "a"
            convolution_param { num_output: 8 kernel_size: 3 pad: 1
                                weight_filler { type: "xavier" } } }
    layer { name: "relu" type: "ReLU" bottom: "a" top: "a" }
    layer { name: "b" type: "Convolution" bottom: "a" top: "b"
            convolution_param { num_output: 6 kernel_size: 3 pad: %(far)s dilation: %(far)s
                                weight_filler { type: "xavier" } } }
    layer { name: "scale" type: "Scale" bottom: "b" top: "b" scale_param { bias_term: true } }
    layer { name: "c" type: "Convolution" bottom: "b" top: "c"
            convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
"""


@pytest.fixture(params=[1, 3])
def nets(request, monkeypatch):
    """The same net in the ordinary mode and for inference, where all weights are transformed."""
    for limit in ("MANY_CHANNELS", "MANY_TILES", "SOME_TILES", "MANY_PRODUCTS"):
        monkeypatch.setattr(winograd_four_plan, limit, 1)
    made = [
        blobnet.Net(blobnet.parse_net(NET % {"far": request.param}), "TEST", seed=1, inference=i)
        for i in (False, True)
    ]
    for layer in made[1].layers:
        if layer.type == "Convolution":
            assert layer._is_transforming
    return made


def check_same(nets, size=(20, 21)):
    x = np.random.default_rng(2).normal(size=(1, 3, *size)).astype("f4")
    expected, found = (net.forward(data=x)["c"] for net in nets)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["a", "b", "scale", "c"])
def test_edits_of_weights_count(nets, name):
    for value in (0.5, 0.25):
        check_same(nets)
        for both in zip(*(net.params[name] for net in nets), strict=True):
            for blob in both:
                blob.data[...] += value
    check_same(nets)


def test_edits_count_through_an_array_taken_before(nets):
    held = [net.params["c"][0].data for net in nets]
    for value in (3, 5):
        check_same(nets)
        for array in held:
            array[1] = value
    check_same(nets)


def test_other_shapes_count(nets):
    for size in ((20, 21), (9, 33), (20, 21)):
        for net in nets:
            net.blobs["data"].reshape((1, 3, *size))
        check_same(nets, size)
        check_same(nets, size)
