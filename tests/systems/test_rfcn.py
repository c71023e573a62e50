"""R-FCN: regions vote with position-sensitive maps, and only the hardest of them are learned."""

import numpy as np
import pytest

from tests.systems.nets import conv, deployed, inputs, layer, learn, normalized, solver_of

SIDE, ROIS, GRID = 32, 24, 3
HALF = "kernel_size: 3 pad: 1 stride: 2"


def voted(bottom, channels):
    """Position-sensitive scores or boxes, pooled and averaged, as in R-FCN's prototxts."""
    return (
        conv("conv2", f"{bottom}_map", channels * GRID**2, kernel="kernel_size: 1")
        + layer("PSROIPooling", f"{bottom}_map rois", f"{bottom}_rois", f"""psroi_pooling_param {{
            spatial_scale: 0.25 output_dim: {channels} group_size: {GRID} }}""")
        + layer("Pooling", f"{bottom}_rois", bottom,
                f"pooling_param {{ pool: AVE kernel_size: {GRID} stride: {GRID} }}")
    )  # fmt: skip


RFCN = (
    conv("data", "conv1", 16, kernel=HALF) + normalized("conv1")
    + conv("conv1", "conv2", 24, kernel=HALF) + normalized("conv2")
    + voted("cls_score", 3) + voted("bbox_pred", 8)
)  # fmt: skip
"""Two classes and the background; boxes whatever the class: 4 of them for background, as there."""


def not_back(bottoms):
    return "propagate_down: false " * bottoms


def ohem(fork):
    """The losses of all regions, and those of the hardest; as Intel or as R-FCN itself names them.

    R-FCN has the losses of regions from SoftmaxWithLoss and SmoothL1Loss.
    """
    softmax, smooth = ("SoftmaxWithLoss", "SmoothL1Loss") if fork == "R-FCN" else (
        "SoftmaxWithLossOHEM", "SmoothL1LossOHEM")  # fmt: skip
    return (
        layer(softmax, "cls_score labels", "plain_cls prob each_cls",
              f"loss_weight: 0 loss_weight: 0 loss_weight: 0 {not_back(2)}")
        + layer(smooth, "bbox_pred targets weights", "plain_bbox each_bbox",
                f"loss_weight: 0 loss_weight: 0 {not_back(3)}")
        + layer("Eltwise", "each_cls each_bbox", "each", not_back(2))
        + layer("BoxAnnotatorOHEM", "rois each labels weights", "hard_labels hard_weights",
                f"{not_back(4)} box_annotator_ohem_param {{ roi_per_img: 8 ignore_label: -1 }}")
        + layer("SoftmaxWithLoss", "cls_score hard_labels", "loss_cls",
                "loss_param { ignore_label: -1 } propagate_down: true propagate_down: false")
        + layer(smooth, "bbox_pred targets hard_weights", "loss_bbox",
                "loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 8 }"
                "propagate_down: true propagate_down: false propagate_down: false")
    )  # fmt: skip


def picture(rng):
    """A bright (1) or dark (2) box, regions around it and elsewhere, and how far each is off."""
    data = 0.2 * rng.normal(size=(1, 3, SIDE, SIDE))
    kind, (h, w) = int(rng.integers(1, 3)), rng.integers(10, 19, size=2)
    y, x = rng.integers(SIDE - h), rng.integers(SIDE - w)
    data[:, :, y : y + h, x : x + w] = 3 - 2 * kind
    truth = np.array([x, y, x + w - 1, y + h - 1])
    near = truth + rng.integers(-3, 4, size=(ROIS // 2, 4))
    corner, size = (
        rng.integers(0, 20, size=(ROIS // 2, 2)),
        rng.integers(8, 16, size=(ROIS // 2, 2)),
    )
    boxes = np.clip(np.vstack([near, np.hstack([corner, corner + size])]), 0, SIDE - 1)
    is_it = np.array([overlap(truth, box) > 0.5 for box in boxes])
    targets = np.zeros((ROIS, 8), np.float32)
    targets[:, 4:] = (truth - boxes) / 4
    weights = np.zeros((ROIS, 8), np.float32)
    weights[is_it, 4:] = 1
    batch = {
        "data": data,
        "rois": np.hstack([np.zeros((ROIS, 1)), boxes]),
        "labels": np.where(is_it, kind, 0).reshape(ROIS, 1, 1, 1),
        "targets": targets.reshape(ROIS, 8, 1, 1),
        "weights": weights.reshape(ROIS, 8, 1, 1),
    }
    return batch, truth, kind


def overlap(a, b):
    common = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) + 1, 0))
    return common / (np.prod(a[2:] - a[:2] + 1) + np.prod(b[2:] - b[:2] + 1) - common)


@pytest.mark.parametrize("fork", ["R-FCN", "Intel"])
def test_it_learns_from_the_hardest_regions_and_mends_boxes(tmp_path, fork):
    rng = np.random.default_rng(0)
    net = RFCN + ohem(fork)
    shapes = {name: values.shape for name, values in picture(rng)[0].items()}
    solver = solver_of(inputs(**shapes) + net, 'type: "Adam" base_lr: 0.003')
    losses = learn(solver, lambda: picture(rng)[0], 250)
    assert np.mean(losses[-20:]) < 0.6 * np.mean(losses[:5])
    blobs = solver.net.blobs
    hard = blobs["hard_labels"].data.ravel()
    chosen = np.flatnonzero(hard != -1)
    assert len(chosen) == 8
    each = blobs["each"].data.ravel()
    assert each[chosen].min() >= np.delete(each, chosen).max()
    np.testing.assert_array_equal(hard[chosen], blobs["labels"].data.ravel()[chosen])

    shapes = {name: shapes[name] for name in ("data", "rois")}
    deploy = inputs(**shapes) + RFCN + layer("Softmax", "cls_score", "cls_prob")
    net = deployed(solver, deploy, tmp_path)
    right, before, after = [], [], []
    for _ in range(20):
        batch, truth, kind = picture(rng)
        made = net.forward(data=batch["data"], rois=batch["rois"])
        said = made["cls_prob"].reshape(ROIS, 3).argmax(axis=1)
        right.append(np.mean(said == batch["labels"].ravel()))
        best = made["cls_prob"][:, kind].ravel().argmax()
        box = batch["rois"][best, 1:]
        mended = box + 4 * made["bbox_pred"].reshape(ROIS, 8)[best, 4:]
        before.append(overlap(truth, box))
        after.append(overlap(truth, mended))
    assert np.mean(right) > 0.8
    assert np.mean(after) > np.mean(before)
    assert np.mean(after) > 0.7
