"""The models that come with blobnet are what their READMEs say."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.datasets.digit_data import DigitData
from blobnet.datasets.to_lmdb import TEST_NAME, TRAIN_NAME, prepare_mnist
from blobnet.serialization.prototxt import read_net, read_solver

LENET5 = Path(__file__).parents[1] / "models" / "lenet5"

# The layers and what each gives, without the number of images.
BODY = {
    "conv1": ("Convolution", (20, 24, 24)),
    "pool1": ("Pooling", (20, 12, 12)),
    "conv2": ("Convolution", (50, 8, 8)),
    "pool2": ("Pooling", (50, 4, 4)),
    "ip1": ("InnerProduct", (500,)),
    "relu1": ("ReLU", (500,)),
    "ip2": ("InnerProduct", (10,)),
}
WEIGHTS = {
    "conv1": [(20, 1, 5, 5), (20,)],
    "conv2": [(50, 20, 5, 5), (50,)],
    "ip1": [(500, 800), (500,)],
    "ip2": [(10, 500), (10,)],
}
NUMBER_OF_WEIGHTS = 431_080


@pytest.fixture
def databases(tmp_path, monkeypatch):
    """The current folder, with the two databases that the net names."""
    images, labels = np.zeros((4, 28, 28), np.uint8), np.arange(4, dtype=np.uint8)
    prepare_mnist(tmp_path, DigitData(images, labels, images, labels, "black images"))
    monkeypatch.chdir(tmp_path)


def lenet5(phase):
    return blobnet.Net(LENET5 / "train_test.prototxt", phase=phase)


def check_body(net, batch):
    found = dict(zip(net.layer_names, net.layers, strict=True))
    for wired in net.wired:
        if wired.layer.name in BODY:
            layer_type, shape = BODY[wired.layer.name]
            assert found[wired.layer.name].type == layer_type
            assert wired.top[0].shape == (batch, *shape)
    assert {name: [blob.shape for blob in blobs] for name, blobs in net.params.items()} == WEIGHTS
    assert sum(blob.count() for blob in net.learnable_params) == NUMBER_OF_WEIGHTS


def without_splits(net):
    return [layer.name for layer in net.layers if layer.type != "Split"]


def test_the_net_to_train(databases):
    net = lenet5("TRAIN")
    assert without_splits(net) == ["mnist", *BODY, "loss"]
    check_body(net, 64)
    assert net.outputs == ["loss"]
    assert net.params_lr == [1, 2] * 4
    assert net.params_weight_decay == [1, 1] * 4


def test_the_net_to_test(databases):
    net = lenet5("TEST")
    assert without_splits(net) == ["mnist", *BODY, "accuracy", "loss"]
    check_body(net, 100)
    assert set(net.outputs) == {"accuracy", "loss"}


def test_the_net_to_use():
    net = blobnet.Net(LENET5 / "deploy.prototxt", phase="TEST")
    assert without_splits(net) == ["data", *BODY, "prob"]
    check_body(net, 64)
    assert net.inputs == ["data"]
    probabilities = net.forward(data=np.zeros((64, 1, 28, 28)))["prob"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


def test_weights_fit_from_net_to_net(databases, tmp_path):
    trained = lenet5("TRAIN")
    trained.save(tmp_path / "lenet.caffemodel")
    for other in (lenet5("TEST"), blobnet.Net(LENET5 / "deploy.prototxt", phase="TEST")):
        other.copy_from(tmp_path / "lenet.caffemodel")
        for name, blobs in trained.params.items():
            for blob, copied in zip(blobs, other.params[name], strict=True):
                np.testing.assert_array_equal(blob.data, copied.data)


def test_the_first_weights_and_the_scale_of_the_data():
    for layer in read_net(LENET5 / "train_test.prototxt").layer:
        if layer.type == "Data":
            assert layer.transform_param.scale == 1 / 256
            assert layer.data_param.source in (TRAIN_NAME, TEST_NAME)
        if layer.name in WEIGHTS:
            param = getattr(
                layer,
                "convolution_param" if layer.type == "Convolution" else "inner_product_param",
            )
            assert param.weight_filler.type == "xavier"
            assert param.bias_filler.type == "constant"


def test_the_solver_sees_every_test_image_once():
    solver = read_solver(LENET5 / "solver.prototxt")
    data = [
        layer for layer in read_net(LENET5 / "train_test.prototxt").layer if "mnist" in layer.name
    ]
    assert list(solver.test_iter) == [10_000 // data[1].data_param.batch_size]
    assert solver.net == "models/lenet5/train_test.prototxt"
    assert solver.random_seed == 1  # the README states the accuracy that comes of it


def test_the_readme_tells_the_same_numbers():
    readme = (LENET5 / "README.md").read_text(encoding="utf-8")
    solver = read_solver(LENET5 / "solver.prototxt")
    net = read_net(LENET5 / "train_test.prototxt")
    train, test = (layer.data_param.batch_size for layer in net.layer if layer.type == "Data")
    assert f"batches of {train}) and testing (batches of {test})" in readme
    assert f"{solver.max_iter:,} iterations, a test every {solver.test_interval}" in readme
    last = f"{solver.snapshot_prefix}_iter_{solver.max_iter}.caffemodel"
    assert f"--weights {last} --iterations {solver.test_iter[0]}" in readme
    assert f"--snapshot {solver.snapshot_prefix}_iter_{solver.snapshot}.solverstate" in readme
    for name in re.findall(r"^\| `(\S+)` ", readme, re.MULTILINE):
        assert (LENET5 / name).is_file()
