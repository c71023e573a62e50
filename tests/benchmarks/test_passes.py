from __future__ import annotations

import numpy as np
import pytest

import blobnet
from benchmarks import passes
from benchmarks.definition import (
    batch_norm_scale,
    begin,
    convolution,
    inner_product,
    softmax_or_loss,
)
from benchmarks.inputs import fill_inputs, give_statistics, random_images

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def tiny(batch=2, *, train=False):
    """A net with all that decides how it is compared: statistics, scores of 1000 classes."""
    net = begin("tiny", (batch, 3, 8, 8), label="label" if train else None)
    x = convolution(net, "conv", "data", 4, 3)
    x = batch_norm_scale(net, ("bn", "scale"), x, train=train)
    return softmax_or_loss(net, inner_product(net, "ip", x, 1000), train=train)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


@pytest.mark.parametrize("inference", [False, True])
def test_a_forward_has_samples_of_both_sides(inference, torch):
    measured = passes.forward(tiny, 2, 2, inference=inference)
    assert len(measured.ours) == len(measured.theirs) == 2 * 15


def test_a_pass_both_ways_has_samples_of_both_sides(torch):
    measured = passes.forward_backward(tiny, 2, 3)
    assert len(measured.ours) == len(measured.theirs) == 3 * 3


def test_statistics_that_were_never_learnt_change_nothing():
    net = blobnet.Net(tiny(), "TEST", seed=1)
    give_statistics(net)
    images = random_images(net)
    conv = net.forward(["conv"], end="conv", data=images)["conv"].copy()
    np.testing.assert_allclose(net.forward(["conv"], data=images)["conv"], conv, rtol=1e-4)


def test_inputs_are_filled_with_labels_that_exist():
    net = blobnet.Net(tiny(50, train=True), "TRAIN", seed=1)
    fill_inputs(net, 7)
    assert set(net.blobs["label"].data) == set(range(7))
    assert net.blobs["data"].data.std() == pytest.approx(1, abs=0.1)
