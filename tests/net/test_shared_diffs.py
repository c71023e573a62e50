"""Diffs that share memory: the same training, in less of it."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from benchmarks.nets import googlenet
from benchmarks.steps import lenet_net, make_solver
from tests.own_layers import registers_as_before

RESIDUAL = """
name: "residual"
force_backward: true
layer { name: "data" type: "Input" top: "data" top: "label"
  input_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 } shape { dim: 4 } } }
layer { name: "first" type: "Convolution" bottom: "data" top: "first"
  convolution_param { num_output: 6 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
layer { name: "norm" type: "BatchNorm" bottom: "first" top: "first" }
layer { name: "scale" type: "Scale" bottom: "first" top: "first" scale_param { bias_term: true } }
layer { name: "relu" type: "ReLU" bottom: "first" top: "first" }
layer { name: "second" type: "Convolution" bottom: "first" top: "second"
  convolution_param { num_output: 6 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
layer { name: "square" type: "Power" bottom: "second" top: "second" power_param { power: 2 } }
layer { name: "sum" type: "Eltwise" bottom: "first" bottom: "second" top: "sum" }
layer { name: "cut" type: "Slice" bottom: "sum" top: "left" top: "right" }
layer { name: "flat" type: "Reshape" bottom: "left" top: "flat"
  reshape_param { shape { dim: 0 dim: -1 } } }
layer { name: "scores" type: "InnerProduct" bottom: "flat" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "msra" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss" top: "p" }
layer { name: "size" type: "Reduction" bottom: "first" top: "size" loss_weight: 0.01
  reduction_param { operation: SUMSQ } }
layer { name: "quiet" type: "Silence" bottom: "right" bottom: "p" }
"""


def residual():
    return blobnet.parse_net(RESIDUAL)


def solver_of(definition, classes=5):
    solver = make_solver(definition, base_lr=0.01, momentum=0.9)
    fill(solver.net, classes)
    return solver


def fill(net, classes):
    rng = np.random.default_rng(5)
    net.blobs["data"].data[...] = rng.normal(size=net.blobs["data"].shape)
    net.blobs["label"].data[...] = rng.integers(classes, size=net.blobs["label"].shape)


def memory_of_diffs(net):
    storages = {id(blob.diff_storage): blob.diff_storage for one in net.wired for blob in one.top}
    return sum(storage.capacity for storage in storages.values() if storage.allocated)


def assert_same_weights(net, other):
    for name, blobs in net.params.items():
        for blob, same in zip(blobs, other.params[name], strict=True):
            np.testing.assert_array_equal(blob.data, same.data, name)
            np.testing.assert_array_equal(blob.diff, same.diff, name)


@pytest.mark.parametrize(
    ("make", "share"),
    [(residual, 0.6), (lambda: lenet_net(2), 0.8), (lambda: googlenet(1, train=True), 0.25)],
    ids=["residual", "lenet", "googlenet"],
)
def test_a_training_comes_to_the_same_weights(make, share):
    plain, shared = solver_of(make()), solver_of(make())
    shared.net.share_diffs()
    for solver in (plain, shared):
        solver.step(2)
    assert_same_weights(plain.net, shared.net)
    assert memory_of_diffs(shared.net) < share * memory_of_diffs(plain.net)


def test_inputs_keep_their_gradients():
    plain, shared = (blobnet.Net(residual(), "TRAIN", seed=1) for _ in range(2))
    shared.share_diffs()
    for net in (plain, shared):
        fill(net, 5)
        net.forward_backward()
    assert plain.blobs["data"].diff.any()
    np.testing.assert_array_equal(plain.blobs["data"].diff, shared.blobs["data"].diff)


def test_other_sizes_share_anew():
    plain, shared = (blobnet.Net(residual(), "TRAIN", seed=1) for _ in range(2))
    shared.share_diffs()
    for images in (4, 7, 2, 7):
        for net in (plain, shared):
            net.blobs["data"].reshape(images, 3, 8, 8)
            net.blobs["label"].reshape(images)
            fill(net, 5)
            net.clear_param_diffs()
            net.forward_backward()
        assert_same_weights(plain, shared)


@pytest.fixture
def _registers_as_before():
    with registers_as_before():
        yield


@pytest.mark.usefixtures("_registers_as_before")
def test_what_a_layer_of_ones_own_leaves_of_a_gradient_stays():
    """It writes the first half; of the other one it expects what Caffe leaves there: 0."""

    @blobnet.register_layer("WritesHalf")
    class WritesHalf(blobnet.Layer):
        def reshape(self, bottom, top):
            top[0].reshape_like(bottom[0])

        def forward_cpu(self, bottom, top):
            top[0].data[...] = bottom[0].data

        def backward_cpu(self, top, propagate_down, bottom):
            bottom[0].diff[:2] = top[0].diff[:2]

    text = (
        RESIDUAL.replace('type: "Power"', 'type: "WritesHalf"')
        .replace("power_param { power: 2 }", "")
        .replace('bottom: "second" top: "second"', 'bottom: "second" top: "half"')
        .replace(
            'bottom: "first" bottom: "second" top: "sum"',
            'bottom: "first" bottom: "half" top: "sum"',
        )
    )
    plain, shared = (solver_of(blobnet.parse_net(text)) for _ in range(2))
    shared.net.share_diffs()
    for solver in (plain, shared):
        solver.step(2)
    assert_same_weights(plain.net, shared.net)
