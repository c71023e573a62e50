"""CRF-RNN: the mean field behind a net makes its labels whole, and learns together with it."""

import numpy as np

from tests.systems.nets import conv, deployed, give, inputs, layer, learn, solver_of

HEIGHT, WIDTH, CLASSES = 16, 20, 2
SHAPE = (1, 3, HEIGHT, WIDTH)
CRF = layer(
    "MultiStageMeanfield",
    "unary copy data",
    "scores",
    """
    param { lr_mult: 1 } param { lr_mult: 1 } param { lr_mult: 1 }
    multi_stage_meanfield_param { num_iterations: 4 compatibility_mode: POTTS threshold: 2
        theta_alpha: 20 theta_beta: 40 theta_gamma: 2
        spatial_filter_weight: 1 bilateral_filter_weight: 2 }""",
)
NET = (
    conv("data", "hidden", 6, kernel="kernel_size: 1")
    + layer("ReLU", "hidden")
    + conv("hidden", "once", CLASSES, kernel="kernel_size: 1")
    + layer("Split", "once", "unary copy")
    + CRF
)


def scenes(rng):
    """A rectangle of another colour; noise is so strong that single pixels tell little."""
    label = np.zeros((1, 1, HEIGHT, WIDTH), np.float32)
    y, x = rng.integers(2, HEIGHT // 2), rng.integers(2, WIDTH // 2)
    label[:, :, y : y + 7, x : x + 8] = 1
    colour = np.where(label == 1, 1, -1) * np.array([1, -0.5, 0.5]).reshape(1, 3, 1, 1)
    return {"data": 30 * (colour + rng.normal(size=SHAPE)), "label": label}


def right(net, blob, seed=9):
    rng, shares = np.random.default_rng(seed), []
    for _ in range(8):
        batch = scenes(rng)
        give(net, {"data": batch["data"]})
        net.forward()
        shares.append(np.mean(net.blobs[blob].data.argmax(axis=1) == batch["label"][:, 0]))
    return np.mean(shares)


def test_it_learns_with_the_net_below_and_makes_labels_whole(tmp_path):
    net = inputs(data=SHAPE, label=(1, 1, HEIGHT, WIDTH)) + NET
    net += layer("SoftmaxWithLoss", "scores label", "loss", "loss_param { normalization: VALID }")
    solver = solver_of(net, 'type: "Adam" base_lr: 0.01')
    first = [blob.data.copy() for blob in solver.net.params["scores"]]
    rng = np.random.default_rng(0)
    losses = learn(solver, lambda: scenes(rng), 60)
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:10])
    for old, blob in zip(first, solver.net.params["scores"], strict=True):
        assert np.abs(blob.data - old).max() > 0.01
    deploy = deployed(solver, inputs(data=SHAPE) + NET, tmp_path)
    alone, with_crf = right(deploy, "once"), right(deploy, "scores")
    assert with_crf > 0.92
    assert with_crf > alone + 0.01
