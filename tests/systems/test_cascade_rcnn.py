"""Cascade R-CNN and MS-CNN: proposals of several anchors, and boxes that are refined in stages."""

import numpy as np
import pytest

from tests.sources.image_files import write_png
from tests.systems.nets import conv, deployed, layer, relu, solver_of

pytest.importorskip("PIL")
SIDE, CLASSES = 64, 3
HALF = "kernel_size: 3 pad: 1 stride: 2"
FIRST = "bbox_std: 0.1 bbox_std: 0.1 bbox_std: 0.2 bbox_std: 0.2"
SECOND = "bbox_std: 0.05 bbox_std: 0.05 bbox_std: 0.1 bbox_std: 0.1"
ZEROS = "bbox_mean: 0 " * 4
ANCHORS = "field_w: 20 field_h: 20 field_w: 36 field_h: 36 stride: 8"
STOP = "propagate_down: false "
TRUNK = (
    conv("data", "conv1", 16, kernel=HALF) + relu("conv1")
    + conv("conv1", "conv2", 24, kernel=HALF) + relu("conv2")
    + conv("conv2", "conv3", 32, kernel=HALF) + relu("conv3")
)  # fmt: skip


def scenes(folder, rng, count, *, difficult):
    """Images with a bright or a dark box in noise, and their list."""
    text = ""
    for number in range(count):
        image = rng.normal(128, 12, size=(3, SIDE, SIDE))
        label, (w, h) = int(rng.integers(1, CLASSES)), rng.integers(16, 40, size=2)
        x, y = rng.integers(SIDE - w), rng.integers(SIDE - h)
        image[:, y : y + h, x : x + w] += 170 - 110 * label - 60 * (label == 2)
        write_png(folder / f"{number}.png", image.clip(0, 255).astype(np.uint8))
        more = "0 0" if difficult else "0"
        text += f"# {number} {number}.png 3 {SIDE} {SIDE} 1 "
        text += f"{label} {more} {x} {y} {x + w - 1} {y + h - 1} 0\n"
    (folder / "list.txt").write_text(text)
    return f'source: "{folder.as_posix()}/list.txt" root_folder: "{folder.as_posix()}/"'


def phase(name):
    return f"include {{ phase: {name} }}"


def norm(std, more=""):
    return f"bbox_reg_param {{ {ZEROS} {std} {more} }}"


def inner(bottom, top, outputs):
    return layer(
        "InnerProduct", bottom, top,
        f'inner_product_param {{ num_output: {outputs} weight_filler {{ type: "xavier" }} }}',
    )  # fmt: skip


def stage(name, regions, std, threshold):
    """What is learned of regions: their classes, and where their objects are."""
    tops = [f"{each}_{name}" for each in ("labels", "targets", "inside", "outside", "matches")]
    labels, targets, inside, outside, _ = tops
    return (
        layer("ProposalTarget", f"{regions} boxes", f"rois_{name} {' '.join(tops)}",
              f"""{phase("TRAIN")} {STOP * 2} proposal_target_param {{ cls_num: {CLASSES}
              batch_size: -1 num_img_per_batch: 4 fg_thr: {threshold} bg_thr_hg: {threshold}
              bg_thr_lw: 0 img_width: {SIDE} img_height: {SIDE} }}
              {norm(std, "cls_aware: false")}""")
        + head(name)
        + layer("SoftmaxWithLoss", f"cls_{name} {labels}", f"loss_cls_{name}",
                f"{phase('TRAIN')} propagate_down: true {STOP}")
        + layer("SmoothL1Loss", f"box_{name} {targets} {inside} {outside}", f"loss_box_{name}",
                phase("TRAIN"))
        + layer("BboxAccuracy", f"box_{name} rois_{name} {tops[-1]}",
                f"after_{name} before_{name}",
                f"{phase('TRAIN')} {norm(std, 'cls_aware: false')}")
    )  # fmt: skip


