"""A small net in the form of SegNet: it learns where bright squares are."""

import numpy as np

from tests.solver.training import make_solver

CONVOLUTION = """
    layer {{ name: "{name}" type: "Convolution" bottom: "{below}" top: "{name}"
            convolution_param {{ num_output: {channels} kernel_size: 3 pad: 1
                                weight_filler {{ type: "msra" }} }} }}
    layer {{ name: "{name}_bn" type: "BN" bottom: "{name}" top: "{name}"
            param {{ lr_mult: 1 decay_mult: 1 }} param {{ lr_mult: 1 decay_mult: 0 }}
            bn_param {{ scale_filler {{ type: "constant" value: 1 }}
                       shift_filler {{ type: "constant" value: 0.001 }} }} }}
"""
NET = f"""
    layer {{ name: "data" type: "Input" top: "data"
            input_param {{ shape {{ dim: 4 dim: 1 dim: 8 dim: 12 }} }} }}
    layer {{ name: "label" type: "Input" top: "label"
            input_param {{ shape {{ dim: 4 dim: 1 dim: 8 dim: 12 }} }} }}
    {CONVOLUTION.format(name="conv1", below="data", channels=6)}
    layer {{ name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }}
    layer {{ name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" top: "pool1_mask"
            pooling_param {{ pool: MAX kernel_size: 2 stride: 2 }} }}
    layer {{ name: "drop1" type: "Dropout" bottom: "pool1" top: "pool1"
            dropout_param {{ dropout_ratio: 0.1 sample_weights_test: true }} }}
    layer {{ name: "up1" type: "Upsample" bottom: "pool1" bottom: "pool1_mask" top: "up1"
            upsample_param {{ scale: 2 }} }}
    {CONVOLUTION.format(name="conv1_D", below="up1", channels=2)}
    layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "conv1_D" bottom: "label" top: "loss"
            softmax_param {{ engine: CAFFE }}
            loss_param {{ weight_by_label_freqs: true ignore_label: 255
                         class_weighting: 0.6 class_weighting: 3 }} }}
    layer {{ name: "accuracy" type: "SegAccuracy" bottom: "conv1_D" bottom: "label" top: "accuracy"
            seg_accuracy_param {{ ignore_label: 255 }} }}
"""


def squares(rng):
    """Noise with a bright square in each image, and which pixels are in it."""
    labels = np.zeros((4, 1, 8, 12), np.float32)
    for image in labels[:, 0]:
        top, left = rng.integers(5), rng.integers(9)
        image[top : top + 3, left : left + 3] = 1
    return labels + 0.3 * rng.normal(size=labels.shape), labels


def test_it_learns():
    rng = np.random.default_rng(0)
    solver = make_solver(NET, "base_lr: 0.1 momentum: 0.9")
    losses = []
    for _ in range(60):
        data, label = squares(rng)
        solver.net.blobs["data"].data[...] = data
        solver.net.blobs["label"].data[...] = label
        solver.step(1)
        losses.append(float(solver.net.blobs["loss"].data))
    assert np.mean(losses[-10:]) < 0.4 * np.mean(losses[:5])
    accuracy, recall, overlap = solver.net.blobs["accuracy"].data.ravel()
    assert min(accuracy, recall) > 0.85
    assert overlap > 0.6
