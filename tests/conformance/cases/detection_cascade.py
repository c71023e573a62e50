"""Cases of the layers of MS-CNN and Cascade R-CNN."""

import numpy as np

from tests.conformance.case import N, case, marks, positive, spec, values

CHOSEN = "what is chosen has no gradient"
COUNTED = "what is counted has no gradient"
UNREAD = dict.fromkeys(
    ("normalization", "normalize", "pre_fixed_normalizer"), "what is counted has no divisor"
)
NORM = (
    "bbox_mean: 0.1 bbox_mean: 0 bbox_mean: 0 bbox_mean: 0.2 "
    "bbox_std: 0.1 bbox_std: 0.1 bbox_std: 0.2 bbox_std: 0.3"
)
NORMALIZED = f"bbox_reg_param {{ {NORM} }}"
ANY_CLASS = f"bbox_reg_param {{ {NORM} cls_aware: false }}"
EACH_CLASS = f"bbox_reg_param {{ {NORM} cls_aware: true }}"


def corners(rng, count, most=60.0):
    first = rng.uniform(0, most / 2, (count, 2))
    return np.hstack([first, first + rng.uniform(8, most / 2, (count, 2))])


def regions(batch, rng):
    """As many of image 0."""
    return np.hstack([np.zeros((batch, 1)), corners(rng, batch)])


def matches(batch, rng):
    labels = np.arange(batch)[:, None] % 3
    return np.hstack([labels, corners(rng, batch), rng.uniform(0.5, 0.9, (batch, 1))])


def objects(columns):
    """Two of image 0, one of which is ignored; one of image 1."""

    def draw(batch, rng):
        rows = [[0, 5, 5, 30, 40, 1, 0, 0], [1, 0, 0, 9, 9, 2, 0, 1], [0, 40, 2, 60, 22, 2, 1, 0]]
        return np.array(rows, float)[:, :columns]

    return draw


def labels(maps, classes):
    """Of anchors of 40 by 30 pixels every 8."""

    def draw(batch, rng):
        count = maps * batch
        found = np.zeros((count, 6, 3, 4))
        found[:, 0] = np.arange(count * 12).reshape(count, 3, 4) % (2 * classes)
        found[:, 0][found[:, 0] >= classes] = 0
        found[:, 1], found[:, 2] = 4 + 8 * np.arange(4), 4 + 8 * np.arange(3)[:, None]
        found[:, 3:5] = rng.uniform(20, 50, (count, 2, 3, 4))
        found[:, 5] = rng.uniform(0, 0.7, (count, 3, 4))
        return found

    return draw


def maps(group, channels, size=(3, 4)):
    return lambda batch, rng: rng.normal(size=(group * batch, channels, *size))


def probabilities(group, classes, size=(3, 4)):
    def draw(batch, rng):
        found = rng.uniform(0.1, 1, (group * batch, classes, *size))
        return found / found.sum(axis=1, keepdims=True)

    return draw


ANCHORS = "field_w: 40 field_h: 30 downsample_rate: 8 field_w: 60 field_h: 50 downsample_rate: 16"
GROUPS = (
    "box_group_param { field_w: 40 field_h: 30 field_w: 30 field_h: 40 stride: 8 } "
    "box_group_param { field_w: 60 field_h: 50 stride: 16 }"
)
BOUNDS = "field_xyr: 1 field_whr: 3"
SOME = "fg_thr: 0.2 iou_thr: 0.4 max_nms_num: 20 max_post_nms_num: 6 min_size: 4"
SINGLE = "field_w: 40 field_h: 30 downsample_rate: 8"
PAIR = "field_w: 40 field_h: 30 field_w: 30 field_h: 40 stride: 8"
SIZE = lambda batch, rng: np.array([[60.0, 60.0]])  # noqa: E731
TWICE = "boxes count in both numbers of the top, and have the gradient of one"
NO_DIVISOR = dict.fromkeys(
    ("normalization", "normalize", "pre_fixed_normalizer"), "the divisor is what is learned"
)
GROUP_LOSS = (
    (f"cls_num: 3 objectness: false {BOUNDS}", "", 3),
    ("cls_num: 2 objectness: true pos_neg_weighted: true", ANY_CLASS, 2),
    ("cls_num: 3 pos_neg_weighted: false bg_threshold: 0.4 bg_multiple: 2 min_num_neg: 3 "
     'neg_mining_type: "mixture" neg_ranking_type: "conf_prob"', NORMALIZED, 3),
    ('cls_num: 3 batch_size: 10 bbox_loss_type: "Euclidean_L2"',
     "loss_param { ignore_label: 2 }", 3),
)  # fmt: skip
TARGET = "cls_num: 3 num_img_per_batch: 2"

