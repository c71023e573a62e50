"""SSD: a database of boxes, training by mAP, and a net that finds them."""

import numpy as np
import pytest

import blobnet
from tests.sources.annotated_files import annotated, write_annotated
from tests.systems.nets import conv, deployed, inputs, layer, normalized

SIDE, BATCH = 32, 16
CODE = "num_classes: 3 code_type: CENTER_SIZE"


def squares(rng, count):
    """Records with a bright (1) or a dark (2) square of 8 to 20 pixels on a grey ground."""
    records = []
    for _ in range(count):
        image = rng.integers(100, 140, size=(3, SIDE, SIDE), dtype=np.uint8)
        size, label = int(rng.integers(8, 21)), int(rng.integers(1, 3))
        y, x = (int(each) for each in rng.integers(SIDE - size, size=2))
        image[:, y : y + size, x : x + size] = 230 if label == 1 else 10
        corners = np.array([x, y, x + size, y + size]) / SIDE
        records.append(annotated(image, [(label, *corners.tolist())]))
    return records


def data(folder):
    return layer(
        "AnnotatedData",
        "",
        "data label",
        f"""
        data_param {{ source: "{folder.as_posix()}" backend: LMDB batch_size: {BATCH} }}
        transform_param {{ mean_value: 120 scale: 0.01 }}""",
    ).replace('bottom: ""', "")


def head(blob, sizes):
    """Locations, scores and priors of one map."""
    text = ""
    for name, values in (("loc", 4), ("conf", 3)):
        text += conv(blob, f"{blob}_{name}", 2 * values)
        text += layer("Permute", f"{blob}_{name}", f"{blob}_{name}_perm",
                      "permute_param { order: [0, 2, 3, 1] }")  # fmt: skip
        text += layer("Flatten", f"{blob}_{name}_perm", f"{blob}_{name}_flat")
    return text + layer(
        "PriorBox",
        f"{blob} data",
        f"{blob}_priors",
        f"""prior_box_param {{
        min_size: {sizes[0]} max_size: {sizes[1]} variance: [0.1, 0.1, 0.2, 0.2] }}""",
    )


BODY = (
    conv("data", "conv1", 16, kernel="kernel_size: 3 pad: 1 stride: 2") + normalized("conv1")
    + conv("conv1", "conv2", 24, kernel="kernel_size: 3 pad: 1 stride: 2") + normalized("conv2")
    + layer("Normalize", "conv2", "conv2_norm", """norm_param { across_spatial: false
        channel_shared: false scale_filler { type: "constant" value: 8 } }""")
    + conv("conv2", "conv3", 32, kernel="kernel_size: 3 pad: 1 stride: 2") + normalized("conv3")
    + head("conv2_norm", (8, 12)) + head("conv3", (14, 20))
    + layer("Concat", "conv2_norm_loc_flat conv3_loc_flat", "loc", "concat_param { axis: 1 }")
    + layer("Concat", "conv2_norm_conf_flat conv3_conf_flat", "conf", "concat_param { axis: 1 }")
    + layer("Concat", "conv2_norm_priors conv3_priors", "priors", "concat_param { axis: 2 }")
)  # fmt: skip
LOSS = layer(
    "MultiBoxLoss",
    "loc conf priors label",
    "loss",
    f"""
    include {{ phase: TRAIN }} propagate_down: [true, true, false, false]
    multibox_loss_param {{ {CODE} }} loss_param {{ normalization: VALID }}""",
)
FOUND = (
    layer("Reshape", "conf", "conf_rows", "reshape_param { shape { dim: [0, -1, 3] } }")
    + layer("Softmax", "conf_rows", "prob_rows", "softmax_param { axis: 2 }")
    + layer("Flatten", "prob_rows", "prob")
    + layer("DetectionOutput", "loc prob priors", "found", f"""detection_output_param {{ {CODE}
        nms_param {{ nms_threshold: 0.45 top_k: 50 }} keep_top_k: 10
        confidence_threshold: 0.1 }}""")
)  # fmt: skip
JUDGED = layer("DetectionEvaluate", "found label", "mAP",
               "detection_evaluate_param { num_classes: 3 }")  # fmt: skip
SOLVER = """type: "Adam" base_lr: 0.01 lr_policy: "poly" power: 1 max_iter: 60 random_seed: 1
    snapshot_after_train: false eval_type: "detection" ap_version: "Integral" test_iter: 2
    test_interval: 1000 test_initialization: false"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ssd")
    rng = np.random.default_rng(0)
    write_annotated(folder / "train", squares(rng, 96))
    write_annotated(folder / "test", squares(rng, 2 * BATCH))
    param = blobnet.parse_solver(SOLVER)
    param.train_net_param.CopyFrom(blobnet.parse_net(data(folder / "train") + BODY + LOSS))
    test = data(folder / "test") + BODY + FOUND + JUDGED
    param.test_net_param.add().CopyFrom(blobnet.parse_net(test))
    solver = blobnet.get_solver(param)
    scores = [solver.test(0)["mAP"]]
    solver.step(60)
    return solver, [*scores, solver.test(0)["mAP"]]


def test_the_mean_average_precision_rises(trained):
    _, (before, after) = trained
    assert before < 0.2
    assert after > 0.8


@pytest.mark.parametrize("inference", [False, True])
def test_the_deploy_net_finds_what_the_test_net_finds(trained, tmp_path, inference):
    solver, _ = trained
    deploy = inputs(data=(1, 3, SIDE, SIDE)) + BODY + FOUND
    net = deployed(solver, deploy, tmp_path, inference=inference)
    solver.test_nets[0].forward()
    blobs = solver.test_nets[0].blobs
    rows, found = blobs["found"].data[0, 0], []
    for i, image in enumerate(blobs["data"].data):
        its = net.forward(data=image[None])["found"][0, 0]
        assert (its[:, 0] == 0).all()
        its[:, 0] = i
        found.append(its[its[:, 1] != -1])
    np.testing.assert_allclose(np.concatenate(found), rows, atol=1e-4)
    best = {int(row[0]): row for row in rows[np.argsort(rows[:, 2])]}
    overlaps = [overlap(best[int(row[0])][3:], row[3:7]) for row in blobs["label"].data[0, 0]]
    assert np.mean(overlaps) > 0.6


def overlap(a, b):
    common = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0))
    return common / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common)