def head(name):
    return (
        layer("ROIAlign", f"conv3 rois_{name}", f"grid_{name}",
              f"propagate_down: true {STOP} roi_pooling_param {{ pooled_h: 5 pooled_w: 5 "
              "spatial_scale: 0.125 pad_ratio: 0.1 }")
        + layer("Pooling", f"grid_{name}", f"bins_{name}",
                "pooling_param { pool: AVE kernel_size: 2 stride: 1 }")
        + inner(f"bins_{name}", f"fc_{name}", 48) + relu(f"fc_{name}")
        + inner(f"fc_{name}", f"cls_{name}", CLASSES) + inner(f"fc_{name}", f"box_{name}", 8)
    )  # fmt: skip


def cascade(train, test):
    """Two stages, trained with DetectionData and tested with EvalData."""
    maps = "reshape_param {{ shape {{ dim: -1 dim: {} dim: 0 dim: 0 }} }}"
    transform = "transform_param { mean_value: 128 scale: 0.02 }"
    return (
        layer("DetectionData", "", "data near wide boxes",
              f"""{phase("TRAIN")} {transform} detection_data_param {{ {train} batch_size: 4
              shuffle: "random" stride: 8 stride: 8 field_w: 20 field_w: 36 field_h: 20 field_h: 36
              output_gt_boxes: true }}""")
        + layer("EvalData", "", "data boxes sizes",
                f"{phase('TEST')} {transform} eval_data_param {{ {test} batch_size: 1 }}")
        + TRUNK
        + conv("conv3", "scores", 4) + layer("Reshape", "scores", "score", maps.format(2))
        + conv("conv3", "deltas", 8) + layer("Reshape", "deltas", "delta", maps.format(4))
        + layer("Concat", "near wide", "pair", phase("TRAIN"))
        + layer("Reshape", "pair", "label", f"{phase('TRAIN')} {maps.format(6)}")
        + layer("DetectionGroupLoss", "score delta label", "rpn_loss",
                f"""{phase("TRAIN")} propagate_down: true propagate_down: true {STOP}
                detection_group_loss_param {{ cls_num: 2 objectness: true {ANCHORS}
                bg_multiple: 3 }} {norm(FIRST)}""")
        + layer("DetectionGroupAccuracy", "score delta label", "rpn_accuracy rpn_overlap",
                f"""{phase("TRAIN")} detection_group_accuracy_param {{ cls_num: 2
                objectness: true {ANCHORS} }} {norm(FIRST)}""")
        + layer("Softmax", "score", "prob", STOP)
        + layer("BoxGroupOutput", "prob delta", "proposals",
                f"""{STOP * 2} box_group_output_param {{ fg_thr: 0.05 iou_thr: 0.7 min_size: 6
                box_group_param {{ {ANCHORS} }} max_post_nms_num: 30 }} {norm(FIRST)}""")
        + layer("Split", "proposals", "rois_1st", f"{phase('TEST')} {STOP}")
        + stage("1st", "proposals", FIRST, 0.5)
        + layer("DecodeBBox", "box_1st rois_1st matches_1st", "refined",
                f"{phase('TRAIN')} {STOP * 3} {norm(FIRST)}")
        + layer("DecodeBBox", "box_1st rois_1st", "rois_2nd", f"{phase('TEST')} {norm(FIRST)}")
        + stage("2nd", "refined", SECOND, 0.6)
        + layer("Softmax", "cls_2nd", "prob_2nd", phase("TEST"))
        + layer("FrcnnOutput", "prob_2nd box_2nd rois_2nd sizes", "found",
                f"""{phase("TEST")} frcnn_output_param {{ conf_thr: 0.05 iou_thr: 0.5
                max_det_num: 10 }} {norm(SECOND, "cls_aware: false")}""")
        + layer("DetectionEvaluate", "found boxes sizes", "map",
                f"{phase('TEST')} detection_evaluate_param {{ num_classes: {CLASSES} }}")
    )  # fmt: skip