CASES = {
    "BboxAccuracy": spec(
        *(
            case(options, values(N, columns), regions, matches, num_top=2, no_gradient=COUNTED)
            for options, columns in (("", 12), (EACH_CLASS, 12), (ANY_CLASS, 8))
        ),
        bottoms=3,
        tops=(1, 2),
    ),
    "BoxGroupOutput": spec(
        *(
            case(
                f"box_group_output_param {{ {GROUPS} {options} }} {norm}",
                probabilities(2, 3),
                maps(2, 4),
                probabilities(1, 3, (2, 3)),
                maps(1, 4, (2, 3)),
                num_top=tops,
                no_gradient=CHOSEN,
            )
            for options, norm, tops in (
                ("", "", 1),
                (f"{SOME} {BOUNDS}", NORMALIZED, 2),
                ('nms_type: "IOFU"', "", 1),
                ('nms_type: "IOMU"', ANY_CLASS, 1),
            )
        ),
        bottoms=(1, None),
        tops=(1, 2),
        large=[
            case(
                f"box_group_output_param {{ {GROUPS} }}",
                probabilities(2, 3, (20, 30)),
                maps(2, 4, (20, 30)),
                probabilities(1, 3, (10, 15)),
                maps(1, 4, (10, 15)),
            )
        ],
    ),
    "BoxOutput": spec(
        *(
            case(
                f"box_output_param {{ {ANCHORS} {options} }} {norm}",
                maps(1, 7),
                maps(1, 7, (2, 3)),
                num_top=tops,
                no_gradient=CHOSEN,
            )
            for options, norm, tops in (
                ("", "", 1),
                (f"{SOME} {BOUNDS}", NORMALIZED, 2),
                ('nms_type: "IOFU"', "", 1),
                ('nms_type: "IOMU"', ANY_CLASS, 1),
            )
        ),
        bottoms=(1, None),
        tops=(1, 2),
        large=[
            case(f"box_output_param {{ {ANCHORS} }}", maps(1, 7, (20, 30)), maps(1, 7, (10, 15)))
        ],
    ),
    "DecodeBBox": spec(
        case("", values(N, 8), regions, phase="TEST", no_gradient=CHOSEN),
        case(
            f"decode_bbox_param {{ gt_iou_thr: 0.85 }} {ANY_CLASS}",
            values(N, 8),
            regions,
            matches,
            no_gradient=CHOSEN,
        ),
        bottoms=(2, 3),
    ),
    "DetectionAccuracy": spec(
        *(
            case(
                f"detection_accuracy_param {{ {SINGLE} {options} }} {norm}",
                maps(1, 4 + classes),
                labels(1, 3),
                num_top=tops,
                no_gradient=COUNTED,
            )
            for options, norm, classes, tops in (
                ("cls_num: 3", "", 3, 1),
                (f"cls_num: 3 top_k: 2 coord_num: 4 bg_threshold: 0.3 {BOUNDS}", ANY_CLASS, 3, 2),
                ("cls_num: 2 objectness: true", NORMALIZED, 2, 2),
                ("cls_num: 3 objectness: false", "loss_param { ignore_label: 2 }", 3, 2),
            )
        ),
        bottoms=2,
        tops=(1, 2),
        not_compared=UNREAD,
    ),
    "DetectionGroupAccuracy": spec(
        *(
            case(
                f"detection_group_accuracy_param {{ {PAIR} {options} }} {norm}",
                maps(2, classes),
                maps(2, 4),
                labels(2, 3),
                num_top=tops,
                no_gradient=COUNTED,
            )
            for options, norm, classes, tops in (
                ("cls_num: 3", "", 3, 1),
                (f"cls_num: 3 bg_threshold: 0.3 {BOUNDS}", ANY_CLASS, 3, 2),
                ("cls_num: 2 objectness: true", NORMALIZED, 2, 2),
                ("cls_num: 3 objectness: false", "loss_param { ignore_label: 2 }", 3, 2),
            )
        ),
        bottoms=3,
        tops=(1, 2),
        not_compared=UNREAD,
    ),
    "DetectionGroupLoss": spec(
        *(
            case(
                f"detection_group_loss_param {{ {PAIR} {options} {weight} }} {norm}",
                maps(2, classes),
                maps(2, 4),
                labels(2, 3),
                no_gradient=why,
            )
            for options, norm, classes in GROUP_LOSS
            for weight, why in (("lambda: 0", ""), ("lambda: 2", TWICE))
        ),
        bottoms=3,
        not_compared=NO_DIVISOR,
    ),
    "FrcnnOutput": spec(
        *(
            case(
                f"frcnn_output_param {{ {options} }} {norm}",
                positive(N, 3),
                values(N, columns),
                regions,
                SIZE,
                no_gradient=CHOSEN,
            )
            for options, norm, columns in (
                ("", "", 12),
                ("conf_thr: 0.4 iou_thr: 0.4 max_det_num: 3", EACH_CLASS, 12),
                ('nms_type: "IOMU"', ANY_CLASS, 8),
            )
        ),
        bottoms=4,
        not_compared={"save_output_param": "files, with tests of their own"},
        large=[
            case(
                "",
                lambda batch, rng: rng.uniform(size=(40 * batch, 20)),
                lambda batch, rng: rng.normal(size=(40 * batch, 80)),
                lambda batch, rng: regions(40 * batch, rng),
                SIZE,
            )
        ],
    ),
    "HardMining": spec(
        case("", positive(N), regions, no_gradient=CHOSEN),
        case(
            "hard_mining_param { num_roi_per_image: 1 num_image: 2 }",
            positive(N, 1, 1, 1),
            regions,
            marks(N, 2),
            num_top=2,
            no_gradient=CHOSEN,
        ),
        bottoms=(2, None),
        tops=(1, None),
    ),
    "ProposalTarget": spec(
        case(
            f"proposal_target_param {{ {TARGET} batch_size: -1 }}",
            regions,
            objects(7),
            num_top=6,
            no_gradient=CHOSEN,
        ),
        *(
            case(
                f"proposal_target_param {{ {TARGET} batch_size: 5 fg_fraction: 0.4 fg_thr: 0.6 "
                f"bg_thr_hg: 0.4 bg_thr_lw: 0 img_width: 90 img_height: 80 {options} }} {norm}",
                regions,
                objects(columns),
                num_top=7,
                no_gradient=CHOSEN,
            )
            for options, norm, columns in (
                ("iou_weighted: true pickup_discard: true append_gtbox: true", EACH_CLASS, 7),
                ("iou_weighted: false bbox_thr_lw: 0.2 bbox_thr_hg: 0.9", ANY_CLASS, 8),
                ("pickup_discard: false append_gtbox: false", NORMALIZED, 8),
            )
        ),
        bottoms=2,
        tops=(6, 7),
        large=[
            case(
                f"proposal_target_param {{ {TARGET} batch_size: -1 }}",
                lambda batch, rng: regions(500 * batch, rng),
                lambda batch, rng: np.tile(objects(7)(batch, rng), (10, 1)),
                num_top=6,
            )
        ],
        is_cut_by_numpy=False,
    ),
    "ScaleRoute": spec(
        case("", regions, no_gradient=CHOSEN),
        case(
            "scale_route_param { low_scale: 15 high_scale: 25 }",
            regions,
            marks(N, 2),
            num_top=2,
            no_gradient=CHOSEN,
        ),
        bottoms=(1, None),
        tops=(1, None),
    ),
}
