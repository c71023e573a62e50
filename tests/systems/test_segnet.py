"""SegNet: weights for rare classes, and statistics that are folded into BN for the deploy net."""

import numpy as np
import pytest

import blobnet
from tests.systems.nets import conv, deployed, give, inputs, layer, learn, relu, solver_of
from tests.systems.scenes import scenes

SHAPE = (4, 1, 12, 16)
BN = 'scale_filler { type: "constant" value: 1 } shift_filler { type: "constant" value: 0.001 }'


def block(bottom, top, channels, mode=""):
    bn = layer("BN", top, f"{top}_bn", f"bn_param {{ {mode or BN} }}")
    return conv(bottom, top, channels) + bn + relu(f"{top}_bn")


def segnet(mode=""):
    halves = "pooling_param { pool: MAX kernel_size: 2 stride: 2 }"
    return (
        block("data", "conv1", 8, mode)
        + layer("Pooling", "conv1_bn", "pool1 mask1", halves)
        + block("pool1", "conv2", 12, mode)
        + layer("Pooling", "conv2_bn", "pool2 mask2", halves)
        + layer("Upsample", "pool2 mask2", "up2", "upsample_param { scale: 2 }")
        + block("up2", "conv2_D", 8, mode)
        + layer("Upsample", "conv2_D_bn mask1", "up1", "upsample_param { scale: 2 }")
        + block("up1", "conv1_D", 8, mode)
        + conv("conv1_D_bn", "scores", 3, kernel="kernel_size: 1")
    )


def train(weights, steps):
    weighed = " ".join(f"class_weighting: {weight}" for weight in weights)
    net = inputs(data=SHAPE, label=SHAPE) + segnet()
    net += layer("SoftmaxWithLoss", "scores label", "loss",
                 f"loss_param {{ weight_by_label_freqs: true {weighed} }}")  # fmt: skip
    net += layer("SegAccuracy", "scores label", "accuracy")
    solver = solver_of(net, "base_lr: 0.05 momentum: 0.9")
    rng = np.random.default_rng(0)
    return solver, learn(solver, lambda: scenes(rng, 4, 12, 16), steps)


def recall_of_spots(net):
    rng, right, all_ = np.random.default_rng(5), 0, 0
    for _ in range(10):
        batch = scenes(rng, 4, 12, 16)
        give(net, batch)
        net.forward()
        is_spot = batch["label"][:, 0] == 2
        right += (net.blobs["scores"].data.argmax(axis=1) == 2)[is_spot].sum()
        all_ += is_spot.sum()
    return right / all_


def test_it_learns():
    solver, losses = train((1, 1, 1), 80)
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:5])
    assert solver.net.blobs["accuracy"].data.ravel()[2] > 0.5


def test_a_rare_class_is_found_more_often_where_it_weighs_more():
    recalls = [recall_of_spots(train((1, 1, weight), 40)[0].net) for weight in (0.2, 5)]
    assert recalls[1] > recalls[0] + 0.4


@pytest.mark.parametrize("inference", [False, True])
def test_folded_statistics_give_what_the_batch_gave(tmp_path, inference):
    """As compute_bn_statistics.py of SegNet: mean and variance go into factor and offset."""
    solver, _ = train((1, 1, 3), 30)
    net = solver.net
    net.forward()
    for name in [name for name in net.params if name.endswith("_bn")]:
        x = net.blobs[name.removesuffix("_bn")].data
        mean, deviation = x.mean(axis=(0, 2, 3)), np.sqrt(x.var(axis=(0, 2, 3)) + 1e-9)
        slope, bias = (blob.data.reshape(-1) for blob in net.params[name])
        slope /= deviation
        bias -= slope * mean
    text = inputs(data=SHAPE) + segnet("bn_mode: INFERENCE")
    deploy = deployed(solver, text, tmp_path, inference=inference)
    made = deploy.forward(data=net.blobs["data"].data)["scores"]
    np.testing.assert_allclose(made, net.blobs["scores"].data, atol=2e-4)


def test_images_of_another_size_run_through(tmp_path):
    solver, _ = train((1, 1, 1), 1)
    net = deployed(solver, inputs(data=(1, 1, 20, 24)) + segnet(), tmp_path)
    assert net.forward()["scores"].shape == (1, 3, 20, 24)
    net.blobs["data"].reshape(2, 1, 8, 8)
    assert net.forward()["scores"].shape == (2, 3, 8, 8)
    net.blobs["data"].reshape(1, 1, 10, 8)  # pooled to 5, then 3 rows, which give 6
    with pytest.raises(blobnet.LayerError, match="mask"):
        net.forward()
