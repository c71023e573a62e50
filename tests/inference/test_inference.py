"""The inference mode against the ordinary one: the same outputs, from fewer steps."""

import numpy as np
import pytest

import blobnet
from blobnet.errors import BlobnetError, NetError

# two branches: one whose layers work in place, one whose layers do not; then their sum
NET = """
    layer { name: "data" type: "Input" top: "data"
            input_param { shape { dim: 2 dim: 3 dim: 12 dim: 11 } } }
    layer { name: "stem" type: "Convolution" bottom: "data" top: "stem"
            convolution_param { num_output: 8 kernel_size: 3 weight_filler { type: "xavier" } } }
    layer { name: "a" type: "Convolution" bottom: "stem" top: "a"
            convolution_param { num_output: 6 kernel_size: 1 bias_term: false
                                weight_filler { type: "xavier" } } }
    layer { name: "a/norm" type: "BatchNorm" bottom: "a" top: "a" }
    layer { name: "a/scale" type: "Scale" bottom: "a" top: "a" scale_param { bias_term: true } }
    layer { name: "a/relu" type: "ReLU" bottom: "a" top: "a" }
    layer { name: "b" type: "Convolution" bottom: "stem" top: "b"
            convolution_param { num_output: 6 kernel_size: 3 pad: 1
                                weight_filler { type: "xavier" } } }
    layer { name: "b/norm" type: "BatchNorm" bottom: "b" top: "b/norm" }
    layer { name: "b/scale" type: "Scale" bottom: "b/norm" top: "b/scale" }
    layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b/scale" top: "sum"
            eltwise_param { %s } }
    layer { name: "sum/relu" type: "ReLU" bottom: "sum" top: "sum"
            relu_param { negative_slope: %s } }
    layer { name: "ip" type: "InnerProduct" bottom: "sum" top: "ip"
            inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
    layer { name: "ip/relu" type: "ReLU" bottom: "ip" top: "ip"
            relu_param { negative_slope: 0.3 } }
"""
SUM = NET % ("operation: SUM coeff: 1 coeff: -0.5", "0")


def make(text=SUM, seed=1, **options):
    """A net whose weights and statistics are all random."""
    net = blobnet.Net(blobnet.parse_net(text), "TEST", seed=1, **options)
    fill(net, seed)
    return net


def fill(net, seed):
    rng = np.random.default_rng(seed)
    for layer in net.layers:
        for blob in layer.blobs_:
            blob.data[...] = rng.uniform(0.2, 1, blob.shape)  # variances are positive
            if layer.type in ("Convolution", "InnerProduct", "Scale"):
                blob.data[...] -= 0.6


def outputs(net, rng):
    return net.forward(data=rng.normal(size=net.blobs["data"].shape).astype("f4"))["ip"].copy()


@pytest.mark.parametrize("slope", ["0", "0.1"])
@pytest.mark.parametrize(
    "eltwise", ["operation: SUM coeff: 1 coeff: -0.5", "operation: PROD", "operation: MAX"]
)
def test_the_outputs_are_the_same(eltwise, slope):
    text = NET % (eltwise, slope)
    expected = outputs(make(text), np.random.default_rng(2))
    found = outputs(make(text, inference=True), np.random.default_rng(2))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_what_others_do_is_left_out():
    merged = {wired.layer.name for wired in make(inference=True).wired if wired.fused}
    assert merged == {"a/norm", "a/scale", "a/relu", "b/norm", "b/scale", "sum/relu", "ip/relu"}
    product = make(NET % ("operation: PROD", "0"), inference=True)
    assert "sum/relu" not in {wired.layer.name for wired in product.wired if wired.fused}


def test_new_weights_count_from_the_next_forward_on(tmp_path):
    net, other = make(inference=True), make(seed=5)
    outputs(net, np.random.default_rng(2))
    other.save(tmp_path / "other.caffemodel")
    net.copy_from(tmp_path / "other.caffemodel")
    np.testing.assert_allclose(
        outputs(net, np.random.default_rng(2)),
        outputs(other, np.random.default_rng(2)),
        rtol=1e-5, atol=1e-5,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["stem", "a", "b/norm", "sum"])
def test_what_is_to_be_kept_can_be_read(name):
    ordinary, net = make(), make(inference=True, keep=[name])
    outputs(ordinary, np.random.default_rng(2))
    outputs(net, np.random.default_rng(2))
    np.testing.assert_allclose(
        net.blobs[name].data, ordinary.blobs[name].data, rtol=1e-5, atol=1e-5
    )


def test_what_is_not_kept_is_not_returned():
    net = make(inference=True)
    with pytest.raises(BlobnetError, match=r"keep=\['stem'\]"):
        net.forward(blobs=["stem"], data=np.zeros(net.blobs["data"].shape, "f4"))


