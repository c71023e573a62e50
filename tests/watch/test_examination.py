"""What a test says of the items: counted by a plain loop over the same batches."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.watch.session import Session
from tests.watch.trainings import by_hand

NET = """
    layer { name: "data" type: "MemoryData" top: "data" top: "label"
      memory_data_param { batch_size: 10 channels: 1 height: 3 width: 3 } }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
      inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
    layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy"
      include { phase: TEST } }
"""


@pytest.fixture
def session():
    param = blobnet.parse_solver(
        'base_lr: 0.1 lr_policy: "fixed" random_seed: 4 test_iter: 3 test_interval: 100'
    )
    param.net_param.CopyFrom(blobnet.parse_net(NET))
    made = Session(blobnet.get_solver(param))
    rng = np.random.default_rng(0)
    made.images = rng.normal(size=(30, 1, 3, 3)).astype(np.float32)
    made.labels = rng.integers(0, 4, 30)
    for net in (made.solver.net, *made.solver.test_nets):
        net.layers[0].reset(made.images, made.labels.astype(np.float32))
    return made


def test_the_matrix_and_the_worst_images(session):
    session.test()
    told = session.examination.told
    net = session.solver.net
    weight, bias = (blob.data for blob in net.params["ip"])
    scores = session.images.reshape(30, -1) @ weight.T + bias
    matrix = np.zeros((4, 4), int)
    for label, taken in zip(session.labels, scores.argmax(axis=1), strict=True):
        matrix[label, taken] += 1
    assert told["matrix"] == matrix.tolist()
    assert told["items"] == 30
    assert told["accuracy"] == pytest.approx(matrix.trace() / 30)
    powers = np.exp(scores)
    shares = (powers / powers.sum(axis=1, keepdims=True))[np.arange(30), session.labels]
    order = np.argsort(shares)[:12]
    assert [one["true"] for one in told["worst"]] == session.labels[order].tolist()
    assert [one["share"] for one in told["worst"]] == pytest.approx(shares[order], rel=1e-4)
    largest = [one["image"]["largest"] for one in told["worst"]]
    assert largest == pytest.approx(np.abs(session.images[order]).max(axis=(1, 2, 3)))


def test_every_test_is_counted_anew(session):
    session.test()
    session.test()
    assert session.examination.told["items"] == 30


def test_a_net_without_labels_has_none():
    assert by_hand().examination is None
