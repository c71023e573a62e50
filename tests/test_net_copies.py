"""Copies of nets: pickled or deep, they go on as the net would have gone on."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import blobnet
from blobnet import Blob, LayerError
from blobnet.datasets.to_lmdb import write_lmdb

NET = """
    name: "copied"
    layer { name: "in" type: "Input" top: "x"
            input_param { shape { dim: 4 dim: 3 dim: 6 dim: 6 } } }
    layer { name: "conv" type: "Convolution" bottom: "x" top: "conv"
            convolution_param { num_output: 5 kernel_size: 3 weight_filler { type: "xavier" } } }
    layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
    layer { name: "drop" type: "Dropout" bottom: "conv" top: "drop" }
    layer { name: "one" type: "InnerProduct" bottom: "drop" top: "one"
            param { name: "shared" } param { lr_mult: 0 }
            inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "two" type: "InnerProduct" bottom: "drop" top: "two" param { name: "shared" }
            inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "one" bottom: "two" top: "loss"
            include { phase: TRAIN } }
"""
WAYS = [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))]


@pytest.fixture(params=WAYS, ids=["deepcopy", "pickle"])
def duplicate(request):
    return request.param


@pytest.fixture
def net(rng):
    """A net that has been used: with other shapes than the definition's, and gradients."""
    net = blobnet.Net(blobnet.parse_net(NET), "TRAIN", seed=1)
    net.params["two"][1].data[...] = 0.5
    net.blobs["x"].reshape(2, 3, 6, 6)
    net.blobs["x"].data[...] = rng.normal(size=(2, 3, 6, 6))
    net.forward_backward()
    return net


def step(net):
    """The numbers of one more pass: dropout's choice, the statistics, all gradients."""
    net.forward_backward()
    return [net.loss, *(param.diff.copy() for param in net.learnable_params)]


def test_a_copy_goes_on_as_the_net_does(net, duplicate):
    other = duplicate(net)
    assert other.loss == net.loss
    for _ in range(3):
        for ours, theirs in zip(step(other), step(net), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_copy_is_no_part_of_the_net(net, duplicate):
    other = duplicate(net)
    before = [blob.data.copy() for blob in net.learnable_params]
    for blob in other.learnable_params:
        blob.data[...] = 7
    other.blobs["x"].data[...] = 7
    for blob, values in zip(net.learnable_params, before, strict=True):
        np.testing.assert_array_equal(blob.data, values)
    assert not (net.blobs["x"].data == 7).any()


def test_layers_that_share_weights_share_them_in_the_copy(net, duplicate):
    other = duplicate(net)
    other.params["one"][0].data[...] = 3
    np.testing.assert_array_equal(other.params["two"][0].data, 3)
    assert np.shares_memory(other.params["one"][0].diff, other.params["two"][0].diff)


def test_phase_rates_and_definition_are_the_same(net, duplicate):
    other = duplicate(net)
    assert (other.name, other.phase) == ("copied", blobnet.TRAIN)
    assert other.params_lr == net.params_lr
    assert other.layer_names == net.layer_names
    assert [wired.need_backward for wired in other.wired] == [w.need_backward for w in net.wired]
    assert other.to_proto() == net.to_proto()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_net_for_inference_stays_one(dtype, duplicate, rng):
    options = {"dtype": dtype, "inference": True, "keep": ["conv"]}
    net = blobnet.Net(blobnet.parse_net(NET), "TEST", seed=1, **options)
    for number, blob in enumerate(net.params["bn"]):
        blob.data[...] = number + 1
    x = rng.normal(size=net.blobs["x"].shape)
    expected = {name: values.copy() for name, values in net.forward(["conv"], x=x).items()}
    other = duplicate(net)
    assert list(other.blobs) == list(net.blobs)
    for name, values in other.forward(["conv"], x=x).items():
        assert values.dtype == dtype
        np.testing.assert_array_equal(values, expected[name])


def test_weights_in_the_definition_are_weights_of_the_copy(duplicate):
    net = blobnet.Net(blobnet.parse_net(NET), "TEST", seed=1)
    again = blobnet.Net(net.to_proto(), "TEST")
    again.params["one"][0].data[...] = 2
    np.testing.assert_array_equal(duplicate(again).params["one"][0].data, 2)


def test_a_copy_of_an_unused_net_takes_no_memory_for_gradients(duplicate):
    net = blobnet.Net(blobnet.parse_net(NET), "TEST", seed=1)
    other = duplicate(net)
    for blob in (*net.learnable_params, *other.learnable_params):
        assert not blob._diff_storage.allocated


def test_a_shallow_copy_uses_the_weights_of_the_net(net):
    other = copy.copy(net)
    net.params["conv"][0].data[...] = 4
    np.testing.assert_array_equal(other.params["conv"][0].data, 4)


def test_a_database_is_read_on_from_the_same_place(tmp_path, duplicate):
    labels = np.arange(9)
    write_lmdb(tmp_path / "db", np.ones((9, 2, 2), np.uint8), labels)
    net = blobnet.Net(
        blobnet.parse_net(f"""
            layer {{ name: "data" type: "Data" top: "data" top: "label"
                     data_param {{ source: "{tmp_path / "db"}" batch_size: 2 backend: LMDB }} }}
        """)
    )
    net.forward()
    other = duplicate(net)
    assert [list(made.forward()["label"]) for made in (other, net)] == [[2, 3]] * 2
    for made in (other, net):
        made.layers[0].close()


def test_what_an_iterable_has_handed_over_cannot_be_copied_and_that_is_said():
    net = blobnet.Net(
        blobnet.parse_net("""
            layer { name: "data" type: "MemoryData" top: "data" top: "label"
                    memory_data_param { batch_size: 1 channels: 1 height: 1 width: 1 } }
        """)
    )
    net.layers[0].set_iterable([(np.ones((1, 1, 1)), 3)], prefetch=0)
    with pytest.raises(LayerError, match="hand over the same data"):
        copy.deepcopy(net)


# --- blobs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [*WAYS, copy.copy], ids=["deepcopy", "pickle", "copy"])
def test_a_blob_can_be_copied(way):
    blob = Blob(2, 3)
    blob.data[...], blob.diff[...] = 1, 2
    other = way(blob)
    assert (other.shape, other.count) == ((2, 3), 6)
    other.data[...] = 5
    other.reshape(3, 2)  # the values are still those that were written
    np.testing.assert_array_equal(other.data, np.full((3, 2), 5))
    np.testing.assert_array_equal(other.diff, np.full((3, 2), 2))


@pytest.mark.parametrize("way", WAYS, ids=["deepcopy", "pickle"])
def test_blobs_that_share_memory_still_do_when_copied_together(way):
    one, two = Blob(2), Blob(2)
    two.share_data(one)
    one, two = way([one, two])
    one.data[...] = 4
    np.testing.assert_array_equal(two.data, 4)
