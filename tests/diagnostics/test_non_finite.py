import numpy as np
import pytest

from blobnet import Net, parse_net
from blobnet.diagnostics.non_finite import first_non_finite
from blobnet.ops.overflow import overflow_allowed

NET = """
    layer { name: "data" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
    layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
      inner_product_param { num_output: 2 weight_filler { type: "constant" value: 1 } } }
    layer { name: "power1" type: "Power" bottom: "ip1" top: "ip1" power_param { power: 0.5 } }
    layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
      inner_product_param { num_output: 2 weight_filler { type: "constant" value: 1 } } }
"""


@pytest.fixture
def net():
    return Net(parse_net(NET), phase="TRAIN")


def run(net, x):
    net.blobs["x"].data[...] = x
    with overflow_allowed():
        net.forward()
    return first_non_finite(net)


def test_nothing_is_said_where_all_is_finite(net):
    assert run(net, 1) is None


def test_the_data_are_blamed_for_their_own_values(net):
    x = np.ones((2, 3), np.float32)
    x[1, 0] = np.inf
    expected = 'top "x" of Input layer "data": 1 of 6 values not finite, the first inf at (1, 0)'
    assert run(net, x) == expected


def test_weights_come_before_what_is_made_of_them(net):
    net.params["ip1"][0].data[0, 1] = np.nan
    assert run(net, 1) == (
        'blobs_[0] (the weights) of InnerProduct layer "ip1": 1 of 6 values not finite, '
        "the first nan at (0, 1)"
    )


def test_a_layer_that_worked_in_place_is_a_suspect_too(net):
    """What was in the blob before it has been overwritten, so nobody can tell any more."""
    said = run(net, -1)  # the root of -3
    assert said.startswith('top "ip1" of InnerProduct layer "ip1" or Power layer "power1": 4 of 4')


def test_layers_further_down_are_no_suspects(net):
    net.params["ip2"][0].data[...] = 3e38
    assert run(net, 1e10).startswith('top "ip2" of InnerProduct layer "ip2": 4 of 4')


def test_a_single_number_has_no_position(net):
    loss = """
        layer { name: "loss" type: "EuclideanLoss" bottom: "ip2" bottom: "ip1" top: "loss" }
    """
    net = Net(parse_net(NET + loss), phase="TRAIN")
    net.params["ip2"][0].data[...] = 1e30
    assert run(net, 1) == (
        'top "loss" of EuclideanLoss layer "loss": 1 of 1 values not finite, the first inf at ()'
    )
