"""Cases of layers for faces and fine classes: margins, centres, triplets."""

import numpy as np

from tests.conformance.case import (
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

FEATURES, LABELS = values(N, 5), numbers(N, below=4)
SCORES = (apart(N, 4), LABELS)
MANY = (values(N, 3000), numbers(N, below=300))
MAP, LABEL_MAP = values(N, 4, 2), numbers(N, 2, below=4)
FIXED = "PRE_FIXED pre_fixed_normalizer: 2.5"
FOCAL = ("ORIGIN", "LINEAR", "ONEADDP")
IMAGE = values(N, 3, 4, 5)
NORMED = (IMAGE, values(N, 4, 5))
DISTANCES = positive(N, 4)
KINDS = ("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")
SCHEDULE = "base: 9 gamma: 0 power: 2 iteration: 3 lambda_min: 0.1"  # the same each time
FILLER = 'weight_filler { type: "xavier" }'
BY_RULE = "no derivative, by the fork's rule: tests/layers/faces/ has it in plain loops"
UNREAD = "the fork reads it nowhere"
SECOND_TOP = "the second top has none"


def above_zero(rng, shape):
    """Weights that are above 0."""
    return rng.uniform(1, 2, shape)


def margin(kind, more=""):
    return f"margin_inner_product_param {{ num_output: 4 type: {kind} {more} }}"


def large_margin(kind, more="num_output: 4 base: 2"):
    return f"largemargin_inner_product_param {{ type: {kind} {more} }}"


def square(batch, rng):
    """Distances of all pairs of a batch."""
    return rng.uniform(0, 1, (batch, batch))


def within(*shape):
    """Cosines that are not too near to 1."""
    draw = positive(*shape)
    return lambda batch, rng: 2 * draw(batch, rng) - 1


def halves(batch, rng):
    """Labels: one class in the first half of the batch, others behind it."""
    return np.maximum(np.arange(batch) - batch // 2, 0).astype(float)


UNUSED_BY_CENTERS = ("normalize", "normalization", "pre_fixed_normalizer")
OF_WINDOWS = "read by SoftmaxWithLoss and Normalize, which have tests of it"

OF_PAIRWISE_LOSS = (
    "l_threshold",
    "q_threshold",
    "l_lambda",
    "q_gamma",
    "class_num",
    "sigmoid_param",
    "continous_similarity",
    "axis",
)


def cuts(batch, rng):
    """How images were cut out, every other one flipped."""
    flips = np.arange(batch) % 2
    return np.stack([flips, np.full(batch, 20), flips + 3, flips * 2], axis=1).astype(float)


PARTNERS = exactly([[3, 2, 1]])

CASES = {
    "AlignDataTransform": spec(
        case("", values(N, 6), cuts, PARTNERS),
        case("", values(N, 3, 2), cuts, PARTNERS),
        bottoms=3,
    ),
    "AUMaskBasedLand": spec(
        *(
            case(
                f"au_mask_based_land_param {{ img_size: 20 spatial_ratio: 0.3 {options} }}",
                lambda batch, rng: rng.uniform(0, 20, size=(batch, 98)),
                num_top=13,
                no_gradient="the points have none",
            )
            for options in (
                "spatial_scale: 0.5",
                'spatial_scale: 1.5 fill_type: "manhattan" fill_coeff: 0.04 fill_value: 0.1',
            )
        ),
        tops=13,
    ),
    "Arccos": spec(case("", within(N, 3, 2)), case("", within(N, 4))),
    "BatchContrastiveLoss": spec(
        *(
            case(
                "batch_contrastive_loss_param { positive_margin: 0.3 negative_margin: 0.6 "
                f"positive_weight: 2 negative_weight: 3 max_only: {on} }}",
                square,
                numbers(N, below=2),
                num_top=num_top,
                no_gradient=BY_RULE,
            )
            for on in ("true", "false")
            for num_top in (1, 2)
        ),
        bottoms=2,
        tops=(1, 2),
    ),
    "CenterLoss": spec(
        case(
            'center_loss_param { num_output: 4 center_filler { type: "xavier" } }',
            FEATURES,
            LABELS,
            no_gradient=BY_RULE,
        ),
        *(
            case(
                f'center_loss_param {{ num_output: 4 axis: -2 distance_type: "{kind}" }}',
                values(N, 2, 3),
                LABELS,
                no_gradient=BY_RULE,
            )
            for kind in ("L1", "L2")
        ),
        case(
            "center_loss_param { num_output: 4 } loss_param { ignore_label: 2 }",
            FEATURES,
            LABELS,
            no_gradient=BY_RULE,
        ),
        bottoms=2,
        not_compared=dict.fromkeys(UNUSED_BY_CENTERS, "not read by this type"),
    ),
    "ChannelScale": spec(
        case("", IMAGE, values(N, 1, 4, 5)),
        case("channel_scale_param { global_scale: false do_forward: true }", *NORMED),
        case(
            "channel_scale_param { do_forward: false do_backward_feature: false "
            "do_backward_scale: false }",
            *NORMED,
        ),
        case("channel_scale_param { do_backward_feature: true do_backward_scale: true }", *NORMED),
        *(
            case(
                "channel_scale_param { global_scale: true min_global_scale: 0.2 "
                "max_global_scale: 2 }",
                *NORMED,
                num_top=2,
                phase=phase,
                no_gradient=BY_RULE,
            )
            for phase in ("TRAIN", "TEST")
        ),
        bottoms=2,
        tops=(1, 2),
        not_compared=dict.fromkeys(
            ("global_scale", "min_global_scale", "max_global_scale"), BY_RULE
        )
        | {"init_global_scale": UNREAD},
    ),
    "ConfidencePenaltyLoss": spec(
        case("", DISTANCES, LABELS),
        case("confidence_penalty_loss_param { beta: 0.4 }", positive(N, 2, 2), numbers(N, below=4)),
        bottoms=2,
    ),
    "CorrelationLoss": spec(
        case("", values(N, 1), values(N, 1)),
        case("", values(N, 1, 2), values(N, 1, 2, 1)),
        bottoms=2,
    ),
    "Cosine": spec(case("", values(N, 3, 2))),
    "DSALoss": spec(
        *(
            case(
                "dsa_loss_param { faceid_num: 3 seqid_num: 2 lambda: 0.3 alpha: 1.5 beta: 1 "
                f"gamma: 2 scale: 2 center_iter: 0 diff_iter: 0 use_normalize: {on} "
                'center_filler { type: "gaussian" } }',
                FEATURES,
                numbers(N, below=3),
                no_gradient=BY_RULE,
            )
            for on in ("true", "false")
        ),
        case(
            "dsa_loss_param { faceid_num: 4 axis: -2 dropout_ratio: 0.5 } "
            "loss_param { ignore_label: 1 }",
            values(N, 2, 3),
            LABELS,
            no_gradient=BY_RULE,
        ),
        bottoms=2,
        not_compared=dict.fromkeys(UNUSED_BY_CENTERS, "not read by this type"),
    ),
    "FCNAccuracy": spec(
        *(
            case(
                f"accuracy_param {{ top_k: {k} }}",
                *[apart(N, 2, 3, 3)] * bottoms,
                no_gradient="counting has none",
            )
            for k, bottoms in ((1, 2), (3, 3))
        ),
        bottoms=(2, 3),
        not_compared=dict.fromkeys(
            ("axis", "ignore_label", "min_is_better"), "not read by this type"
        ),
    ),
    "Flip": spec(
        case("", IMAGE),
        *(
            case(f"flip_param {{ flip_width: {across} flip_height: {down} }}", IMAGE)
            for across, down in (("true", "true"), ("false", "false"))
        ),
    ),
    "FocalLoss": spec(
        *(case(f"focal_loss_param {{ type: {kind} gamma: 1.5 }}", *SCORES) for kind in FOCAL),
        case("focal_loss_param { alpha: 0.25 beta: 3 gama: 3 }", MAP, LABEL_MAP),
        case("loss_weight: 2 loss_weight: 0", *SCORES, num_top=2),
        case("softmax_param { axis: -1 }", values(N, 2, 4), LABEL_MAP),
        *(case(f"loss_param {{ normalize: {on} }}", MAP, LABEL_MAP) for on in ("true", "false")),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 1 }}", MAP, LABEL_MAP)
            for mode in ("FULL", "VALID", "BATCH_SIZE", "NONE", FIXED)
        ),
        bottoms=2,
        tops=(1, 2),
        not_compared={"normalize_type": OF_WINDOWS},
    ),
    "GeneralContrastiveLoss": spec(
        *(
            case(
                "general_contrastive_loss_param { positive_margin: 0 negative_margin: 0.6 "
                f"positive_weight: 2 negative_weight: 3 exp_negative_weight: {on} "
                f"positive_outlier_thresh: 0.9 max_negative_only: {on} add_intra_mae: false "
                "square: false positive_first: false max_positive_only: false }",
                DISTANCES,
                LABELS,
            )
            for on in ("true", "false")
        ),
        *(
            case(
                "general_contrastive_loss_param { positive_margin: 0.3 negative_margin: 0.6 "
                "positive_weight: 2 positive_upper_bound: 0.5 normalize_negative: 0.1 square: true "
                "add_intra_mae: true max_negative_margin: 1 positive_first: true "
                f"max_positive_only: {on} max_negative_only: {on} }}",
                DISTANCES,
                LABELS,
                *more,
                num_top=num_top,
                no_gradient=BY_RULE,
            )
            for on, more, num_top in (
                ("false", [], 1),
                ("true", [], 2),
                ("false", [DISTANCES], 1),
            )
        ),
        bottoms=(2, 3),
        tops=(1, 2),
        not_compared=dict.fromkeys(
            (
                "normalize_negative",
                "max_positive_only",
                "positive_first",
                "positive_upper_bound",
                "add_intra_mae",
                "max_negative_margin",
            ),
            BY_RULE,
        )
        | {"square": UNREAD},
    ),
    "GeneralTripletLoss": spec(
        *(
            case(
                "general_triplet_loss_param { margin: 0.4 positive_weight: 2 negative_weight: 3 "
                f"hardest_only: {on} positive_first: {on} add_center_loss: {on} "
                "positive_upper_bound: 0.6 }",
                DISTANCES,
                *more,
                num_top=num_top,
                no_gradient=BY_RULE,
            )
            for on, more, num_top in (
                ("true", [LABELS], 1),
                ("false", [LABELS], 2),
                ("false", [LABELS, positive(N)], 1),
            )
        ),
        bottoms=(2, 3),
        tops=(1, 2),
    ),
    "GlobalLSEMargin": spec(
        case("scale_param { min_value: 2 max_value: 40 }", SCORES[0], LABELS, no_gradient=BY_RULE),
        case(
            "scale_param { filler { value: 5 } }",
            SCORES[0],
            LABELS,
            positive(N),
            num_top=2,
            no_gradient=BY_RULE,
        ),
        bottoms=(2, 3),
        tops=(1, 2),
        not_compared=dict.fromkeys(
            ("axis", "num_axes", "bias_term", "bias_filler"), "not read by this type"
        ),
    ),
    "Gram": spec(case("", IMAGE), case("", values(N, 3))),
    "Hotspot": spec(
        case(
            "hotspot_param { gaussian_std: 0.8 output_height: 4 output_width: 5 data_height: 9 "
            "data_width: 8 mean_removed: true }",
            values(N, 6),
            no_gradient="the fork has none",
        ),
        case(
            "hotspot_param { data_height: 9 data_width: 8 mean_removed: false }",
            values(N, 6),
            IMAGE,
            no_gradient="the fork has none",
        ),
        bottoms=(1, 2),
    ),
    "InnerDistance": spec(
        *(
            case(f'inner_distance_param {{ num_output: 4 {more} distance_type: "{kind}" }}', x)
            for kind in ("L1", "L2")
            for more, x in (("transpose: true", FEATURES), ("axis: -1", values(N, 2, 3)))
        ),
        case("inner_distance_param { num_output: 4 transpose: false normalize: false }", FEATURES),
        case("inner_distance_param { update_center_only: false }", FEATURES, values(4, 5)),
        case(
            "inner_distance_param { update_center_only: true }",
            FEATURES,
            values(4, 5),
            LABELS,
            no_gradient=BY_RULE,
        ),
        case(
            "inner_distance_param { num_output: 4 normalize: true }", FEATURES, no_gradient=BY_RULE
        ),
        bottoms=(1, 3),
        not_compared={
            "normalize": BY_RULE,
            "update_center_only": BY_RULE,
            "bias_term": UNREAD,
        },
    ),
    "LabeledMatching": spec(
        *(
            case(
                f"labeled_matching_param {{ num_classes: 4 {options} }}",
                FEATURES,
                LABELS,
                no_gradient=BY_RULE,
            )
            for options in ("", "momentum: 0.3")
        ),
        bottoms=2,
        tops=2,
        writes_every_gradient="its rule changes both blobs or none",
        changes_weights="the fork's rule does, without a solver",
    ),
    "L2Norm": spec(case("", IMAGE), case("", FEATURES)),
    "LabelSpecificAdd": spec(
        case("label_specific_add_param { bias: -0.35 }", *SCORES),
        case(
            "label_specific_add_param { bias: -0.35 }",
            apart(N, 2, 2),
            LABELS,
            num_top=2,
            no_gradient=SECOND_TOP,
        ),
        *(
            case(f"label_specific_add_param {{ bias: -0.35 transform_test: {on} }}", *SCORES)
            for on in ("true", "false")
        ),
        case("label_specific_add_param { bias: 3 }", *SCORES, phase="TEST"),
        case(
            "label_specific_add_param { bias_base: 1.3 bias_gamma: 0 bias_power: 2 bias_min: -1 "
            "bias_max: 0.5 iteration: 2 }",
            *SCORES,
        ),
        bottoms=2,
        tops=(1, 2),
    ),
    "LabelSpecificRescale": spec(
        *(
            case(
                "label_specific_rescale_param { positive_weight: 0.5 negative_weight: 3 "
                f"rescale_test: {on} for_ip: {ip} bias_fix: {on} power_on_positive: {power} }}",
                *SCORES,
            )
            for on, ip, power in (
                ("true", "false", "false"),
                ("false", "true", "true"),
                ("false", "false", "true"),
            )
        ),
        case(
            "label_specific_rescale_param { positive_weight_base: 1.3 gamma: 0 power: 2 "
            "positive_weight_min: 1.4 positive_weight_max: 3 iteration: 2 }",
            *SCORES,
        ),
        case(
            "label_specific_rescale_param { negative_weight: 2 }",
            *SCORES,
            num_top=2,
            phase="TEST",
            no_gradient=SECOND_TOP,
        ),
        bottoms=2,
        tops=(1, 2),
        not_compared=dict.fromkeys(("positive_lower_bound", "negative_upper_bound"), UNREAD),
    ),
    "LSROLoss": spec(
        case("", *SCORES),
        case("", MAP, lambda batch, rng: LABEL_MAP(batch, rng) - 1.0, num_top=2),
        case("softmax_param { axis: -1 }", values(N, 2, 4), LABEL_MAP),
        *(case(f"loss_param {{ normalize: {on} }}", MAP, LABEL_MAP) for on in ("true", "false")),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 1 }}", MAP, LABEL_MAP)
            for mode in ("FULL", "VALID", "BATCH_SIZE", "NONE", FIXED)
        ),
        bottoms=2,
        tops=(1, 2),
        not_compared={"normalize_type": OF_WINDOWS},
    ),
    "LargeMarginInnerProduct": spec(
        *(case(large_margin(kind), FEATURES, LABELS) for kind in KINDS),
        *(case(large_margin(kind, "base: 2"), FEATURES, LABELS, values(4, 5)) for kind in KINDS),
        case(
            large_margin("DOUBLE", f"num_output: 4 axis: 2 {FILLER} {SCHEDULE}"),
            values(N, 2, 5),
            numbers(N, 2, below=4),
        ),
        case(large_margin("DOUBLE"), FEATURES, LABELS, num_top=2, no_gradient=SECOND_TOP),
        bottoms=(2, 3),
        tops=(1, 2),
        large=[case(large_margin("TRIPLE", "num_output: 300 base: 2"), *MANY)],
    ),
    "LiftedStructSimilaritySoftmaxLoss": spec(
        case("", FEATURES, numbers(N, below=2)),
        case(
            "lifted_struct_sim_softmax_loss_param { margin: 3 }",
            values(N, 4, 1, 1),
            numbers(N, below=3),
        ),
        bottoms=2,
    ),
    "MarginInnerProduct": spec(
        *(case(margin(kind), FEATURES, LABELS, no_gradient=BY_RULE) for kind in KINDS),
        case(
            margin("DOUBLE", f"axis: 2 {FILLER} {SCHEDULE}"),
            values(N, 2, 5),
            numbers(N, 2, below=4),
            num_top=2,
            no_gradient=BY_RULE,
        ),
        bottoms=2,
        tops=(1, 2),
        large=[case("margin_inner_product_param { num_output: 300 type: TRIPLE }", *MANY)],
        not_compared={"temp_seqid_num": UNREAD},
    ),
    "MovingNormalize": spec(
        *(
            case(options, x, num_top=num_top, weights=above_zero, no_gradient="its mean moves")
            for options, x, num_top in (
                ("", values(N, 5), 1),
                ("param { lr_mult: 0 }", IMAGE, 2),
            )
        ),
        tops=(1, 2),
    ),
    "Norm": spec(case("", IMAGE, rtol=1e-4), case("", FEATURES, rtol=1e-4)),  # its eps differ
    "NormL2": spec(
        case("", IMAGE),
        case("norml2_param { spare: 1 }", FEATURES),
    ),
    "NCALoss": spec(
        case("", DISTANCES, LABELS),
        *(
            case(f"nca_param {{ min_negative_only: {on} }}", DISTANCES, numbers(N, below=3))
            for on in ("true", "false")
        ),
        case("", DISTANCES, LABELS, num_top=2, no_gradient=SECOND_TOP),
        case("", DISTANCES, LABELS, positive(N), no_gradient=BY_RULE),
        bottoms=(2, 3),
        tops=(1, 2),
    ),
    "Pairwise": spec(
        case("pairwise_param { operation: SUM coeff: 2 coeff: -0.5 }", apart(N, 3), values(4, 3)),
        case("pairwise_param { operation: PROD }", apart(N, 3), values(4, 3, 1, 1)),
        case("pairwise_param { operation: MAX }", apart(N, 3), values(4, 3)),
        bottoms=2,
        not_compared=dict.fromkeys(OF_PAIRWISE_LOSS, "of PairwiseLoss, whose message it is, too"),
    ),
    "PairwiseLoss": spec(
        *(
            case(
                f"pairwise_param {{ {options} }}",
                values(N, 4),
                marks(N, 3),
                values(N, 4),
                marks(N, 3),
                no_gradient="without the loss weight: tests/layers/faces/ has it in plain loops",
            )
            for options in (
                "l_threshold: 0.5 class_num: 3 sigmoid_param: 0.5 continous_similarity: true",
                "l_lambda: 0.5 continous_similarity: false",
            )
        ),
        bottoms=4,
        not_compared={
            **dict.fromkeys(("q_threshold", "q_gamma", "axis"), UNREAD),
            **dict.fromkeys(("operation", "coeff"), "of caffe-windows' Pairwise"),
        },
    ),
    "RankHardLoss": spec(
        *(
            case(
                f"{name} {{ pair_size: 2 neg_num: 2 hard_ratio: 0.5 rand_ratio: 0.5 margin: 1.5 }}",
                values(4, 3),
                exactly([0, 0, 1, 1]),
                no_gradient="it heeds no loss weight: tests/layers/faces/ has it in plain loops",
            )
            for name in ("rankhard_loss_param", "rank_param")
        ),
        bottoms=2,
    ),
    "Slope": spec(case("", IMAGE)),
    "SoftContrastiveLoss": spec(
        case(
            "soft_contrastive_loss_param { positive_margin: 0.1 negative_margin: 0.7 "
            "positive_weight: 2 negative_weight: 3 square: false }",
            DISTANCES,
            LABELS,
        ),
        *(
            case(
                "soft_contrastive_loss_param { positive_margin: 0 square: true }",
                DISTANCES,
                LABELS,
                *more,
                num_top=num_top,
                no_gradient=BY_RULE,
            )
            for more, num_top in (((), 1), ((positive(N),), 2))
        ),
        bottoms=(2, 3),
        tops=(1, 2),
        not_compared={"square": BY_RULE, "exponent_scale": UNREAD},
    ),
    "SoftTruncation": spec(
        case("", values(N, 3)), case("soft_truncation_param { c: 0.7 }", values(N, 3, 2))
    ),
    "SubRegion": spec(
        *(
            case(
                "sub_region_param { region_height: 3 region_width: 2 data_height: 9 data_width: 8 "
                f"as_dim: {dim} }}",
                IMAGE,
                values(N, 6),
                values(N, 6),
                num_top=num_top,
                no_gradient=no_gradient,
            )
            for dim, num_top, no_gradient in ((0, 1, ""), (1, 1, ""), (1, 3, "points have none"))
        ),
        bottoms=3,
        tops=(1, 3),
    ),
    "TripletLoss": spec(
        case("triplet_loss_param { margin: 3 }", FEATURES, FEATURES, FEATURES),
        case("", FEATURES, FEATURES, FEATURES, positive(N)),
        *(case("", *[FEATURES] * 5, *labels) for labels in ((), (LABELS,))),
        case("triplet_loss_param { margin: 3 }", FEATURES, halves),
        bottoms=(2, 6),
        more_gradients=[case("", values(7, 2, 3), exactly([3, 3, 3.5, 0, 3, 1, 1]))],
    ),
    "Truncation": spec(
        case("", values(N, 3)),
        case("truncation_param { lower_bound: -0.05 upper_bound: 0.7 }", values(N, 3, 2)),
    ),
    "UnlabeledMatching": spec(
        case("unlabeled_matching_param { queue_size: 4 }", FEATURES, LABELS, no_gradient=BY_RULE),
        bottoms=2,
    ),
}
