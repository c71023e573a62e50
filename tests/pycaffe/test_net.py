"""Net by pycaffe's names: the constructors, what they raise, running, saving, positions."""

from __future__ import annotations

import pickle
from collections import OrderedDict

import numpy as np
import pytest

import blobnet
from blobnet import pycaffe as caffe
from blobnet.pycaffe.errors import CaffeError

PYCAFFES_NAMES = [
    "_backward",
    "_batch",
    "_blob_loss_weights",
    "_blob_names",
    "_blobs",
    "_bottom_ids",
    "_forward",
    "_inputs",
    "_layer_names",
    "_outputs",
    "_set_input_arrays",
    "_top_ids",
    "after_backward",
    "after_forward",
    "backward",
    "before_backward",
    "before_forward",
    "blob_loss_weights",
    "blobs",
    "bottom_names",
    "clear_param_diffs",
    "copy_from",
    "forward",
    "forward_all",
    "forward_backward_all",
    "inputs",
    "layer_dict",
    "layers",
    "load_hdf5",
    "outputs",
    "params",
    "reshape",
    "save",
    "save_hdf5",
    "set_input_arrays",
    "share_with",
    "top_names",
]


@pytest.fixture
def net(net_file):
    return caffe.Net(net_file, caffe.TEST)


# --- made and refused -----------------------------------------------------------------------------


def test_every_name_of_pycaffe_is_there(net):
    assert len(PYCAFFES_NAMES) == 37
    assert [name for name in PYCAFFES_NAMES if not hasattr(net, name)] == []


def test_it_is_a_net_of_blobnet_as_well(net):
    assert isinstance(net, blobnet.Net)


def test_keywords_and_none(net_file):
    net = caffe.Net(network_file=net_file, phase=caffe.TRAIN, level=0, stages=None, weights=None)
    assert net.phase == caffe.TRAIN


def test_the_form_of_old_scripts(net, net_file, tmp_path, warnings):
    path = str(tmp_path / "small.caffemodel")
    net.save(path)
    made = []
    told = warnings(lambda: made.append(caffe.Net(net_file, path, caffe.TEST)))
    assert told[0].startswith("DEPRECATION WARNING")
    assert told[2] == f"Net('{net_file}', {caffe.TEST}, weights='{path}')"
    assert (made[0].params["ip"][0].data == net.params["ip"][0].data).all()
    assert made[0].phase == caffe.TEST


@pytest.mark.parametrize(
    "call",
    [
        lambda net, net_file: caffe.Net("no.prototxt", caffe.TEST),
        lambda net, net_file: caffe.Net(net_file, caffe.TEST, weights="no.caffemodel"),
        lambda net, net_file: caffe.Net(net_file, "no.caffemodel", caffe.TEST),
        lambda net, net_file: net.copy_from("no.caffemodel"),
        lambda net, net_file: net.load_hdf5("no.h5"),
        lambda net, net_file: caffe.SGDSolver("no.prototxt"),
        lambda net, net_file: caffe.get_solver("no.prototxt"),
    ],
)
def test_a_missing_file_is_a_runtime_error(call, net, net_file):
    with pytest.raises(RuntimeError, match=r"^Could not open file no\.") as caught:
        call(net, net_file)
    assert isinstance(caught.value, blobnet.BlobnetError)


LEVELS = """
    state { level: 3 }
    layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 1 } }
            include { min_level: 1 } }
    layer { name: "b" type: "Input" top: "b" input_param { shape { dim: 1 } }
            include { min_level: 0 } }
    layer { name: "c" type: "Input" top: "c" input_param { shape { dim: 1 } }
            include { stage: "deploy" } }
"""


