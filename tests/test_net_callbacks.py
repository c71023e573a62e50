from __future__ import annotations

import numpy as np
import pytest

import blobnet

NET = """
    layer { name: "data" type: "DummyData" top: "x" dummy_data_param { shape { dim: 2 dim: 3 }
      data_filler { type: "gaussian" std: 1 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
      inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
    layer { name: "relu" type: "ReLU" bottom: "ip" top: "ip" }
    layer { name: "loss" type: "Reduction" bottom: "ip" top: "loss" loss_weight: 1 }
"""


@pytest.fixture
def net():
    return blobnet.Net(blobnet.parse_net(NET), phase="TRAIN", seed=3)


def test_every_layer_is_announced_and_reported_in_the_order_in_which_it_runs(net):
    seen = []
    for when in ("before_forward", "after_forward", "before_backward", "after_backward"):
        getattr(net.callbacks, when).append(lambda i, when=when: seen.append((when, i)))
    net.forward_backward()
    forward = [(when, i) for i in range(4) for when in ("before_forward", "after_forward")]
    backward = [(when, i) for i in (3, 2, 1, 0) for when in ("before_backward", "after_backward")]
    assert seen == forward + backward


def test_positions_are_those_of_the_net_where_only_a_part_runs(net):
    forward, backward = [], []
    net.callbacks.after_forward.append(forward.append)
    net.callbacks.before_backward.append(backward.append)
    net.forward(start="ip", end="relu")
    net.backward(start="relu", end="ip")
    assert (forward, backward) == ([1, 2], [2, 1])


def test_what_a_layer_in_place_overwrites_can_be_seen_before(net):
    values, diffs = {}, {}
    blob = net.blobs["ip"]
    net.callbacks.after_forward.append(lambda i: values.update({i: blob.data.copy()}))
    net.callbacks.before_backward.append(lambda i: diffs.update({i: blob.diff.copy()}))
    net.forward_backward()
    sums, cut = values[1], values[2]
    assert sums.min() < 0 < sums.max()
    np.testing.assert_array_equal(cut, np.maximum(sums, 0))
    np.testing.assert_array_equal(diffs[2], np.ones((2, 4)))  # before the ReLU's backward
    np.testing.assert_array_equal(diffs[1], sums > 0)  # and after it


def test_several_functions_are_called_in_the_order_in_which_they_came(net):
    called = []
    net.callbacks.after_forward += [
        lambda i: called.append(("first", i)),
        lambda i: called.append(("second", i)),
    ]
    net.forward(end="data")
    assert called == [("first", 0), ("second", 0)]
