"""The public Caffe nets: published shapes and sizes, one pass each way, weights by name."""

from __future__ import annotations

import logging

import numpy as np
import pytest

import blobnet
from benchmarks.fcn8s import UPSAMPLING, interpolate
from benchmarks.nets import NETS
from blobnet.proto import NetParameter

# What was published for each net: the number of its weights, without BatchNorm's statistics.
NUMBER_OF_WEIGHTS = {
    "alexnet": 60_965_224,
    "caffenet": 60_965_224,
    "cifar10_full": 89_578,
    "cifar10_quick": 145_578,
    "fcn8s": 134_489_759,
    "googlenet": 6_998_552,
    "mobilenet": 4_231_976,
    "mobilenet_v2": 3_505_960,
    "resnet50": 25_557_032 + 64,  # torchvision's count, and the biases that Caffe's conv1 has
    "siamese": 431_102,
    "squeezenet": 1_235_496,
}

# Without the number of images.
SHAPES = {
    "alexnet": {"norm1": (96, 55, 55), "pool1": (96, 27, 27), "pool5": (256, 6, 6)},
    "caffenet": {
        "conv1": (96, 55, 55),
        "pool1": (96, 27, 27),
        "norm2": (256, 13, 13),
        "conv4": (384, 13, 13),
        "pool5": (256, 6, 6),
        "fc7": (4096,),
        "prob": (1000,),
    },
    "cifar10_full": {"norm1": (32, 16, 16), "norm2": (32, 8, 8), "pool3": (64, 4, 4)},
    "cifar10_quick": {"pool1": (32, 16, 16), "pool3": (64, 4, 4), "ip1": (64,), "prob": (10,)},
    "fcn8s": {
        "conv1_1": (64, 698, 698),
        "pool3": (256, 88, 88),
        "pool4": (512, 44, 44),
        "pool5": (512, 22, 22),
        "fc7": (4096, 16, 16),
        "upscore2": (21, 34, 34),
        "upscore_pool4": (21, 70, 70),
        "upscore8": (21, 568, 568),
        "score": (21, 500, 500),
    },
    "googlenet": {
        "conv1/7x7_s2": (64, 112, 112),
        "pool1/3x3_s2": (64, 56, 56),
        "conv2/3x3": (192, 56, 56),
        "inception_3a/output": (256, 28, 28),
        "inception_3b/output": (480, 28, 28),
        "inception_4a/output": (512, 14, 14),
        "inception_4d/output": (528, 14, 14),
        "inception_4e/output": (832, 14, 14),
        "inception_5b/output": (1024, 7, 7),
        "pool5/7x7_s1": (1024, 1, 1),
        "prob": (1000,),
    },
    "mobilenet": {
        "conv1": (32, 112, 112),
        "conv2_2/dw": (64, 56, 56),
        "conv3_2/sep": (256, 28, 28),
        "conv5_5/sep": (512, 14, 14),
        "conv6/sep": (1024, 7, 7),
        "pool6": (1024, 1, 1),
        "prob": (1000, 1, 1),
    },
    "mobilenet_v2": {
        "conv1": (32, 112, 112),
        "conv2_2/linear/bn": (24, 56, 56),
        "block_4_6": (64, 28, 28),
        "conv4_7/linear/bn": (96, 14, 14),
        "conv6_3/linear/bn": (320, 7, 7),
        "conv6_4/bn": (1280, 7, 7),
        "prob": (1000, 1, 1),
    },
    "resnet50": {
        "conv1": (64, 112, 112),
        "pool1": (64, 56, 56),
        "res2c": (256, 56, 56),
        "res3d": (512, 28, 28),
        "res4f": (1024, 14, 14),
        "res5c": (2048, 7, 7),
        "pool5": (2048, 1, 1),
        "prob": (1000,),
    },
    "siamese": {"conv1": (20, 24, 24), "pool2": (50, 4, 4), "ip1": (500,), "feat": (2,)},
    "squeezenet": {
        "conv1": (64, 113, 113),
        "pool1": (64, 56, 56),
        "fire3/concat": (128, 56, 56),
        "fire5/concat": (256, 28, 28),
        "fire9/concat": (512, 14, 14),
        "conv10": (1000, 14, 14),
        "prob": (1000, 1, 1),
    },
}

NORMALIZED = {"resnet50", "mobilenet", "mobilenet_v2"}
"""Nets that need statistics first."""