@pytest.mark.parametrize(
    ("options", "blobs"),
    [
        ({}, ["b"]),
        ({"level": 1}, ["a", "b"]),
        ({"stages": ["deploy"]}, ["b", "c"]),
    ],
)
def test_the_level_is_the_callers_never_the_definitions(options, blobs, tmp_path):
    path = tmp_path / "levels.prototxt"
    path.write_text(LEVELS)
    net = caffe.Net(str(path), 1, **options)
    assert list(net.blobs) == blobs
    assert list(pickle.loads(pickle.dumps(net)).blobs) == blobs


# --- run ------------------------------------------------------------------------------------------


def test_none_is_as_if_left_out(net):
    assert list(net.forward(blobs=None, start=None, end=None)) == ["prob"]
    assert list(net.backward(diffs=None)) == ["data"]


def test_what_does_not_fit_the_inputs(net):
    with pytest.raises(Exception, match=r"^Input blob arguments do not match net inputs"):
        net.forward(dat=np.zeros((4, 3)))
    with pytest.raises(Exception, match=r"^Input is not batch sized"):
        net.forward(data=np.zeros((5, 3)))
    with pytest.raises(Exception, match=r"^Top diff arguments do not match net outputs"):
        net.backward(loss=np.zeros((4, 2)))
    with pytest.raises(Exception, match=r"^Diff is not batch sized"):
        net.backward(prob=np.zeros((5, 2)))


@pytest.mark.parametrize("count", [3, 4, 8, 10])
def test_forward_all_gives_what_single_items_give(count, net, rng):
    items = rng.normal(size=(count, 3)).astype(np.float32)
    weights, bias = (blob.data for blob in net.params["ip"])
    ip = np.maximum(items @ weights.T + bias, 0)
    prob = np.exp(ip) / np.exp(ip).sum(1, keepdims=True)
    found = net.forward_all(blobs=["ip"], data=items)
    np.testing.assert_allclose(found["ip"], ip, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["prob"], prob, rtol=1e-5)


