"""ENet: bottlenecks with asymmetric and dilated convolutions, pooling masks, SpatialDropout."""

import numpy as np

from tests.systems.nets import conv, deployed, give, inputs, layer, learn, solver_of
from tests.systems.scenes import scenes

SHAPE = (4, 1, 16, 16)
ONE = "kernel_size: 1 bias_term: false"


def rectified(blob):
    bn = 'bn_param { scale_filler { type: "constant" value: 1 } }'
    return layer("BN", blob, settings=bn) + layer("PReLU", blob)


def bottleneck(bottom, top, channels, kernels, shortcut=""):
    """Three convolutions beside a shortcut; `kernels` are of those in the middle."""
    text = conv(bottom, f"{top}_reduce", channels // 2, kernel=ONE) + rectified(f"{top}_reduce")
    last = f"{top}_reduce"
    for i, kernel in enumerate(kernels):
        text += conv(last, f"{top}_{i}", channels // 2, kernel=kernel)
        last = f"{top}_{i}"
    text += rectified(last) + conv(last, f"{top}_expand", channels, kernel=ONE)
    text += layer("BN", f"{top}_expand")
    text += layer(
        "SpatialDropout", f"{top}_expand", settings="dropout_param { dropout_ratio: 0.1 }"
    )
    return text + layer("Eltwise", f"{shortcut or bottom} {top}_expand", top) + layer("PReLU", top)


HALF = "kernel_size: 2 stride: 2"
ENET = (
    conv("data", "initial_conv", 7, kernel="kernel_size: 3 pad: 1 stride: 2")
    + layer("Pooling", "data", "initial_pool", "pooling_param { kernel_size: 2 stride: 2 }")
    + layer("Concat", "initial_conv initial_pool", "initial") + rectified("initial")
    + layer("Pooling", "initial", "pool mask", "pooling_param { kernel_size: 2 stride: 2 }")
    + conv("pool", "wide", 16, kernel=ONE)
    + bottleneck("initial", "down", 16, [HALF], shortcut="wide")
    + bottleneck("down", "asymmetric", 16, ["kernel_h: 5 kernel_w: 1 pad_h: 2 pad_w: 0",
                                            "kernel_h: 1 kernel_w: 5 pad_h: 0 pad_w: 2"])
    + bottleneck("asymmetric", "dilated", 16, ["kernel_size: 3 pad: 2 dilation: 2"])
    + conv("dilated", "narrow", 8, kernel=ONE)
    + layer("Upsample", "narrow mask", "up", "upsample_param { scale: 2 }")
    + bottleneck("up", "refined", 8, ["kernel_size: 3 pad: 1"])
    + layer("Deconvolution", "refined", "scores", """convolution_param { num_output: 3
        kernel_size: 2 stride: 2 weight_filler { type: "msra" } }""")
)  # fmt: skip


def test_it_learns_and_its_deploy_net_labels_pixels(tmp_path):
    net = inputs(data=SHAPE, label=SHAPE) + ENET
    net += layer(
        "SoftmaxWithLoss",
        "scores label",
        "loss",
        """loss_param { ignore_label: 255
        weight_by_label_freqs: true class_weighting: 1 class_weighting: 1.5 class_weighting: 4 }""",
    )
    solver = solver_of(net, 'type: "Adam" base_lr: 0.01')
    rng = np.random.default_rng(0)
    losses = learn(solver, lambda: scenes(rng, 4, 16, 16, ignore=255), 120)
    assert np.mean(losses[-10:]) < 0.45 * np.mean(losses[:5])
    deploy = inputs(data=SHAPE, label=SHAPE) + ENET
    deploy += layer("SegAccuracy", "scores label", "accuracy",
                    "seg_accuracy_param { ignore_label: 255 }")  # fmt: skip
    for inference in (False, True):
        test = deployed(solver, deploy, tmp_path, inference=inference)
        give(test, scenes(np.random.default_rng(9), 4, 16, 16, ignore=255))
        accuracy, recall, overlap = test.forward()["accuracy"].ravel()
        assert accuracy > 0.85
        assert recall > 0.8
        assert overlap > 0.5
