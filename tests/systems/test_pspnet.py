"""PSPNet: averages of several sizes beside the map, Interp, an auxiliary loss, frozen BN."""

import numpy as np

from tests.systems.nets import conv, deployed, give, inputs, layer, learn, relu, solver_of
from tests.systems.scenes import scenes

SHAPE = (2, 1, 17, 17)
"""As in PSPNet, 8 k + 1 pixels: maps of a stride of 2 are enlarged from corner to corner."""


def block(bottom, top, channels, frozen, *, kernel=""):
    """As in PSPNet's files BN is named after its convolution, and learns nothing when frozen."""
    settings = "param { lr_mult: 0 } " * 4 if frozen else ""
    bn = f"{settings} bn_param {{ momentum: 0.6 frozen: {str(frozen).lower()} " + (
        'slope_filler { type: "constant" value: 1 } bias_filler { type: "constant" value: 0 } }'
    )
    return conv(bottom, top, channels, kernel=kernel) + (
        layer("BN", top, f"{top}/bn", bn) + relu(f"{top}/bn")
    )


def pspnet(frozen):
    text = block("data", "conv1", 8, frozen, kernel="kernel_size: 3 pad: 1 stride: 2")
    text += block("conv1/bn", "conv2", 12, frozen, kernel="kernel_size: 3 pad: 2 dilation: 2")
    tops = ["conv2/bn"]
    for size in (9, 5, 3):
        name = f"pool{size}"
        average = f"pooling_param {{ pool: AVE kernel_size: {size} stride: {size} }}"
        text += layer("Pooling", "conv2/bn", name, average)
        text += block(name, f"{name}_conv", 4, frozen, kernel="kernel_size: 1")
        text += layer("Interp", f"{name}_conv/bn", f"{name}_interp",
                      "interp_param { height: 9 width: 9 }")  # fmt: skip
        tops.append(f"{name}_interp")
    text += layer("Concat", " ".join(tops), "pyramid")
    text += block("pyramid", "conv3", 12, frozen)
    text += layer("Dropout", "conv3/bn", settings="dropout_param { dropout_ratio: 0.1 }")
    text += conv("conv3/bn", "conv4", 3, kernel="kernel_size: 1")
    return text + layer("Interp", "conv4", "scores", "interp_param { zoom_factor: 2 }")


def training(frozen):
    ignore = "loss_param { ignore_label: 255 }"
    return (
        inputs(data=SHAPE, label=SHAPE)
        + pspnet(frozen)
        + layer("SoftmaxWithLoss", "scores label", "loss", ignore)
        + conv("conv1/bn", "aux", 3, kernel="kernel_size: 1")
        + layer("Interp", "label", "small_label", "interp_param { shrink_factor: 2 }")
        + layer("Interp", "aux", "aux_scores", "interp_param { zoom_factor: 2 }")
        + layer("SoftmaxWithLoss", "aux_scores label", "aux_loss", f"loss_weight: 0.4 {ignore}")
        + layer("Silence", "small_label").replace('top: "small_label"', "")
    )


def batches(seed=0):
    rng = np.random.default_rng(seed)
    return lambda: scenes(rng, 2, 17, 17, ignore=255)


def test_it_learns_then_goes_on_with_frozen_statistics(tmp_path):
    solver = solver_of(training(frozen=False), "base_lr: 0.03 momentum: 0.9")
    losses = learn(solver, batches(), 150)
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:5])
    solver.net.save(tmp_path / "first.caffemodel")

    tuned = solver_of(training(frozen=True), "base_lr: 0.003 momentum: 0.9")
    tuned.net.copy_from(tmp_path / "first.caffemodel")
    norms = [name for name in tuned.net.params if name.endswith("/bn")]
    before = {name: [blob.data.copy() for blob in tuned.net.params[name]] for name in norms}
    weights = tuned.net.params["conv1"][0].data.copy()
    more = learn(tuned, batches(1), 20)
    assert np.mean(more) < 0.5 * np.mean(losses[:5])  # its statistics are good enough for TRAIN
    assert len(norms) == 6
    for name in norms:
        for old, blob in zip(before[name], tuned.net.params[name], strict=True):
            np.testing.assert_array_equal(blob.data, old)
    assert np.abs(tuned.net.params["conv1"][0].data - weights).max() > 0

    deploy = inputs(data=SHAPE, label=SHAPE) + pspnet(frozen=True)
    deploy += layer("SegAccuracy", "scores label", "accuracy",
                    "seg_accuracy_param { ignore_label: 255 }")  # fmt: skip
    made = []
    for inference in (False, True):
        net = deployed(tuned, deploy, tmp_path, inference=inference)
        give(net, batches(9)())
        made.append(net.forward()["accuracy"].ravel())
        assert made[-1][0] > 0.8
    np.testing.assert_allclose(*made, atol=0.01)
