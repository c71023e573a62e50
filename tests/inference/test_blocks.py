"""In the inference mode images lie in blocks of channels where nobody sees them."""

import numpy as np
import pytest

import blobnet
from blobnet.ops.conv import blocked
from blobnet.ops.jit import compiled

pytestmark = pytest.mark.skipif(
    compiled("conv.blocked_kernel") is None or not blocked.gains(),
    reason="numba is not at hand, or registers are few",
)

CONVOLUTION = """
    layer { name: "%s" type: "Convolution" bottom: "%s" top: "%s" convolution_param {
            num_output: %d kernel_size: %d pad: %d group: %d stride: %d
            weight_filler { type: "xavier" } bias_filler { type: "uniform" } } }
    layer { name: "%s/relu" type: "ReLU" bottom: "%s" top: "%s" }
"""


def convolution(name, bottom, outputs, kernel=1, group=1, stride=1):
    numbers = outputs, kernel, kernel // 2, group, stride
    return CONVOLUTION % (name, bottom, name, *numbers, name, name, name)


NET = (
    """layer { name: "data" type: "Input" top: "data"
               input_param { shape { dim: 2 dim: 3 dim: 30 dim: 27 } } }"""
    + convolution("stem", "data", 32, kernel=3, stride=2)
    + convolution("wide", "stem", 32, kernel=3, group=32)
    + convolution("near", "wide", 32)
    + """layer { name: "sum" type: "Eltwise" bottom: "stem" bottom: "near" top: "sum" }"""
    + convolution("odd", "sum", 24)
    + convolution("last", "odd", 48)
    + """layer { name: "pool" type: "Pooling" bottom: "last" top: "pool"
               pooling_param { pool: AVE global_pooling: true } }"""
)
IN_BLOCKS = {  # bottom, top
    "stem": (False, True),
    "wide": (True, True),
    "near": (True, True),
    "odd": (True, False),  # 24 outputs are no whole blocks
    "last": None,  # Pooling knows nothing of blocks
}


def make(**options):
    return blobnet.Net(blobnet.parse_net(NET), "TEST", seed=1, **options)


def images(height=30):
    return np.random.default_rng(3).normal(size=(2, 3, height, 27)).astype("f4")


def layouts(net):
    found = ((layer.name, layer._packed) for layer in net.layers if layer.type == "Convolution")
    return {name: packed and tuple(packed.layout) for name, packed in found}


def check_same(net, expected, **inputs):
    found = net.forward(**inputs)["pool"]
    np.testing.assert_allclose(found, expected.forward(**inputs)["pool"], rtol=1e-5, atol=1e-6)


def test_layers_are_told_which_of_their_blobs_lie_in_blocks():
    net = make(inference=True)
    check_same(net, make(), data=images())
    assert layouts(net) == IN_BLOCKS
    check_same(net, make(), data=images())  # as a program


@pytest.mark.parametrize("kept", ["stem", "wide", "near", "sum", "odd", "last"])
def test_what_is_kept_can_be_read_as_ever(kept):
    net, ordinary = make(inference=True, keep=[kept]), make()
    for _ in range(2):
        check_same(net, ordinary, data=images())
        np.testing.assert_allclose(
            net.blobs[kept].data, ordinary.blobs[kept].data, rtol=1e-5, atol=1e-5
        )


def test_other_shapes_and_other_weights_count():
    net, ordinary = make(inference=True), make()
    check_same(net, ordinary, data=images())
    for height, layer in ((41, "wide"), (30, "near"), (30, "last")):
        for its in (net, ordinary):
            its.blobs["data"].reshape(2, 3, height, 27)
            its.params[layer][0].data[...] *= 1.5
            its.params[layer][1].data[...] += 0.25
        check_same(net, ordinary, data=images(height))


def test_without_kernels_for_them_nothing_lies_in_blocks(monkeypatch):
    monkeypatch.setattr("blobnet.ops.conv.blocked.compiled", lambda name: None)
    net = make(inference=True)
    check_same(net, make(), data=images())
    assert set(layouts(net).values()) == {None}


def test_without_a_depthwise_convolution_nothing_is_gained():
    text = NET.replace("group: 32", "group: 1")
    net = blobnet.Net(blobnet.parse_net(text), "TEST", seed=1, inference=True)
    net.forward(data=images())
    assert {name for name, its in layouts(net).items() if its and any(its)} == set()


def test_float64_stays_in_planes():
    net = make(inference=True, dtype="float64")
    check_same(net, make(dtype="float64"), data=images())
    assert set(layouts(net).values()) == {None}