ANY_SIZE = {"fcn8s": 40, "mobilenet": 64, "mobilenet_v2": 64, "squeezenet": 63}
"""Nets that take images of any size: the side of small ones."""


def with_filler(net: NetParameter, kind: str) -> NetParameter:
    """The same net with other first values: normal numbers take longer to draw than a pass."""
    for layer in net.layer:
        for param in (layer.convolution_param, layer.inner_product_param):
            if param.HasField("weight_filler"):
                param.weight_filler.Clear()
                param.weight_filler.type = kind
    return net


def narrowed(net: NetParameter) -> NetParameter:
    """FCN-8s with fewer filters where it has 120 of its 134 million weights."""
    for layer in net.layer:
        if layer.name in ("fc6", "fc7"):
            layer.convolution_param.num_output = 64
    return net


def runnable(name: str, *, train: bool, phase: str, batch: int = 1) -> blobnet.Net:
    """A net to run, on small images where it takes them."""
    definition = with_filler(NETS[name](batch, train=train), "xavier")
    net = blobnet.Net(narrowed(definition), phase, seed=1)
    if name == "fcn8s":
        interpolate(net)
    if side := ANY_SIZE.get(name):
        for blob in (net.blobs[input_name] for input_name in net.inputs):
            if blob.num_axes == 4:
                blob.reshape(*blob.shape[:2], side, side)
    return net


def feeds(net: blobnet.Net, rng: np.random.Generator) -> dict[str, np.ndarray]:
    shapes = {name: net.blobs[name].shape for name in net.inputs}
    return {
        name: np.zeros(shape) if name in ("label", "sim") else rng.normal(size=shape)
        for name, shape in shapes.items()
    }


def assert_finite(net: blobnet.Net, part: str) -> None:
    for name, blob in net.blobs.items():
        assert np.isfinite(getattr(blob, part)).all(), f"{name}.{part}"


# --- what was published ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETS)
def test_shapes_and_number_of_weights_are_those_published(name):
    net = blobnet.Net(with_filler(NETS[name](2), "constant"), "TEST")
    assert {blob: net.blobs[blob].shape for blob in SHAPES[name]} == {
        blob: (2, *shape) for blob, shape in SHAPES[name].items()
    }
    statistics = {layer.name for layer in net.layers if layer.type == "BatchNorm"}
    weights = [net.params[name] for name in net.params if name not in statistics]
    assert sum(blob.count() for blobs in weights for blob in blobs) == NUMBER_OF_WEIGHTS[name]


@pytest.mark.parametrize("name", NETS)
def test_what_is_trained_is_what_is_used(name):
    used = blobnet.Net(narrowed(with_filler(NETS[name](), "constant")), "TEST")
    for phase in ("TRAIN", "TEST"):
        definition = NETS[name](train=True)
        trained = blobnet.Net(narrowed(with_filler(definition, "constant")), phase)
        shapes = {layer: [blob.shape for blob in trained.params[layer]] for layer in used.params}
        assert shapes == {
            layer: [blob.shape for blob in blobs] for layer, blobs in used.params.items()
        }
        accuracies = [layer for layer in trained.layers if layer.type == "Accuracy"]
        assert phase == "TEST" or not accuracies


def test_googlenet_has_three_losses_in_training():
    net = blobnet.Net(with_filler(NETS["googlenet"](1, train=True), "constant"), "TRAIN")
    assert net.outputs == ["loss1/loss1", "loss2/loss1", "loss3/loss3"]
    assert sum(blob.count() for blob in net.learnable_params) == 13_378_280
    assert net.blobs["loss1/ave_pool"].shape == (1, 512, 4, 4)
    assert net.blobs["loss2/ave_pool"].shape == (1, 528, 4, 4)
    net.forward()
    assert net.loss == pytest.approx((0.3 + 0.3 + 1) * np.log(1000))  # all classes alike


# --- one pass each way ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*NETS} - {"alexnet"}))  # CaffeNet is as good
def test_a_pass_each_way_is_finite_in_training(name, rng):
    net = runnable(name, train=True, phase="TRAIN")
    net.forward(**feeds(net, rng))
    assert_finite(net, "data")
    assert net.loss > 0
    net.backward()
    assert_finite(net, "diff")
    for layer, blobs in net.params.items():
        for index, blob in enumerate(blobs):
            assert np.isfinite(blob.diff).all(), f"{layer}[{index}]"
    learning = [
        blob
        for blob, rate in zip(net.learnable_params, net.params_lr, strict=True)
        if rate and blob.num_axes > 1
    ]
    assert all(blob.diff.any() for blob in learning)