def test_a_part_of_the_net_cannot_run_alone():
    with pytest.raises(NetError, match="runs from its first layer to its last"):
        make(inference=True).forward(start="a")


def test_there_are_no_gradients():
    with pytest.raises(NetError, match="no gradients"):
        make(inference=True).backward()


def as_in_a_new_net(net):
    """What a net of the same weights puts out that has never run before."""
    fresh = blobnet.Net(blobnet.parse_net(SUM), "TEST", seed=1)
    for ours, theirs in zip(fresh.layers, net.layers, strict=True):
        for blob, other in zip(ours.blobs_, theirs.blobs_, strict=True):
            blob.data[...] = other.data
    return outputs(fresh, np.random.default_rng(2))


def check_edits_count(net):
    found = outputs(net, np.random.default_rng(2))
    np.testing.assert_allclose(found, as_in_a_new_net(net), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["a", "b", "a/norm", "b/norm", "a/scale", "b/scale", "stem", "ip"])
def test_edits_of_weights_count(name):
    net = make(inference=True)
    before = outputs(net, np.random.default_rng(2))
    for blob in net.params[name]:
        blob.data[...] += 0.5
        check_edits_count(net)
    assert not np.allclose(before, outputs(net, np.random.default_rng(2)))


def test_edits_count_through_an_array_taken_long_before():
    net = make(inference=True)
    part = net.params["a/scale"][1].data[2:4]
    for value in (3, 5, 7):
        part[...] = value
        check_edits_count(net)


def test_edits_count_that_are_made_with_a_buffer():
    net = make(inference=True)
    buffer = memoryview(net.params["b"][0].data.reshape(-1))
    for value in (3, 5):
        check_edits_count(net)
        buffer[0] = value
    check_edits_count(net)


def test_training_of_a_net_that_shares_its_weights_counts():
    trained, net = make(seed=3), make(inference=True)
    net.share_with(trained)
    for seed in (4, 5):
        check_edits_count(net)
        fill(trained, seed)
    check_edits_count(net)


def test_weights_are_not_folded_anew_without_a_reason(monkeypatch):
    net, folded = make(inference=True), []
    for layer in (layer for layer in net.layers if hasattr(layer, "fold")):
        if layer.name == "ip":  # it takes in no weights, and looks at its own
            continue

        def fold(fold=layer.fold, name=layer.name):
            folded.append(name)
            fold()

        monkeypatch.setattr(layer, "fold", fold)
    outputs(net, np.random.default_rng(2))
    assert sorted(folded) == ["a", "b", "sum"]
    outputs(net, np.random.default_rng(2))
    assert sorted(folded) == ["a", "b", "sum"]
    net.params["a/norm"][0].data[...] = 2
    outputs(net, np.random.default_rng(2))
    assert sorted(folded) == ["a", "a", "b", "sum"]


@pytest.mark.parametrize("keep", [["h"], ["r"], ["h", "r"]])
def test_what_is_kept_is_not_overwritten_behind_a_layer_that_lends_its_memory(keep):
    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer { name: "h" type: "Power" bottom: "x" top: "h" power_param { scale: 2 } }
        layer { name: "r" type: "Reshape" bottom: "h" top: "r" reshape_param { shape { dim: 6 } } }
        layer { name: "s" type: "Reshape" bottom: "r" top: "s" reshape_param { shape { dim: 6 } } }
        layer { name: "act" type: "ReLU" bottom: "s" top: "s" }
        layer { name: "y" type: "Power" bottom: "s" top: "y" power_param { shift: 1 } }"""
    net = blobnet.Net(blobnet.parse_net(text), "TEST", inference=True, keep=keep)
    x = np.array([[-1, 2, -3], [4, -5, 6]], np.float32)
    for _ in range(2):
        y = net.forward(x=x)["y"]
        np.testing.assert_array_equal(y, np.maximum(2 * x, 0).ravel() + 1)
        for name in keep:
            np.testing.assert_array_equal(net.blobs[name].data.ravel(), 2 * x.ravel())


POOLS = """
    layer { name: "data" type: "Input" top: "data"
            input_param { shape { dim: 2 dim: 3 dim: 12 dim: 11 } } }
    layer { name: "pool" type: "Pooling" bottom: "data" top: "pool" %s
            pooling_param { pool: MAX kernel_size: 3 stride: 2 pad: 1 } }
"""


@pytest.mark.parametrize(("mask", "kept"), [("", 0), ('top: "mask"', 2 * 3 * 7 * 6)])
def test_where_maxima_stand_is_kept_for_a_mask_alone(mask, kept, rng):
    text = POOLS % mask
    net, ordinary = make(text, inference=True), make(text)
    for _ in range(2):  # recorded, and run as a program
        x = rng.normal(size=(2, 3, 12, 11)).astype("f4")
        found, expected = net.forward(data=x), ordinary.forward(data=x)
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name], values)
    assert net.layers[-1]._argmax.size == kept
