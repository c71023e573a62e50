"""YOLO v2 and v3: their losses fall on drawn boxes, and their outputs find these boxes."""

import numpy as np
import pytest

from tests.systems.nets import conv, deployed, inputs, layer, learn, normalized, solver_of

SIDE, BATCH = 32, 8
HALF = "kernel_size: 3 pad: 1 stride: 2"
BODY = (
    conv("data", "conv1", 16, kernel=HALF) + normalized("conv1")
    + conv("conv1", "conv2", 24, kernel=HALF) + normalized("conv2")
    + conv("conv2", "conv3", 32, kernel=HALF) + normalized("conv3")
)  # fmt: skip


def pictures(rng, rows):
    """A bright (class 0) or dark (1) box in each; `label` has rows of class, centre, size."""
    data = 0.1 * rng.normal(size=(BATCH, 3, SIDE, SIDE))
    label = np.zeros((BATCH, rows, 5), np.float32)
    for image, truth in zip(data, label, strict=True):
        kind, (h, w) = rng.integers(2), rng.integers(7, 19, size=2)
        y, x = rng.integers(SIDE - h), rng.integers(SIDE - w)
        image[:, y : y + h, x : x + w] = 1 - 2 * kind
        truth[0] = [kind, *(np.array([x + w / 2, y + h / 2, w, h]) / SIDE)]
    return {"data": data, "label": label.reshape(BATCH, rows * 5)}


def check_found(net):
    """Most boxes are found, with their class, better than half of them, and little else."""
    rng, right, wrong = np.random.default_rng(9), 0, 0
    for _ in range(5):
        batch = pictures(rng, 1)
        for image, truth in zip(batch["data"], batch["label"], strict=True):
            kind, x, y, w, h = truth
            box = np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
            for row in net.forward(data=image[None])["found"].reshape(-1, 7):
                if row[1] != -1:
                    fits = row[1] == kind + 1 and overlap(box, row[3:]) > 0.5
                    right, wrong = right + fits, wrong + (not fits)
    assert right > 0.5 * 5 * BATCH
    assert wrong < 0.5 * 5 * BATCH


def overlap(a, b):
    common = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0))
    return common / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common)


def trained(body, losses, rows, steps, rate):
    rng = np.random.default_rng(0)
    net = inputs(data=(BATCH, 3, SIDE, SIDE), label=(BATCH, rows * 5)) + body + losses
    solver = solver_of(
        net, f'type: "Adam" base_lr: {rate} lr_policy: "poly" power: 1 max_iter: {steps}'
    )
    return solver, learn(solver, lambda: pictures(rng, rows), steps)


def test_v2_with_its_passthrough_learns_and_finds(tmp_path):
    anchors = "biases: [1, 1, 1.8, 1, 1, 1.8]"  # in cells of 8 pixels
    body = BODY + (
        layer("Reorg", "conv2", "passed", "reorg_param { stride: 2 }")
        + layer("Concat", "passed conv3", "both")
        + conv("both", "conv4", 32)
        + normalized("conv4")
        + conv("conv4", "out", 3 * (5 + 2), kernel="kernel_size: 1")
    )
    loss = layer(
        "RegionLoss",
        "out label",
        "loss",
        f"""region_loss_param {{ side: 4 num_class: 2
        num: 3 object_scale: 5 noobject_scale: 1 coord_scale: 5 thresh: 0.6 {anchors} }}""",
    )
    solver, losses = trained(body, loss, 30, 200, 0.01)
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:5])
    output = layer(
        "YoloDetectionOutput",
        "out",
        "found",
        f"""yolo_detection_output_param {{
        side: 4 num_classes: 2 num_box: 3 confidence_threshold: 0.4 nms_threshold: 0.3
        {anchors} }}""",
    )
    deploy = inputs(data=(1, 3, SIDE, SIDE)) + body + output
    for inference in (False, True):
        net = deployed(solver, deploy, tmp_path, inference=inference)
        check_found(net)


@pytest.mark.parametrize("more", ["", "iou_loss: GIOU iou_normalizer: 1 use_logic_gradient: false"])
def test_v3_learns_on_two_maps_and_finds(tmp_path, more):
    anchors = "biases: [8, 8, 8, 14, 14, 8, 14, 14]"  # in pixels
    body = BODY + (
        conv("conv3", "coarse", 2 * (5 + 2), kernel="kernel_size: 1")
        + conv("conv3", "narrow", 24, kernel="kernel_size: 1")
        + layer("Upsample", "narrow", "up", "upsample_param { scale: 2 }")
        + layer("Concat", "up conv2", "route")
        + conv("route", "conv4", 24)
        + normalized("conv4")
        + conv("conv4", "fine", 2 * (5 + 2), kernel="kernel_size: 1")
    )
    loss = "".join(
        layer("Yolov3", f"{name} label", f"{name}_loss", f"""yolov3_param {{ num_class: 2 num: 2
            object_scale: 5 noobject_scale: 1 class_scale: 1 coord_scale: 2 thresh: 0.6
            anchors_scale: {scale} {mask} {anchors} {more} }}""")
        for name, scale, mask in (("coarse", 8, "mask: [2, 3]"), ("fine", 4, "mask: [0, 1]"))
    )  # fmt: skip
    solver, losses = trained(body, loss, 300, 200, 0.01)
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:5])
    output = layer(
        "Yolov3DetectionOutput",
        "coarse fine",
        "found",
        f"""
        yolov3_detection_output_param {{ num_classes: 2 num_box: 2 confidence_threshold: 0.2
        nms_threshold: 0.3 anchors_scale: [8, 4] mask_group_num: 2 mask: [2, 3, 0, 1]
        {anchors} }}""",
    )
    deploy = inputs(data=(1, 3, SIDE, SIDE)) + body + output
    for inference in (False, True):
        net = deployed(solver, deploy, tmp_path, inference=inference)
        check_found(net)