@pytest.mark.parametrize("name", sorted({*NETS} - {"alexnet"} - NORMALIZED))
def test_a_pass_is_finite_in_use_at_another_batch_size(name, rng):
    net = runnable(name, train=False, phase="TEST")
    net.blobs["data"].reshape(2, *net.blobs["data"].shape[1:])
    outputs = net.forward(**feeds(net, rng))
    assert_finite(net, "data")
    assert all(len(values) == 2 for values in outputs.values())
    if "prob" in outputs:
        np.testing.assert_allclose(outputs["prob"].sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("name", sorted(NORMALIZED))
def test_statistics_of_one_batch_let_a_trained_net_be_used(name, rng):
    trained = runnable(name, train=True, phase="TRAIN", batch=2)
    images = feeds(trained, rng)
    trained.forward(**images)
    used = runnable(name, train=False, phase="TEST", batch=2)
    used.share_with(trained)
    probabilities = used.forward(data=images["data"])["prob"]
    assert_finite(used, "data")
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


# --- weights in files -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [".caffemodel", ".caffemodel.h5"])
def test_googlenet_comes_back_from_a_file_though_its_names_hold_slashes(kind, tmp_path, caplog):
    net, other = (blobnet.Net(NETS["googlenet"](1), "TEST", seed=seed) for seed in (1, 2))
    path = tmp_path / f"googlenet{kind}"
    net.save(path)
    assert (net.params["conv2/3x3"][0].data != other.params["conv2/3x3"][0].data).any()
    with caplog.at_level(logging.INFO):
        other.copy_from(path)
    assert caplog.messages == []  # nothing ignored, nothing missing
    for layer, blobs in net.params.items():
        for ours, read in zip(blobs, other.params[layer], strict=True):
            np.testing.assert_array_equal(ours.data, read.data, err_msg=layer)


def test_weights_from_training_are_used_without_the_losses_between(tmp_path, caplog):
    trained = blobnet.Net(NETS["googlenet"](1, train=True), "TRAIN", seed=1)
    trained.save(tmp_path / "trained.caffemodel")
    with caplog.at_level(logging.INFO):
        used = blobnet.Net(
            NETS["googlenet"](1), "TEST", weights=tmp_path / "trained.caffemodel", seed=2
        )
    assert "Ignoring source layer loss1/classifier" in caplog.messages
    for layer in ("conv1/7x7_s2", "inception_4e/pool_proj", "loss3/classifier"):
        np.testing.assert_array_equal(used.params[layer][0].data, trained.params[layer][0].data)


# --- what makes a net special ---------------------------------------------------------------------


def test_the_twins_of_the_siamese_net_have_one_set_of_weights(rng):
    net = runnable("siamese", train=True, phase="TRAIN", batch=3)
    assert len(net.learnable_params) == 10
    for layer in ("conv1", "conv2", "ip1", "ip2", "feat"):
        for one, other in zip(net.params[layer], net.params[f"{layer}_p"], strict=True):
            assert np.shares_memory(one.data, other.data)
            assert np.shares_memory(one.diff, other.diff)
    image = rng.normal(size=(3, 1, 28, 28))
    net.forward(pair_data=np.concatenate([image, image], axis=1), sim=np.ones(3))
    assert net.loss == 0  # what shows the same has the same features


def test_fcn8s_enlarges_each_class_by_itself_and_linearly():
    net = runnable("fcn8s", train=False, phase="TEST")
    net.reshape()
    scores = net.blobs["score_fr"]
    assert scores.shape == (1, 21, 2, 2)
    scores.data[...] = np.arange(21)[:, None, None] * np.array([[0, 4], [0, 4]])
    enlarged = net.forward(start="upscore2", end="upscore2")["upscore2"]
    assert enlarged.shape == (1, 21, 6, 6)
    inside = enlarged[0, :, 2:-2, 2:-2]  # further out, zeros from beyond the edge mix in
    np.testing.assert_allclose(inside, np.arange(21)[:, None, None] * np.array([[1, 3], [1, 3]]))
    rates = dict(zip(map(id, net.learnable_params), net.params_lr, strict=True))
    assert all(rates[id(net.params[name][0])] == 0 for name in UPSAMPLING)