def test_forward_backward_all_cuts_both_alike(net, rng):
    items, diffs = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    values, gradients = net.forward_backward_all(diffs=["ip"], data=items, prob=diffs)
    net.blobs["data"].reshape(6, 3)
    np.testing.assert_allclose(values["prob"], net.forward(data=items)["prob"], rtol=1e-5)
    alone = net.backward(["ip"], prob=diffs)
    np.testing.assert_allclose(gradients["data"], alone["data"], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(gradients["ip"], alone["ip"], rtol=1e-4, atol=1e-6)


def test_what_cannot_be_cut_into_batches(net):
    with pytest.raises(blobnet.NetError, match="nothing to run over"):
        net.forward_all()
    with pytest.raises(blobnet.NetError, match="different length"):
        net.forward_backward_all(data=np.zeros((4, 3)), prob=np.zeros((5, 2)))
    with pytest.raises(blobnet.NetError, match="runs over inputs"):
        net.forward_backward_all(loss=np.zeros((4, 3)))


def test_callbacks_get_the_layers_index(net):
    calls = []
    net.before_forward(lambda i: calls.append(("bf", i)))
    net.after_forward(lambda i: calls.append(("af", i)))
    net.before_backward(lambda i: calls.append(("bb", i)))
    net.after_backward(lambda i: calls.append(("ab", i)))
    net._forward(1, 2)
    net._backward(2, 2)
    assert calls == [("bf", 1), ("af", 1), ("bf", 2), ("af", 2), ("bb", 2), ("ab", 2)]


def test_arrays_for_memory_data(tmp_path, net):
    path = tmp_path / "memory.prototxt"
    path.write_text("""layer { name: "m" type: "MemoryData" top: "data" top: "label"
        memory_data_param { batch_size: 2 channels: 1 height: 1 width: 3 } }""")
    memory = caffe.Net(str(path), caffe.TEST)
    data = np.arange(12, dtype=np.float32).reshape(4, 1, 1, 3)
    memory.set_input_arrays(data, np.float32([5, 6, 7, 8]))
    memory.forward()
    assert (memory.forward()["data"] == data[2:]).all()
    assert list(memory.blobs["label"].data) == [7, 8]
    with pytest.raises(RuntimeError, match="multiple of batch size"):
        memory.set_input_arrays(data[:3], np.float32([5, 6, 7]))
    with pytest.raises(RuntimeError, match="first layer is a MemoryDataLayer"):
        net.set_input_arrays(data, np.float32([5, 6, 7, 8]))


# --- weights --------------------------------------------------------------------------------------


def test_save_is_always_binary_and_save_hdf5_never(net, net_file, tmp_path):
    net.save(tmp_path / "x.h5")
    net.save_hdf5(tmp_path / "x.caffemodel")
    assert (tmp_path / "x.h5").read_bytes()[:4] != b"\x89HDF"
    assert (tmp_path / "x.caffemodel").read_bytes()[:4] == b"\x89HDF"
    for load in ("copy_from", "load_hdf5"):
        other = caffe.Net(net_file, caffe.TEST)
        getattr(other, load)(str(tmp_path / "x.caffemodel"))
        assert (other.params["ip"][0].data == net.params["ip"][0].data).all()


# --- names and positions --------------------------------------------------------------------------


def test_dicts_are_ordered_dicts(net):
    assert net.top_names == OrderedDict(
        [("input", ["data"]), ("ip", ["ip"]), ("relu", ["ip"]), ("prob", ["prob"])]
    )
    assert net.bottom_names["relu"] == ["ip"]
    assert isinstance(net.blobs, OrderedDict)
    assert isinstance(net.params, OrderedDict)
    assert list(net.layer_dict.items()) == [*zip(net._layer_names, net.layers, strict=True)]


def test_positions(net):
    assert net._blob_names == ["data", "ip", "prob"]
    assert net._blobs == list(net.blobs.values())
    assert (net._inputs, net._outputs) == ([0], [2])
    assert (net._bottom_ids(3), net._top_ids(3), net._top_ids(2)) == ([1], [2], [1])


def test_loss_weights_of_blobs(solver_file):
    net = caffe.SGDSolver(solver_file()).net
    assert net.blob_loss_weights == {"data": 0, "target": 0, "ip": 0, "loss": 1}
    assert net._blob_loss_weights == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("ask", "hint"),
    [
        (lambda net: net.blobs["dta"], "no blob named 'dta'\n.*data, ip, prob\n.*mean data"),
        (lambda net: net.params["pi2"], "no layer named 'pi2'"),
        (lambda net: net.layer_dict["prb"], "no layer named 'prb'(.*\n)*.*mean prob"),
        (lambda net: net.forward(end="prb"), "no layer named 'prb'(.*\n)*.*mean prob"),
        (lambda net: net.forward(["prb"]), "no blob named 'prb'"),
    ],
)
@pytest.mark.parametrize("kind", [KeyError, ValueError, blobnet.NetError])
def test_a_name_that_is_missing_suggests_the_nearest(ask, hint, kind, net):
    with pytest.raises(kind) as caught:
        ask(net)
    caught.match(hint)


def test_get_and_in_are_those_of_a_dict(net):
    assert net.blobs.get("dta") is None
    assert "dta" not in net.blobs


def test_a_blob_takes_notes(net):
    net.blobs["data"].seen = 3
    net.params["ip"][0].seen = 4
    assert (net.blobs["data"].seen, net.params["ip"][0].seen) == (3, 4)


def test_a_pickled_net_is_one_of_pycaffe(net, rng):
    items = rng.normal(size=(4, 3))
    copy = pickle.loads(pickle.dumps(net))
    assert type(copy) is caffe.Net
    assert (copy.forward(data=items)["prob"] == net.forward(data=items)["prob"]).all()


def test_caffe_error_is_both():
    assert issubclass(CaffeError, RuntimeError)
    assert issubclass(CaffeError, blobnet.BlobnetError)
