from __future__ import annotations

import numpy as np

import blobnet
from blobnet.comparing.inputs import random_inputs, run

NET = """
layer { name: "i" type: "Input" top: "start" top: "im_info" top: "label" top: "scores"
  input_param { shape { dim: 1 dim: 3 dim: 40 dim: 50 } shape { dim: 1 dim: 3 }
    shape { dim: 8 } shape { dim: 8 dim: 4 } } }
layer { name: "r" type: "ReLU" bottom: "start" top: "y" }
"""


def test_images_are_drawn_labels_are_zero_sizes_are_sizes():
    net = blobnet.Net(blobnet.parse_net(NET), "TEST")
    made = random_inputs(net, 3)
    assert {name: values.shape for name, values in made.items()} == {
        name: net.blobs[name].shape for name in net.inputs
    }
    assert abs(made["start"].std() - 1) < 0.05
    assert made["im_info"].tolist() == [[40, 50, 1]]
    assert not made["label"].any()
    assert made["scores"].all()


def test_the_seed_decides():
    net = blobnet.Net(blobnet.parse_net(NET), "TEST")
    first, again, other = (random_inputs(net, seed)["start"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_an_input_may_have_any_name():
    net = blobnet.Net(blobnet.parse_net(NET), "TEST")
    inputs = random_inputs(net, 1)
    run(net, inputs)
    np.testing.assert_array_equal(net.blobs["y"].data, np.maximum(inputs["start"], 0))
