"""A forward as one list of kernels: the same values as layer by layer, whatever has changed."""

import threading

import numpy as np
import pytest

import blobnet
from blobnet import layer_register
from blobnet.inference import inference
from blobnet.inference.program import Program
from blobnet.ops import parallel
from blobnet.ops.jit import compiled

pytestmark = pytest.mark.skipif(compiled("conv.direct_kernel") is None, reason="no numba")

NET = """
    layer { name: "data" type: "Input" top: "data"
            input_param { shape { dim: 2 dim: 3 dim: 12 dim: 11 } } }
    layer { name: "a" type: "Convolution" bottom: "data" top: "a"
            convolution_param { num_output: 6 kernel_size: 3 pad: 1
                                weight_filler { type: "xavier" } bias_filler { value: 0.1 } } }
    layer { name: "a/relu" type: "ReLU" bottom: "a" top: "a" }
    layer { name: "b" type: "Convolution" bottom: "a" top: "b"
            convolution_param { num_output: 6 kernel_size: 1 weight_filler { type: "xavier" } } }
    layer { name: "tanh" type: "TanH" bottom: "b" top: "b" }
    layer { name: "both" type: "Concat" bottom: "a" bottom: "b" top: "both" }
    layer { name: "pool" type: "Pooling" bottom: "both" top: "pool"
            pooling_param { kernel_size: 3 stride: 2 } }
    layer { name: "c" type: "Convolution" bottom: "pool" top: "c"
            convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
"""


def make(**options):
    return blobnet.Net(blobnet.parse_net(NET), "TEST", seed=1, **options)


@pytest.fixture
def made(monkeypatch):
    """How many programs have been made."""
    counted = []

    class Counted(Program):
        def __init__(self, wired):
            counted.append(len(wired))
            super().__init__(wired)

    monkeypatch.setattr(inference, "Program", Counted)
    return counted


def images(number, size=(12, 11), batch=2):
    return np.random.default_rng(number).normal(size=(batch, 3, *size)).astype("f4")


def agree(net, ordinary, x):
    for one in (net, ordinary):
        one.blobs["data"].reshape(x.shape)
    expected = ordinary.forward(data=x)["c"].copy()
    assert net.forward(data=x)["c"].tobytes() == expected.tobytes()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_later_forwards_compute_what_the_ordinary_ones_do(threads, made):
    with parallel.threads_set_to(threads):
        net, ordinary = make(inference=True), make()
        for number in range(4):
            agree(net, ordinary, images(number))
    assert len(made) == 1


def test_only_what_has_no_kernel_is_called(monkeypatch):
    net, called = make(inference=True), []
    net.forward(data=images(0))
    for layer in net.layers:

        def forward(bottom, top, layer=layer, forward=layer.forward):
            called.append(layer.name)
            return forward(bottom, top)

        monkeypatch.setattr(layer, "forward", forward)
    net.forward(data=images(1))
    assert called == ["tanh"]


def test_new_shapes_are_recorded_anew(made):
    net, ordinary = make(inference=True), make()
    for number, size in enumerate([(12, 11), (20, 15), (20, 15), (9, 8), (12, 11)]):
        agree(net, ordinary, images(number, size))
    agree(net, ordinary, images(9, batch=5))
    assert len(made) == 5


def test_new_weights_count(made):
    net, ordinary = make(inference=True), make()
    agree(net, ordinary, images(0))
    for one in (net, ordinary):
        one.params["b"][0].data[...] *= -2
        one.params["a"][1].data[...] = 0.5
    agree(net, ordinary, images(0))
    assert len(made) == 1  # they are where they were


def test_weights_in_other_memory_count(made):
    net, ordinary, other = make(inference=True), make(), make()
    for blob in other.learnable_params:
        blob.data[...] *= 3
    agree(net, ordinary, images(0))
    for one in (net, ordinary):
        one.share_with(other)
    agree(net, ordinary, images(0))
    assert len(made) == 2


