"""`propagate_down: false` stops a gradient, whatever memory the blobs of that layer share."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "h"
  inner_product_param { num_output: 4 weight_filler { type: "gaussian" std: 1 } } }
layer { name: "halves" type: "Slice" bottom: "h" top: "a" top: "b" }
%s
layer { name: "end" type: "Reduction" bottom: "b" top: "end"
  reduction_param { operation: SUMSQ } loss_weight: 0.5 }
"""
"""The gradient of the second half of "h" is "h" itself; that of the first is stopped between."""

SQUARES = """layer { name: "other" type: "Reduction" bottom: "%s" top: "other"
  reduction_param { operation: SUMSQ } loss_weight: 3 }"""

STOPS = {
    "Reshape": ('bottom: "a" top: "r"', "reshape_param { shape { dim: 0 dim: 1 dim: 2 } }"),
    "Flatten": ('bottom: "a" top: "r"', ""),
    "Concat": ('bottom: "a" top: "r"', ""),
    "Slice": ('bottom: "a" top: "r"', ""),
    "Split": ('bottom: "a" top: "r"', ""),
    "SharesAll": ('bottom: "a" top: "r"', ""),
    "Power": ('bottom: "a" top: "a"', "power_param { scale: 2 }"),
    "Sigmoid": ('bottom: "a" top: "a"', ""),
    "MVN": ('bottom: "a" top: "a"', ""),  # which makes four axes of two
    "CubeWhereItLies": ('bottom: "a" top: "a"', ""),
}


@blobnet.register_layer("SharesAll")
class SharesAll(blobnet.Layer):
    """A layer as users write them, whose top is its bottom."""

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])
        top[0].share_data(bottom[0])
        top[0].share_diff(bottom[0])

    def forward_cpu(self, bottom, top):
        pass

    def backward_cpu(self, top, propagate_down, bottom):
        pass


@blobnet.register_layer("CubeWhereItLies")
class CubeWhereItLies(blobnet.Layer):
    """A layer as users write them, who think of no memory at all."""

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = bottom[0].data ** 3

    def backward_cpu(self, top, propagate_down, bottom):
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff * 3 * bottom[0].data ** 2


def gradient_of_biases(between: str) -> tuple[np.ndarray, np.ndarray]:
    """What comes back to the biases of "ip", and what should: the second half of "h" alone."""
    net = blobnet.Net(blobnet.parse_net(NET % between), "TRAIN", seed=3, dtype="float64")
    x = np.random.default_rng(0).normal(size=(2, 3))
    for _ in range(2):
        net.clear_param_diffs()
        net.forward(x=x)
        net.backward()
    weight, bias = net.params["ip"]
    h = x @ weight.data.T + bias.data
    h[:, :2] = 0
    return bias.diff, h.sum(axis=0)


@pytest.mark.parametrize("read_by", ["a layer", "the loss itself"])
@pytest.mark.parametrize("type_name", STOPS)
def test_nothing_comes_through(type_name, read_by):
    blobs, more = STOPS[type_name]
    reader = SQUARES % blobs[-2] if read_by == "a layer" else ""
    if not reader:
        more += " loss_weight: 3"
    stop = f'layer {{ name: "stop" type: "{type_name}" {blobs} propagate_down: false {more} }}'
    found, expected = gradient_of_biases(stop + reader)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_nothing_comes_through_two_layers_in_place():
    """The lower one stops, the upper one needs a copy of its own, too."""
    stop = 'layer { name: "stop" type: "Sigmoid" bottom: "a" top: "a" propagate_down: false }'
    above = 'layer { name: "above" type: "CubeWhereItLies" bottom: "a" top: "a" }'
    found, expected = gradient_of_biases(stop + above + SQUARES % "a")
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_the_last_version_can_be_read_where_the_upper_layer_is_the_one_that_stops():
    cube = 'layer { name: "cube" type: "CubeWhereItLies" bottom: "a" top: "a" }'
    stop = 'layer { name: "stop" type: "Threshold" bottom: "a" top: "a" loss_weight: 1 }'
    text = "force_backward: true" + NET % (cube + stop)
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN", seed=3, dtype="float64")
    net.forward(x=np.random.default_rng(0).normal(size=(2, 3)))
    np.testing.assert_array_equal(net.blobs["a"].data, net.blobs["h"].data[:, :2] > 0)


def test_a_type_without_gradient_stops_it_where_all_are_forced():
    text = """force_backward: true
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 } } }
        layer { name: "twice" type: "Power" bottom: "x" top: "h" power_param { scale: 2 } }
        layer { name: "step" type: "Threshold" bottom: "h" top: "h" loss_weight: 5 }"""
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN")
    for _ in range(2):
        net.forward(x=[-1, 2, 3])
        assert net.loss == 10
        net.backward()
        np.testing.assert_array_equal(net.blobs["x"].diff, 0)


@pytest.mark.parametrize("type_name", ["ReLU", "Reshape"])
def test_a_weight_that_is_a_blob_gets_no_gradient_that_was_stopped(type_name):
    top = "w" if type_name == "ReLU" else "r"
    text = f"""
        layer {{ name: "w" type: "Parameter" top: "w" parameter_param {{ shape {{ dim: 3 }} }} }}
        layer {{ name: "stop" type: "{type_name}" bottom: "w" top: "{top}" propagate_down: false
          reshape_param {{ shape {{ dim: 3 }} }} }}
        layer {{ name: "learned" type: "Bias" bottom: "{top}" top: "b" bias_param {{ axis: 0 }} }}
        layer {{ name: "end" type: "Reduction" bottom: "b" top: "end" loss_weight: 1 }}"""
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN")
    net.params["w"][0].data[...] = [1, 2, 3]
    net.forward()
    net.backward()
    np.testing.assert_array_equal(net.params["learned"][0].diff, 1)
    np.testing.assert_array_equal(net.params["w"][0].diff, 0)


def test_nothing_is_copied_where_no_gradient_comes_from_above():
    text = (
        NET
        % """
        layer { name: "flat" type: "Flatten" bottom: "a" top: "f" }
        layer { name: "best" type: "ArgMax" bottom: "f" top: "best" }"""
    )
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN")
    assert not any(wired.private_blobs for wired in net.wired)