def folders(tmp_path, rng, *, difficult=True):
    lists = []
    for name, count in (("train", 40), ("test", 20)):
        (tmp_path / name).mkdir()
        lists.append(scenes(tmp_path / name, rng, count, difficult=difficult))
    return lists


def right(net, images):
    """Of how many images the detection with the highest score is right."""
    count = 0
    for _ in range(images):
        rows = net.forward()["map"].reshape(-1, 5)
        rows = rows[rows[:, 0] == 0]
        count += bool(len(rows)) and rows[rows[:, 2].argmax(), 3] == 1
    return count


def test_a_cascade_learns_to_find_boxes(tmp_path):
    net = cascade(*folders(tmp_path, np.random.default_rng(5)))
    solver = solver_of(net, 'type: "Adam" base_lr: 0.002 momentum: 0.9')
    untrained = deployed(solver, net, tmp_path)
    losses = []
    for _ in range(200):
        solver.step(1)
        losses.append(float(solver.loss))
    assert np.mean(losses[-15:]) < 0.5 * np.mean(losses[:15])
    assert solver.net.blobs["rpn_accuracy"].data.min() > 0.6
    assert right(deployed(solver, net, tmp_path), 20) >= right(untrained, 20) + 10


def test_ms_cnn_proposes_where_objects_are(tmp_path):
    """DetectionLoss on one map, whose boxes BoxOutput puts out."""
    train, test = folders(tmp_path, np.random.default_rng(6), difficult=False)
    single = "field_w: 28 field_h: 28 downsample_rate: 8"
    data = """transform_param {{ mean_value: 128 }} image_gt_data_param {{ {} batch_size: 4
        scale: 0.02 shuffle: true downsample_rate: 8 field_w: 28 field_h: 28 fg_threshold: 0.4
        output_gt_boxes: true }}"""
    net = (
        layer("ImageGtData", "", "data label boxes", f"{phase('TRAIN')} {data.format(train)}")
        + layer("ImageGtData", "", "data label boxes", f"{phase('TEST')} {data.format(test)}")
        + TRUNK + conv("conv3", "map", CLASSES + 4)
        + layer("DetectionLoss", "map label", "loss",
                f"""propagate_down: true {STOP} detection_loss_param {{ cls_num: {CLASSES}
                {single} sample_mode: "bootstrap" bg_multiple: 3 }} {norm(FIRST)}""")
        + layer("DetectionAccuracy", "map label", "accuracy overlap",
                f"{STOP * 2} detection_accuracy_param {{ cls_num: {CLASSES} {single} }}"
                f"{norm(FIRST)}")
        + layer("BoxOutput", "map", "rois proposals",
                f"""{phase("TEST")} {STOP} box_output_param {{ {single} fg_thr: -5 iou_thr: 0.5
                min_size: 6 max_post_nms_num: 3 }} {norm(FIRST)}""")
    )  # fmt: skip
    solver = solver_of(net, 'type: "Adam" base_lr: 0.003 momentum: 0.9')
    untrained = deployed(solver, net, tmp_path).forward()["overlap"].item()
    solver.step(120)
    tops = deployed(solver, net, tmp_path).forward()
    assert tops["overlap"].item() > max(untrained, 0.6)
    truth, found = tops["boxes"].reshape(-1, 7), tops["proposals"].reshape(-1, 6)
    assert sum(near(found, *row[:5]) for row in truth) >= 3


def near(found, image, x1, y1, x2, y2):
    """Whether the middle of one of an image's proposals is within 7 pixels of the box's."""
    its = found[found[:, 0] == image]
    x, y = its[:, [1, 3]].mean(axis=1), its[:, [2, 4]].mean(axis=1)
    return bool(((abs(x - (x1 + x2) / 2) < 7) & (abs(y - (y1 + y2) / 2) < 7)).any())