def test_another_thread_and_another_number_of_threads_record_anew(made):
    net, ordinary = make(inference=True), make()
    agree(net, ordinary, images(0))
    other = threading.Thread(target=agree, args=(net, ordinary, images(1)))
    other.start()
    other.join()
    assert len(made) == 2
    with parallel.threads_set_to(2):
        agree(net, ordinary, images(2))
    assert len(made) == 3
    agree(net, ordinary, images(3))


def test_callbacks_see_every_layer():
    net, ordinary, seen = make(inference=True), make(), []
    agree(net, ordinary, images(0))
    net.callbacks.after_forward.append(lambda index: seen.append(net.layer_names[index]))
    agree(net, ordinary, images(1))
    merged = {wired.layer.name for wired in net.wired if wired.fused}
    assert seen == [name for name in net.layer_names if name not in merged]
    net.callbacks.after_forward.clear()
    agree(net, ordinary, images(2))
    assert len(seen) == len(net.layer_names) - len(merged)


class Grows(blobnet.Layer):
    """As many rows as the first value says."""

    def reshape(self, bottom, top):
        top[0].reshape((int(bottom[0].data.flat[0]) + 1, 3, 8, 8))

    def forward_cpu(self, bottom, top):
        top[0].data[...] = bottom[0].data.flat[1]


@pytest.fixture
def grows(monkeypatch):
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    blobnet.register_layer("Grows")(Grows)


def test_a_layer_that_is_called_may_give_its_tops_other_shapes(grows):
    text = NET.replace('name: "data" type: "Input" top: "data"', 'name: "x" type: "Input" top: "x"')
    text = text.replace(
        "{ dim: 2 dim: 3 dim: 12 dim: 11 } } }",
        """{ dim: 2 } } }
        layer { name: "grows" type: "Grows" bottom: "x" top: "data" }""",
    )
    net, ordinary = (
        blobnet.Net(blobnet.parse_net(text), "TEST", seed=1, inference=inference)
        for inference in (True, False)
    )
    for number in (1, 1, 4, 2, 2):
        x = np.array([number, 0.3 * number], np.float32)
        expected = ordinary.forward(x=x)["c"].copy()
        found = net.forward(x=x)["c"]
        assert found.shape == expected.shape == (number + 1, 4, 2, 2)
        assert found.tobytes() == expected.tobytes()


def test_a_program_keeps_no_hold_of_the_memory_of_blobs():
    net = make(inference=True)
    net.forward(data=images(0))
    net.forward(data=images(1))
    for blob in net.params["b"]:
        blob.let_go_of_data()
        assert not blob.data_storage.has_viewers()


@pytest.mark.parametrize("batch", [1, 2, 3, 20])
@pytest.mark.parametrize("options", ["", "transpose: true", "bias_term: false"])
def test_inner_products_are_launched_however_little_they_are(options, batch, monkeypatch):
    text = f"""
        layer {{ name: "data" type: "Input" top: "data"
                input_param {{ shape {{ dim: {batch} dim: 48 }} }} }}
        layer {{ name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1" inner_product_param {{
                num_output: 50 weight_filler {{ type: "xavier" }}
                bias_filler {{ type: "uniform" }} {options} }} }}
        layer {{ name: "relu" type: "ReLU" bottom: "ip1" top: "ip1" }}
        layer {{ name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2" inner_product_param {{
                num_output: 10 weight_filler {{ type: "xavier" }} {options} }} }}
    """
    net, ordinary = (
        blobnet.Net(blobnet.parse_net(text), "TEST", seed=1, inference=inference)
        for inference in (True, False)
    )
    rng = np.random.default_rng(1)
    for number in range(3):
        x = rng.normal(size=(batch, 48)).astype("f4")
        found = net.forward(data=x)["ip2"]
        expected = ordinary.forward(data=x)["ip2"]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
        if number == 0:
            for layer in net.layers:
                monkeypatch.setattr(layer, "forward", None)  # from now on nobody calls it
        for name in ("ip1", "ip2"):
            for one in (net, ordinary):
                one.params[name][0].data[...] += 0.01
