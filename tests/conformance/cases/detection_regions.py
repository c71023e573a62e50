"""Cases of the layers of Faster R-CNN, R-FCN, MNC and bottom-up attention."""

import numpy as np

from tests.conformance.case import (
    LARGE,
    N,
    apart,
    case,
    exactly,
    marks,
    numbers,
    positive,
    spec,
    values,
)

CHOSEN = "which boxes are chosen has no gradient"
ROWS = [
    [1, 3.4, 1.6, 12.2, 9.3],
    [0, 0, 0, 14, 11],
    [2, 8, 4, 6, 2],
    [1, -9, -9, 30, 5.5],
    [0, 2, 3, 2, 3],
]
"""Regions of three images of 7 by 6 pixels at a spatial scale of 1/2: one is turned over, one
partly outside, one a pixel."""


def regions(*, columns=5, images=3, size=(14.0, 12.0), shape=()):
    """As many regions as the batch has, of all of so many images in turn."""

    def draw(batch, rng):
        corners = [rng.uniform(0, sides, (batch, len(sides))) for sides in (size, size)]
        rows = np.hstack([np.arange(batch)[:, None] % images, *np.sort(corners, 0)])
        return rows.reshape(batch, columns, *shape)

    return draw


X = values(N, 3, 2, 2)
CORNERS = "that of corners takes them as if they were not rounded"
COPIED = "what is copied are labels"
UNREAD = "no fork's loss of this type reads it"
MODES = ("FULL", "VALID", "BATCH_SIZE", "PRE_FIXED pre_fixed_normalizer: 2.5", "NONE")
DIVISORS = (
    *(f"loss_param {{ normalization: {mode} }}" for mode in MODES),
    "loss_param { normalize: true }",
    "loss_param { normalize: false }",
)
SCORES, LABELS = values(N, 4, 2), numbers(N, 2, below=4)
SIGMA = "smooth_l1_loss_param { sigma: 1.5 }"

PAIR, SCALED = apart(3, 2, 6, 7), "spatial_scale: 0.5"
MAPS = values(3, 8, 6, 7)

OF_WINDOWS = "read by SoftmaxWithLoss and Normalize, which have tests of it"


def turned_regions(batch, rng):
    """Centres and sides in pixels, degrees against the clock."""
    rows = [[i % 2, 20 + 9 * i, 25 + 4 * i, 30 + i, 44 - i, 25 * i - 40] for i in range(batch)]
    return np.array(rows, float).reshape(-1, 6)


