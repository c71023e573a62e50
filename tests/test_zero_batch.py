"""Batches without any item, as Filter makes them: every layer type lets them through."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.test_recordings import assert_same, bottom_blob, numbered, recordings_of_known_types

FIRST_AXIS_IS_NO_BATCH = {
    *("LSTM", "LSTMUnit", "RNN", "CtcLoss"),
    *("BatchReindex", "Parameter", "ContinuationIndicator", "DetectionEvaluate", "DetectionOutput"),
}
"""Time steps, which may not change; or items that an index asks for; lists; no bottom at all."""

NET = """
    layer { name: "in" type: "Input" top: "all" top: "all_labels" top: "selector"
            input_param { shape { dim: 4 dim: 3 dim: 9 dim: 8 } shape { dim: 4 }
                          shape { dim: 4 dim: 1 } } }
    layer { name: "sieve" type: "Filter" bottom: "all" bottom: "all_labels" bottom: "selector"
            top: "data" top: "label" }
    layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
            convolution_param { num_output: 6 kernel_size: 3 pad: 1 FILLERS } }
    layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
    layer { name: "norm1" type: "LRN" bottom: "conv1" top: "norm1"
            lrn_param { local_size: 3 alpha: 0.5 } }
    layer { name: "norm2" type: "LRN" bottom: "norm1" top: "norm2"
            lrn_param { local_size: 3 alpha: 0.5 norm_region: WITHIN_CHANNEL } }
    layer { name: "pool1" type: "Pooling" bottom: "norm2" top: "pool1" top: "mask"
            pooling_param { kernel_size: 3 stride: 2 } }
    layer { name: "quiet" type: "Silence" bottom: "mask" }
    layer { name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2"
            convolution_param { num_output: 6 kernel_size: 2 stride: 2 group: 3 FILLERS } }
    layer { name: "pool2" type: "Pooling" bottom: "pool1" top: "pool2"
            pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
    layer { name: "sum" type: "Eltwise" bottom: "conv2" bottom: "pool2" top: "sum" }
    layer { name: "max" type: "Eltwise" bottom: "conv2" bottom: "pool2" top: "max"
            eltwise_param { operation: MAX } }
    layer { name: "cat" type: "Concat" bottom: "sum" bottom: "max" top: "cat" }
    layer { name: "scale" type: "Scale" bottom: "cat" top: "cat" scale_param { bias_term: true } }
    layer { name: "cut" type: "Slice" bottom: "cat" top: "left" top: "right"
            slice_param { slice_point: 5 } }
    layer { name: "tanh" type: "TanH" bottom: "left" top: "left" }
    layer { name: "sigmoid" type: "Sigmoid" bottom: "right" top: "right" }
    layer { name: "again" type: "Concat" bottom: "left" bottom: "right" top: "again" }
    layer { name: "drop" type: "Dropout" bottom: "again" top: "again" }
    layer { name: "power" type: "Power" bottom: "again" top: "power"
            power_param { power: 2 scale: 0.5 shift: 1 } }
    layer { name: "shape" type: "Reshape" bottom: "power" top: "shape"
            reshape_param { shape { dim: 0 dim: -1 } } }
    layer { name: "flat" type: "Flatten" bottom: "power" top: "flat" }
    layer { name: "tile" type: "Tile" bottom: "flat" top: "tile" tile_param { tiles: 2 } }
    layer { name: "ip1" type: "InnerProduct" bottom: "shape" top: "ip1"
            inner_product_param { num_output: 5 FILLERS } }
    layer { name: "ip2" type: "InnerProduct" bottom: "tile" top: "ip2"
            inner_product_param { num_output: 5 FILLERS } }
    layer { name: "prob" type: "Softmax" bottom: "ip2" top: "prob" }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip1" bottom: "label" top: "loss" }
    layer { name: "near" type: "EuclideanLoss" bottom: "ip1" bottom: "prob" top: "near" }
    layer { name: "small" type: "Reduction" bottom: "prob" top: "small" loss_weight: 0.1
            reduction_param { operation: SUMSQ } }
    layer { name: "accuracy" type: "Accuracy" bottom: "ip1" bottom: "label" top: "accuracy" }
    layer { name: "best" type: "ArgMax" bottom: "ip1" top: "best" }
""".replace("FILLERS", 'weight_filler { type: "xavier" } bias_filler { value: 0.1 }')


def make_net() -> blobnet.Net:
    return blobnet.Net(blobnet.parse_net("force_backward: true" + NET), phase="TRAIN")


def feed(net, images, labels, selector):
    for name, values in (("all", images), ("all_labels", labels), ("selector", selector)):
        net.blobs[name].reshape(len(values), *net.blobs[name].shape[1:])
        net.blobs[name].data[...] = np.reshape(values, net.blobs[name].shape)


def diffs(net):
    return [blob.diff.copy() for blob in net.learnable_params]


@pytest.fixture
def images(rng):
    return rng.normal(size=(4, 3, 9, 8))


LABELS = np.array([0, 3, 1, 4])


@pytest.mark.parametrize("debug_info", [False, True])
def test_a_net_computes_nothing_from_nothing(images, debug_info):
    net = make_net()
    net.debug_info = debug_info
    feed(net, images, LABELS, [0, 0, 0, 0])
    net.blobs["all"].diff[...] = 77
    net.clear_param_diffs()
    assert net.forward_backward() == 0
    for name in ("loss", "near", "small", "accuracy"):
        assert net.blobs[name].data == 0
    for name in ("data", "conv1", "pool2", "cat", "ip1", "best"):
        assert net.blobs[name].shape[0] == 0
    assert not any(diff.any() for diff in diffs(net))
    assert not net.blobs["all"].diff.any()


def test_after_an_empty_batch_a_net_goes_on_as_if_nothing_had_been(images):
    net, reference = make_net(), make_net()
    reference.share_with(net)
    feed(net, images, LABELS, [0, 0, 0, 0])
    net.forward_backward()
    feed(net, images, LABELS, [0, 1, 0, 1])
    feed(reference, images[1::2], LABELS[1::2], [1, 1])
    reference.set_state(net.get_state())
    losses, gradients = [], []
    for each in (net, reference):
        each.clear_param_diffs()
        losses.append(each.forward_backward())
        gradients.append(diffs(each))
    assert losses[0] == losses[1] > 0
    for actual, expected in zip(*gradients, strict=True):
        assert expected.any()
        np.testing.assert_array_equal(actual, expected)
    np.testing.assert_array_equal(net.blobs["all"].diff[::2], 0)
    np.testing.assert_array_equal(net.blobs["all"].diff[1::2], reference.blobs["all"].diff)


def recordings_of_batches():
    return [
        path
        for path in recordings_of_known_types()
        if path.parent.name not in FIRST_AXIS_IS_NO_BATCH
    ]


def behind_a_filter(values):
    """The recorded net with a Filter between its inputs and the layer; names of these inputs."""
    recorded = blobnet.parse_net(str(values["prototxt"]))
    inputs = [layer for layer in recorded.layer if layer.type == "Input"]
    others = [layer for layer in recorded.layer if layer.type != "Input"]
    num = values["bottom_0"].shape[0]
    net = blobnet.parse_net(
        'layer { name: "selector" type: "Input" top: "selector"'
        f" input_param {{ shape {{ dim: {num} }} }} }}"
        ' layer { name: "sieve" type: "Filter" }'
    )
    net.force_backward = recorded.force_backward
    sieve = net.layer.pop()
    sources = {}
    for layer in inputs:
        (name,) = layer.top
        sources[name] = name
        if values[f"bottom_{name[1:]}"].shape[:1] == (num,):
            sources[name] = layer.top[0] = f"all_{name}"
            sieve.bottom.append(f"all_{name}")
            sieve.top.append(name)
    sieve.bottom.append("selector")
    net.layer.extend([*inputs, sieve, *others])
    return net, sources


@pytest.mark.parametrize(
    "path", recordings_of_batches(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_layer_takes_an_empty_batch_and_then_a_full_one(path):
    with np.load(path) as recording:
        values = dict(recording)
    definition, sources = behind_a_filter(values)
    net = blobnet.Net(definition, phase=str(values["phase"]))
    for i, array in numbered(values, "bottom_"):
        blob = net.blobs[sources[f"x{i}"]]
        blob.reshape(array.shape)
        blob.data[...] = array
    layer = net.layers[net.layer_names.index("it")]
    for i, array in numbered(values, "param_"):
        layer.blobs_[i].data[...] = array
    stored = [blob.data.copy() for blob in layer.blobs_]

    net.blobs["selector"].data[...] = 0
    net.clear_param_diffs()
    forward_and_backward(net, values)
    assert net.loss == 0
    assert all(np.isfinite(blob.data).all() for blob in [*net.blobs.values(), *layer.blobs_])
    assert not any(blob.diff.any() for blob in layer.blobs_)

    for blob, before in zip(layer.blobs_, stored, strict=True):
        blob.data[...] = before
    net.blobs["selector"].data[...] = 1
    net.clear_param_diffs()
    forward_and_backward(net, values)
    assert_same(values, "top_", lambda i: net.blobs[f"t{i}"].data)
    assert_same(values, "bottom_diff_", lambda i: bottom_blob(net, i).diff)
    assert_same(values, "param_diff_", lambda i: layer.blobs_[i].diff)


def forward_and_backward(net, values):
    net.forward()
    for i, diff in numbered(values, "top_diff_"):
        top = net.blobs[f"t{i}"]
        top.diff[...] = diff if top.shape == diff.shape else 1
    net.backward()


IMAGES, ROWS, LABEL = (0, 3, 6, 6), (0, 5), (0,)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize(
    ("prototxt", "shapes"),
    [
        ('type: "Pooling" pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }', [IMAGES]),
        ('type: "Pooling" pooling_param { pool: MAX global_pooling: true }', [IMAGES]),
        ('type: "Dropout"', [IMAGES]),
        ('type: "Softmax" softmax_param { axis: 0 }', [ROWS]),
        ('type: "ReLU" relu_param { negative_slope: 0.1 }', [ROWS]),
        ('type: "Power" power_param { power: -1.5 }', [ROWS]),
        ('type: "Scale"', [ROWS]),
        ('type: "Scale" scale_param { axis: 0 }', [ROWS, ROWS]),
        ('type: "Scale" scale_param { num_axes: 0 bias_term: true }', [ROWS]),
        (
            'type: "Eltwise" eltwise_param { operation: PROD stable_prod_grad: false }',
            [ROWS, ROWS, ROWS],
        ),
        ('type: "SoftmaxWithLoss" loss_param { normalization: VALID }', [ROWS, LABEL]),
        ('type: "SoftmaxWithLoss" loss_param { normalization: FULL }', [ROWS, LABEL]),
        ('type: "SoftmaxWithLoss" loss_param { normalization: BATCH_SIZE }', [ROWS, LABEL]),
        ('type: "SoftmaxWithLoss" loss_param { normalization: NONE }', [ROWS, LABEL]),
        ('type: "SoftmaxWithLoss" loss_param { ignore_label: 1 }', [(0, 5, 2, 2), (0, 2, 2)]),
        ('type: "Accuracy" accuracy_param { ignore_label: 1 }', [ROWS, LABEL]),
        ('type: "EuclideanLoss"', [ROWS, ROWS]),
    ],
)
def test_settings_that_no_recording_has(prototxt, shapes, phase):
    run = run_layer(prototxt, *map(np.empty, shapes), phase=phase)
    assert all(np.isfinite(top.data).all() for top in run.top)
    run.backward()
    assert not any(blob.diff.any() for blob in run.layer.blobs_)
