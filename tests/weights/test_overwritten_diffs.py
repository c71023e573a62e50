"""Gradients that backward writes instead of adding them: the same bits, and nothing stale."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet

TEXT = """
force_backward: true
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 3 dim: 4 } } }
layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1"
        inner_product_param { num_output: 5 weight_filler { type: "gaussian" } } }
layer { name: "frozen" type: "InnerProduct" bottom: "ip1" top: "frozen" param { lr_mult: 0 }
        inner_product_param { num_output: 2 weight_filler { type: "gaussian" } } }
layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 3 dim: 2 } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "frozen" bottom: "label" top: "loss" }
"""


def make(text: str = TEXT) -> blobnet.Net:
    net = blobnet.Net(blobnet.parse_net(text), seed=1)
    rng = np.random.default_rng(2)
    for name in net.inputs:
        net.blobs[name].data[...] = rng.normal(size=net.blobs[name].shape)
    return net


def gradients(net: blobnet.Net) -> list[bytes]:
    return [blob.diff.tobytes() for blob in net.learnable_params]


@pytest.mark.parametrize("old", [0, 7, np.nan])
def test_what_is_written_is_what_would_be_added_to_zeros(old):
    one, other = make(), make()
    for net in (one, other):
        for blob in net.learnable_params:
            blob.diff[...] = old
    one.clear_param_diffs()
    other.clear_param_diffs(before_backward=True)
    for net in (one, other):
        net.forward_backward()
    assert gradients(one) == gradients(other)


def test_the_backward_after_it_adds_again():
    net = make()
    net.clear_param_diffs(before_backward=True)
    net.forward_backward()
    once = net.params["ip1"][0].diff.copy()
    net.forward_backward()
    np.testing.assert_allclose(net.params["ip1"][0].diff, 2 * once, rtol=1e-6)


def test_clearing_without_a_backward_to_follow_writes_all_zeros_and_lets_it_add():
    net = make()
    net.forward_backward()
    net.clear_param_diffs(before_backward=True)
    net.clear_param_diffs()
    assert not any(blob.diff.any() for blob in net.learnable_params)
    net.params["ip1"][0].diff[...] = 1
    net.forward_backward()
    assert net.layers[1].accumulate
    fresh = make()
    fresh.forward_backward()
    np.testing.assert_allclose(
        net.params["ip1"][0].diff, 1 + fresh.params["ip1"][0].diff, rtol=1e-6
    )


def test_a_weight_that_gets_no_gradient_is_cleared():
    net = make(TEXT.replace("force_backward: true", ""))
    weight = net.params["frozen"][0]
    weight.diff[...] = 5
    net.clear_param_diffs(before_backward=True)
    assert not weight.diff.any()
    net.forward_backward()
    assert not weight.diff.any()


def test_a_layer_that_never_goes_back_is_cleared():
    text = TEXT.replace("force_backward: true", "")
    net = make(text.replace('top: "loss" }', 'top: "loss" loss_weight: 0 }'))
    for blob in net.learnable_params:
        blob.diff[...] = 5
    net.clear_param_diffs(before_backward=True)
    assert not any(blob.diff.any() for blob in net.learnable_params)