CASES = {
    "BoxAnnotatorOHEM": spec(
        *(
            case(
                f"box_annotator_ohem_param {{ roi_per_img: 2 {more} }}",
                rois,
                *(positive(*shape) for shape in ((N, 1, *at), (N, 1, *at), (N, 8, *at))),
                num_top=2,
                no_gradient=COPIED,
            )
            for more, rois, at in (
                ("", numbers(N, 5, below=3), ()),
                ("ignore_label: 7", numbers(N, 5, 2, 3, below=3), (2, 3)),
            )
        ),
        bottoms=4,
        tops=2,
    ),
    "InnerProductBlob": spec(
        case("", values(N, 3), values(4, 3)),
        case("inner_product_blob_param { transpose: false }", values(2, 3, 1, 1), values(N, 3, 1)),
        case("inner_product_blob_param { transpose: true }", values(N, 3), values(N, 3)),
        bottoms=2,
        large=[case("", values(N, 3000), values(300, 3000))],
    ),
    "MaskPooling": spec(case("", values(N, 3, 4, 2), values(N, 1, 4, 2)), bottoms=2),
    "MaskResize": spec(
        *(
            case(
                f"mask_resize_param {{ output_height: {height} output_width: {width} }}",
                values(N, 2, 5, 4),
            )
            for height, width in ((3, 4), (8, 9), (5, 1))
        ),
        case(
            "mask_resize_param { output_height: 1 output_width: 1 factor_height: 2 "
            "factor_width: 0.5 }",
            values(N, 2, 5, 4),
        ),
        large=[case("mask_resize_param { output_height: 30 output_width: 20 }", LARGE)],
        is_cut_by_numpy=False,
    ),
    "PSROIPooling": spec(
        *(
            case(
                f"psroi_pooling_param {{ {SCALED} output_dim: {outputs} group_size: {group} }}",
                MAPS,
                rois,
            )
            for outputs, group, rois in (
                (2, 2, exactly(ROWS)),
                (8, 1, regions()),
                (2, 2, regions(shape=(1, 1))),
            )
        ),
        bottoms=2,
        large=[
            case(
                f"psroi_pooling_param {{ {SCALED} output_dim: 9 group_size: 7 }}",
                values(3, 441, 6, 7),
                regions(),
            )
        ],
        is_cut_by_numpy=False,
    ),
    "RotateROIPooling": spec(
        *(
            case(
                f"rotate_pooling_param {{ pooled_h: 2 pooled_w: 3 {more} }}",
                apart(2, 3, 6, 7),
                turned_regions,
                exactly([[60, 70, 1]]),
            )
            for more in ("spatial_scale: 0.1", "spatial_scale: 0.08")
        ),
        bottoms=3,
    ),
    "Proposal": spec(
        *(
            case(
                f"proposal_param {{ ratio: 0.5 ratio: 1 {more} }}",
                values(*batch, 4, 3, 4),
                values(*batch, 8, 3, 4),
                exactly([image]),
                num_top=tops,
                no_gradient=CHOSEN,
            )
            for batch, image, more, tops in (
                ((1,), [40, 60, 1], "scale: 2 feat_stride: 8 base_size: 10 min_size: 3", 1),
                ((1,), [40, 60, 1], "scale: 2 pre_nms_topn: 9 post_nms_topn: 4 nms_thresh: 0.3", 2),
                ((N,), [40, 60, 1, 2], "scale: 12 min_size: 2", 2),
            )
        ),
        case(
            "proposal_param { anchor_base_size: 4 anchor_scale: 1 anchor_ratio: 3 max_rois: 5 "
            "rpn_min_size: 3 rpn_nms_thresh: 0.5 }",
            values(1, 6, 3, 4),
            values(1, 12, 3, 4),
            exactly([[40, 60, 1]]),
            no_gradient=CHOSEN,
        ),
        case(
            "proposal_param { anchor { left: -6 top: -7 right: 9 bottom: 10 } "
            "anchor { left: 0 top: -3 right: 20 bottom: 4 } stride_h: 8 stride_w: 9 "
            "nms_iou_th: 0.5 nms_input_num: 20 nms_output_num: 7 min_width: 2 min_height: 1 }",
            values(N, 4, 3, 4),
            values(N, 8, 3, 4),
            lambda batch, rng: np.tile([40, 60, 1.5], (batch, 1)),
            no_gradient=CHOSEN,
        ),
        bottoms=3,
        tops=(1, 2),
        large=[
            case(
                "proposal_param { ratio: 1 scale: 12 }",
                values(N, 2, 30, 40),
                values(N, 4, 30, 40),
                exactly([480, 640, 1, 1]),
            )
        ],
    ),
    "ROIAlign": spec(
        *(
            case(f"roi_pooling_param {{ pooled_h: 3 pooled_w: 2 {more} }}", MAPS, rois)
            for more, rois in (
                (SCALED, exactly(ROWS)),
                ("pad_ratio: 0.25", regions(size=(7.0, 6.0), shape=(1, 1))),
            )
        ),
        bottoms=2,
        not_compared=dict.fromkeys(
            ("pooled_size", "pooled_l", "temporal_scale"), "refused, as it is of ROIPooling"
        ),
        large=[
            case(
                f"roi_pooling_param {{ pooled_h: 7 pooled_w: 7 {SCALED} }}",
                values(3, 300, 6, 7),
                regions(),
            )
        ],
        is_cut_by_numpy=False,
    ),
    "ROIPooling": spec(
        case(f"roi_pooling_param {{ pooled_h: 3 pooled_w: 2 {SCALED} }}", PAIR, exactly(ROWS)),
        case(f"roi_pooling_param {{ pooled_size: 3 {SCALED} }}", PAIR, regions(shape=(1, 1))),
        case("roi_pooling_param { pooled_size: 3 pad_ratio: 0.25 }", PAIR, exactly(ROWS)),
        case(f"roi_pooling_param {{ pooled_size: 2 pooled_size: 4 {SCALED} }}", PAIR, regions()),
        case(
            "roi_pooling_param { pooled_size: 2 }",
            apart(3, 2, 4, 3, 5),
            regions(columns=7, size=(5.0, 6.0, 4.0)),
        ),
        case(
            "roi_pooling_param { pooled_l: 2 pooled_h: 3 pooled_w: 2 temporal_scale: 0.5 }",
            apart(3, 2, 4, 8, 5),
            regions(columns=3, size=(9.0,)),
        ),
        bottoms=2,
        large=[
            case(
                f"roi_pooling_param {{ pooled_h: 7 pooled_w: 7 {SCALED} }}",
                apart(3, 600, 6, 7),
                regions(),
            )
        ],
        is_cut_by_numpy=False,
    ),
    "ROIWarping": spec(
        *(
            case(
                f"roi_warping_param {{ pooled_h: 3 pooled_w: {width} {more} }}",
                values(3, 2, 9, 11),
                rois,
                no_gradient=why,
            )
            for width, more, rois, why in (
                (2, SCALED, exactly([[1, 2, 1, 18, 13], [0, 0, 0, 20, 16]]), CORNERS),
                (4, "", regions(size=(10.0, 8.0)), CORNERS),
            )
        ),
        bottoms=2,
        large=[
            case(
                f"roi_warping_param {{ pooled_h: 7 pooled_w: 7 {SCALED} }}",
                values(3, 80, 9, 11),
                regions(),
            )
        ],
        is_cut_by_numpy=False,
    ),
    "SmoothL1Loss": spec(
        case("", X, X),
        case("", X, X, marks(N, 3, 2, 2)),
        case("", values(N, 3), values(N, 3, 1, 1), num_top=2),
        case(SIGMA, X, X),
        case(SIGMA, X, X, X, X),
        case(SIGMA, *[values(N, 3, 2, 1, 2)] * 4),
        case("smoothl1_param { turn_point: 0.4 }", X, X, marks(N, 3, 2, 2)),
        *(case(divisor, X, X) for divisor in DIVISORS),
        *(case(divisor, X, X, X, X) for divisor in DIVISORS[:5]),
        bottoms=(2, 4),
        tops=(1, 2),
        not_compared={"ignore_label": UNREAD},
    ),
    "SmoothL1LossOHEM": spec(
        case("", X, X),
        case("loss_weight: 2 loss_weight: 0", X, X, marks(N, 3, 2, 2), num_top=2),
        *(case(divisor, values(N, 3), values(N, 3)) for divisor in DIVISORS),
        *(case(divisor, X, X, num_top=2) for divisor in DIVISORS),
        bottoms=(2, 3),
        tops=(1, 2),
        not_compared={"ignore_label": UNREAD},
    ),
    "SoftmaxWithLossOHEM": spec(
        case("", SCORES, LABELS),
        case("loss_weight: 2 loss_weight: 0", SCORES, LABELS, num_top=2),
        case("loss_param { ignore_label: 1 }", SCORES, LABELS, num_top=3),
        case("softmax_param { axis: -1 }", values(N, 2, 4), LABELS),
        *(case(divisor, SCORES, LABELS) for divisor in DIVISORS),
        bottoms=2,
        tops=(1, 3),
        not_compared={"normalize_type": OF_WINDOWS},
    ),
}
