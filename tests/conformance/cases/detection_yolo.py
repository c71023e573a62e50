"""Cases of YOLO's layers."""

import numpy as np

from tests.conformance.case import N, case, positive, spec, values
from tests.conformance.cases.detection_cascade import (
    ANY_CLASS,
    BOUNDS,
    EACH_CLASS,
    NO_DIVISOR,
    SINGLE,
    TWICE,
    labels,
    maps,
)
from tests.sources.lmdb_files import make_datum, write_lmdb

NOT_THE_SLOPE = "backward gives the deltas, and the loss is the sum of their squares"
UNREAD = "no fork reads it"


def yolo_labels(rows, classes=3):
    """Labels (N, rows * 5): image i has i % 3 + 1 boxes."""

    def draw(batch, rng):
        labels = np.zeros((batch, rows, 5))
        for image, boxes in enumerate(labels):
            count = image % 3 + 1
            boxes[:count, 0] = rng.integers(0, classes, count)
            boxes[:count, 1:3] = rng.uniform(0.05, 0.95, (count, 2))
            boxes[:count, 3:] = rng.uniform(0.1, 0.6, (count, 2))
        return labels.reshape(batch, rows * 5)

    return draw


def ssd_labels(classes=3, first=1):
    """Labels (1, 1, boxes, 8) of SSD, two boxes for each image, and one of none."""

    def draw(batch, rng):
        labels = np.zeros((1, 1, 2 * batch + 1, 8))
        rows = labels[0, 0]
        rows[:, 0] = [*np.repeat(np.arange(batch), 2), -1]
        rows[:, 1] = rng.integers(first, first + classes, len(rows))
        rows[:, 3:5] = rng.uniform(0.05, 0.5, (len(rows), 2))
        rows[:, 5:7] = rows[:, 3:5] + rng.uniform(0.1, 0.4, (len(rows), 2))
        return labels

    return draw


