from __future__ import annotations

import copy
import pickle

import pytest

import blobnet

NET = """
    name: "small"
    layer { name: "d" type: "Input" top: "data" input_param { shape { dim: 4 dim: 3 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
      inner_product_param { num_output: 2 } }
"""


@pytest.fixture
def net():
    return blobnet.Net(blobnet.parse_net(NET), "TEST")


def test_a_name_that_is_missing_is_a_key_error_that_suggests(net):
    with pytest.raises(KeyError) as caught:
        net.blobs["dta"]
    assert isinstance(caught.value, blobnet.NetError)
    assert str(caught.value).splitlines() == [
        "no blob named 'dta'",
        "  expected: data, ip",
        "  fix:      did you mean data?",
    ]
    with pytest.raises(blobnet.NetError, match="no layer named 'i'"):
        net.params["i"]
    assert "dta" not in net.blobs
    assert net.blobs.get("dta") is None


def test_copies_find_by_name_too(net):
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert list(other.blobs) == ["data", "ip"]
        with pytest.raises(KeyError, match="did you mean ip"):
            other.params["ipp"]


def test_nets_layers_and_solvers_show_themselves(net, tmp_path):
    assert repr(net).splitlines() == [
        'Net "small", TEST: 2 layers, 8 weights',
        "  layer  type          bottom  top   shape  weights",
        "  d      Input                 data  4\u00d73",
        "  ip     InnerProduct  data    ip    4\u00d72          8",
    ]
    assert repr(net.layers[1]) == '<InnerProduct "ip", blobs_[0] 2\u00d73, blobs_[1] 2>'
    assert net._repr_html_().count("<tr>") == 3
    assert net.layers[1]._repr_html_().count("<tr>") == 3
    assert "<td" not in net.layers[0]._repr_html_()
    param = blobnet.parse_solver(
        f'base_lr: 0.5 lr_policy: "fixed" max_iter: 7 snapshot_prefix: "{tmp_path}/a" '
    )
    param.net_param.MergeFrom(blobnet.parse_net(NET))
    solver = blobnet.get_solver(param)
    assert repr(solver).splitlines()[0] == "SGDSolver: iteration 0 of 7, rate 0.5"


def test_a_layer_that_is_not_made_yet_shows_itself():
    class Mine(blobnet.Layer):
        def __init__(self):
            pass

    assert "Mine" in repr(Mine())