def grid_labels(side=3, classes=3):
    """Labels (N, side * side * 7) of YOLO's first version: objects in half of the cells."""

    def draw(batch, rng):
        labels = np.zeros((batch, 7, side * side))
        labels[:, 0] = rng.integers(0, 2, (batch, side * side))
        labels[:, 1] = np.arange(side * side) % 2 == 0
        labels[:, 2] = rng.integers(0, classes, (batch, side * side))
        boxes = labels[:, 3:].reshape(batch, side * side, 4)
        cells = np.arange(side * side)
        boxes[..., :2] = np.stack([cells % side, cells // side], 1) + rng.random((batch, 9, 2))
        boxes[..., :2] /= side
        boxes[..., 2:] = rng.uniform(0.1, 0.6, (batch, side * side, 2))
        return labels.reshape(batch, -1) if batch else np.zeros((0, 7 * side * side))

    return draw


MAP = values(N, 16, 3, 3)
"""Two anchors with three classes."""

REGION = "num_class: 3 num: 2 biases: [0.5, 0.75, 1.5, 1.25]"
SCALES = "object_scale: 2 noobject_scale: 0.7 class_scale: 1.5 coord_scale: 0.9 thresh: 0.3"


def region(options, labels, *, side="side: 3"):
    return region_of(MAP, f"{side} {options}", labels)


def region_of(maps, options, labels):
    text = f"region_loss_param {{ {REGION} {options} }}"
    return case(text, maps, labels, no_gradient=NOT_THE_SLOPE)


DETECTIONS = "detections have no gradient"
ANCHORS = "biases: [0.5, 0.75, 1.5, 1.25] num_box: 2"
V3 = "biases: [10, 14, 23, 27, 37, 58, 81, 82] num_box: 2 anchors_scale: [32, 16]"


def detected(message, options, *bottoms):
    return case(f"{message} {{ {options} }}", *bottoms, phase="TEST", no_gradient=DETECTIONS)


def yolo_output(options, *bottoms):
    return detected("yolo_detection_output_param", f"{ANCHORS} num_classes: 3 {options}", *bottoms)


def yolov3_output(options, *bottoms):
    message = "yolov3_detection_output_param"
    return detected(message, f"{V3} num_classes: 3 mask: [2, 3, 0, 1] {options}", *bottoms)


def v3(options, maps=MAP):
    text = f"num: 2 num_class: 3 biases: [10, 14, 23, 17, 27, 38, 40, 30] mask: [2, 3] {options}"
    return case(f"yolov3_param {{ {text} }}", maps, yolo_labels(300), no_gradient=NOT_THE_SLOPE)


V3_SCALES = "object_scale: 2 class_scale: 1.5 coord_scale: 0.9 thresh: 0.3 anchors_scale: 16"
V3_BOXES = "iou_normalizer: 0.5 iou_thresh: 0.4 max_delta: 2"
GAUSSIAN = values(N, 24, 3, 3)
V3_UNREAD = {"side": UNREAD, "noobject_scale": UNREAD}


def grid(options):
    text = f"detection_loss_param {{ side: 3 num_class: 3 num_object: 2 {options} }}"
    return case(text, values(N, 9 * 13), grid_labels(), no_gradient=NOT_THE_SLOPE)


def seg(options, *counts):
    bottoms = values(N, 2, 3, 4), positive(N, 2, 3, 4), *counts
    return case(f"yolo_seg_param {{ {options} }}", *bottoms, no_gradient=NOT_THE_SLOPE)


def evaluate(options, *size):
    bottoms = positive(N, 3, 4, 5), positive(N, 3, *size)
    text = f"segmentation_evaluate_param {{ num_classes: 1 {options} }}"
    return case(text, *bottoms, phase="TEST", no_gradient="counting has none")


def judged(options, maps, labels, *more):
    text = f"num_class: 3 num_object: 2 biases: [0.5, 0.75, 1.5, 1.25] {options}"
    text += "" if "side" in options else " side: 3"
    no_gradient = "counting has none"
    return case(f"eval_detection_param {{ {text} }}", maps, labels, *more, no_gradient=no_gradient)


def box_data(folder, batch):
    if not (folder / "db").exists():
        rng = np.random.default_rng(8)
        records = []
        for n in range(7):
            datum = make_datum(rng.integers(256, size=(3, 16, 20), dtype=np.uint8))
            datum.float_data.extend([1, 0, *rng.uniform(0.2, 0.8, 4).tolist()])
            records.append((b"%d" % n, datum.SerializeToString()))
        write_lmdb(folder / "db", records)
    param = f'source: "{folder.as_posix()}/db" backend: LMDB batch_size: {batch} side: 7'
    return f'name: "it" top: "data" top: "label" type: "BoxData" data_param {{ {param} }}'


OUTPUTS = values(N, 9 * 13)

OF_YOLO = dict.fromkeys(
    (
        *("side", "num_class", "num_object", "sqrt", "constriant"),
        *("object_scale", "noobject_scale", "class_scale", "coord_scale"),
    ),
    NOT_THE_SLOPE,
)
MSCNN_LOSS = (
    (f"cls_num: 3 objectness: false {BOUNDS}", "", 3),
    ("cls_num: 2 objectness: true pos_neg_weighted: true iou_weighted: true bb_smooth: true",
     ANY_CLASS, 2),
    ("cls_num: 3 pos_neg_weighted: false iou_weighted: false bb_smooth: false bg_threshold: 0.4 "
     'bg_multiple: 2 sample_mode: "mixture"', EACH_CLASS, 3),
    ('cls_num: 3 sample_mode: "all"', "loss_param { ignore_label: 2 }", 3),
)  # fmt: skip

CASES = {
    "AssistedExcitation": spec(
        case("", values(N, 4, 5, 6), yolo_labels(300), values(N, 1, 5, 6)),
        case("", values(N, 4, 5, 6), yolo_labels(300), values(N, 5, 6)),
        bottoms=3,
    ),
    "BoxData": spec(bottoms=0, tops=(1, None), prototxt=box_data),
    "EvalDetection": spec(
        judged("sqrt: true constriant: true score_type: OBJ nms: 0.4", OUTPUTS, grid_labels()),
        judged("sqrt: false constriant: false threshold: 0.3", OUTPUTS, grid_labels()),
        judged("score_type: PROB nms: 0.4", MAP, yolo_labels(30)),
        judged("score_type: MULTIPLY nms: 0.4", MAP, ssd_labels()),
        judged("nms: 0.4", MAP, ssd_labels(), values(N, 3, 6, 6)),
        bottoms=(2, None),
        large=[judged("nms: 0.2 side: 32", values(N, 16, 32, 32), yolo_labels(30))],
        not_compared={"save_output_param": "names files"},
    ),
    "L1Loss": spec(
        case("", values(N, 3), values(N, 3)),
        case("loss_weight: 2.5", values(N, 3, 2), values(N, 6)),
        case("l1_loss_param { plateau: 0.5 }", values(N, 3, 2), values(N, 3, 2)),
        *(
            case(f"l1_loss_param {{ l2_per_location: true {more} }}", values(N, 3, 2), *second)
            for more in (
                "l2_prescale_by_channels: true epsilon: 0.5",
                "l2_prescale_by_channels: false normalize_by_num_entries: true",
                "normalize_by_num_entries: false plateau: 0.25",
            )
            for second in ((), (values(N, 3, 2),))
        ),
        case("l1_loss_param { l2_per_location: false }", values(N, 3, 2)),
        bottoms=(1, 2),
    ),
    "DetectionLoss": spec(
        grid("object_scale: 2 noobject_scale: 0.7 class_scale: 1.5 coord_scale: 3"),
        grid("sqrt: true constriant: true"),
        grid("sqrt: false constriant: false"),
        *(
            case(
                f"detection_loss_param {{ {SINGLE} coord_num: 4 {options} {weight} }} {norm}",
                maps(1, 4 + classes),
                labels(1, 3),
                no_gradient=why,
            )
            for options, norm, classes in MSCNN_LOSS
            for weight, why in (("lambda: 0", ""), ("lambda: 2", TWICE))
        ),
        bottoms=2,
        not_compared=NO_DIVISOR | OF_YOLO,
    ),
    "YoloSeg": spec(
        seg("object_scale: 2"),
        seg("", positive(N, 2)),
        bottoms=(2, 3),
        large=[
            case(
                "",
                values(N, 4, 48, 48),
                positive(N, 4, 48, 48),
                no_gradient=NOT_THE_SLOPE,
            )
        ],
        not_compared={
            "num_class": UNREAD,
            "class_scale": UNREAD,
            "use_logic_gradient": UNREAD,
            "use_hardsigmoid": UNREAD,
        },
    ),
    "SegmentationEvaluate": spec(
        evaluate("threshold: 0.3", 4, 5),
        evaluate("", 6, 3),
        bottoms=2,
    ),
    "Yolov3": spec(
        v3(V3_SCALES),
        v3("use_logic_gradient: true use_focal_loss: true"),
        v3("use_logic_gradient: false use_focal_loss: false label_smooth_eps: 0.2"),
        *(v3(f"iou_loss: {kind} {V3_BOXES}") for kind in ("IOU", "GIOU", "MSE", "DIOU", "CIOU")),
        v3("iou_loss: CIOU accumulate: true use_logic_gradient: true"),
        v3("iou_loss: GIOU accumulate: false"),
        bottoms=2,
        large=[v3("", values(N, 16, 24, 24))],
        not_compared=V3_UNREAD,
    ),
    "GaussianYolov3": spec(
        v3(V3_SCALES, GAUSSIAN),
        v3(f"use_logic_gradient: true use_focal_loss: true {V3_BOXES}", GAUSSIAN),
        v3("use_logic_gradient: false use_focal_loss: false", GAUSSIAN),
        v3("accumulate: true", GAUSSIAN),
        v3("accumulate: false", GAUSSIAN),
        bottoms=2,
        large=[v3("", values(N, 24, 24, 24))],
        not_compared=V3_UNREAD
        | {"iou_loss": "it is IoU", "label_smooth_eps": "classes are not smoothed"},
    ),
    "YoloDetectionOutput": spec(
        yolo_output("confidence_threshold: 0.3 nms_threshold: 0.4", MAP),
        yolo_output("coords: 4", MAP, values(N, 16, 6, 6)),
        bottoms=(1, 2),
        large=[yolo_output("confidence_threshold: 0.8", values(N, 16, 48, 48))],
        not_compared={
            "side": "that of the map counts",
            "label_map_file": "names classes in Caffe's log",
        },
    ),
    "Yolov3DetectionOutput": spec(
        yolov3_output("confidence_threshold: 0.3 nms_threshold: 0.4", MAP, values(N, 16, 6, 4)),
        yolov3_output("mask_group_num: 1 gaussian_box: true anchors_scale: 8", values(N, 24, 3, 3)),
        yolov3_output("gaussian_box: false", MAP, values(N, 16, 6, 6)),
        bottoms=(1, None),
        large=[yolov3_output("mask_group_num: 1 confidence_threshold: 0.8", values(N, 16, 48, 48))],
    ),
    "Reorg": spec(
        case("reorg_param { stride: 2 }", values(N, 8, 4, 6)),
        case("reorg_param { stride: 3 reverse: false }", values(N, 9, 3, 6)),
        case("reorg_param { stride: 2 reverse: true }", values(N, 8, 3, 2)),
        case("", values(N, 4, 2, 4)),
        large=[case("reorg_param { stride: 2 }", values(2, 64, 48, 50))],
        is_cut_by_numpy=False,
    ),
    "RegionLoss": spec(
        region("bias_match: 0 coords: 4", yolo_labels(30)),
        region(SCALES, yolo_labels(30)),
        region(SCALES, yolo_labels(300), side=""),
        region("rescore: 0", yolo_labels(300), side=""),
        region(SCALES, ssd_labels()),
        bottoms=2,
        large=[region_of(values(N, 16, 24, 24), "side: 24", yolo_labels(30))],
        not_compared={
            "softmax": UNREAD,
            "jitter": UNREAD,
            "absolute": UNREAD,
            "random": UNREAD,
            "softmax_tree": "names a file",
            "class_map": "names a file",
        },
    ),
}
