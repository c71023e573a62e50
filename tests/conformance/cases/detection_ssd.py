"""Cases of the layers of SSD and of its children."""

import numpy as np

from tests.conformance.case import N, case, exactly, positive, spec, values

MAP = values(N, 3, 2, 2)
IMAGE = values(1, 3, 32, 40)
CHOOSES = "what is chosen has none"

PRIORS, CLASSES = 12, 3
DENSE = "fixed_size: 9 fixed_size: 16 density: 3 density: 1 step: 16"
OF_PRIOR_BOX = (
    *("min_size", "max_size", "aspect_ratio", "flip", "denser_prior_boxes"),
    *("fixed_size", "fixed_ratio", "density"),
    *("box_width", "box_height", "tf", "keras", "yx_order"),
)
SIDES = "width: 9.5 height: 15 width: 20 height: 7.25"


def normalize(options):
    return case(f"norm_param {{ {options} }}", MAP)


def plain_normalize(options, *bottoms, **more):
    return case(f"normalize_param {{ {options} }}", *bottoms or (MAP,), **more)


def prior_box(options):
    return case(f"prior_box_param {{ min_size: 8 {options} }}", MAP, IMAGE)


def boxes(rng, number, smallest=0.2):
    centres, sizes = rng.uniform(0.3, 0.7, (number, 2)), rng.uniform(smallest, 0.5, (number, 2))
    return np.concatenate((centres - sizes / 2, centres + sizes / 2), axis=1)


def priors(batch, rng):
    """Boxes and variances of PriorBox."""
    variances = np.tile([0.1, 0.1, 0.2, 0.2], (PRIORS, 1))
    return np.stack((boxes(np.random.default_rng(1), PRIORS), variances)).reshape(1, 2, -1)


def truths(columns=8, number=5):
    """Rows of AnnotatedData, for images 0 and 1; the last one only fills up."""

    def draw(batch, rng):
        rng = np.random.default_rng(2)
        rows = np.zeros((number + 1, columns))
        rows[:, 0] = [*np.arange(number) % 2, -1]
        rows[:, 1] = 1 + np.arange(number + 1) % (CLASSES - 1)
        rows[:, 3:7] = boxes(rng, number + 1)
        rows[:, 7] = np.arange(number + 1) % 3 == 0
        if columns > 8:
            rows[:, 8:] = rows[:, [3, 4, 5, 4, 5, 6, 3, 6]]
        return rows[None, None]

    return draw


def locations(values=4, classes=1):
    return lambda batch, rng: rng.uniform(-0.3, 0.3, (batch, PRIORS * values * classes))


def probabilities(batch, rng):
    scores = rng.uniform(0.1, 1, (batch, PRIORS, CLASSES))
    return (scores / scores.sum(axis=2, keepdims=True)).reshape(batch, PRIORS * CLASSES)


SCORES = values(N, PRIORS * CLASSES)
OBJECTNESS = positive(N, PRIORS * 2)
REFINEMENT = values(N, PRIORS * 4)


def loss(options, *more, loc=None, truth=None, scores=SCORES, **named):
    text = f"multibox_loss_param {{ num_classes: 3 {options} }}"
    bottoms = (loc or locations(), scores, priors, truth or truths(), *more)
    return case(f"{named.pop('layer', '')} {text}", *bottoms, **named)


def found(options, *more, loc=None):
    text = f"detection_output_param {{ num_classes: 3 {options} }}"
    bottoms = (loc or locations(), probabilities, priors, *more)
    return case(text, *bottoms, no_gradient=CHOOSES)


def priors_of(number):
    def draw(batch, rng):
        corners = np.sort(np.random.default_rng(5).uniform(0, 1, (number, 2, 2)), axis=1)
        return np.stack([corners.reshape(-1), np.full(number * 4, 0.1)])[None]

    return draw


def regions_in_pixels(batch, rng):
    corners = np.sort(np.random.default_rng(5).uniform(0, 40, (PRIORS, 2, 2)), axis=1)
    return np.hstack([np.zeros((PRIORS, 1)), corners.reshape(-1, 4)])


SEPARATE_MAPS = [
    (
        "nbottom: 2 no_permute: true",
        [
            *(positive(N, 3, 2, 6), positive(N, 3, 2, 2)),
            *(values(N, 8, 2, 3), values(N, 8, 1, 2), priors_of(16)),
        ],
    ),
    (
        "nbottom: 2 no_permute: false ratio_permute: true ratio0: 2 ratio1: 1",
        [positive(N, 36), positive(N, 6), values(N, 48), values(N, 8), priors_of(14)],
    ),
    (
        " ".join(["nbottom: 6 ratio_permute: true", *(f"ratio{i}: 1" for i in range(6))]),
        [*[positive(N, 6)] * 6, *[values(N, 8)] * 6, priors_of(12)],
    ),
    (
        "nbottom: 2 ratio_permute: false",
        [*[positive(N, 9)] * 2, *[values(N, 12)] * 2, priors_of(3), priors_of(3)],
    ),
]
of_maps = {"no_gradient": CHOOSES}


def detections(columns=7):
    def draw(batch, rng):
        rng = np.random.default_rng(3)
        rows = np.zeros((8, columns))
        rows[:, 0], rows[:, 1] = np.arange(8) // 4, 1 + np.arange(8) % 2
        rows[:, 2], rows[:, 3:7] = rng.permutation(8) / 8, boxes(rng, 8)
        return rows[None, None]

    return draw


def regions_found(batch, rng):
    """Detections of Cascade R-CNN, in pixels."""
    rows = detections()(batch, rng).reshape(-1, 7)
    return np.hstack([rows[:, :1], 50 * rows[:, 3:7], rows[:, 1:3]])


def regions_true(batch, rng):
    rows = truths()(batch, rng).reshape(-1, 8)
    return np.hstack([rows[:, :1], 50 * rows[:, 3:7], rows[:, 1:2], 0 * rows[:, :1], rows[:, 7:]])


def evaluated(options, *bottoms):
    text = f"detection_evaluate_param {{ num_classes: 3 {options} }}"
    return case(text, *(bottoms or (detections(), truths())), no_gradient="counting has none")


def yolo_truths(batch, rng):
    rows = np.zeros((30, 5))
    rows[:3] = [[0, 0.5, 0.5, 0.2, 0.3], [1, 0.4, 0.4, 0.3, 0.3], [1, 0.6, 0.5, 0.2, 0.4]]
    return rows.reshape(1, 150)


SHAPES_ONLY = "tells what a bottom's shape says already"

CASES = {
    "DetectionEvaluate": spec(
        evaluated("background_label_id: 0 overlap_threshold: 0.4 evaluate_difficult_gt: true"),
        evaluated("evaluate_difficult_gt: false use_polygon: false"),
        evaluated("use_polygon: true", detections(15), truths(16)),
        evaluated("", detections(), yolo_truths),
        evaluated("", regions_found, regions_true, exactly([[40, 50], [60, 80]])),
        bottoms=(2, 3),
        large=[evaluated("")],
        is_cut_by_numpy=False,
        not_compared={
            "name_size_file": "a file",
            "resize_param": "goes with the sizes in a file",
        },
    ),
    "DetectionOutput": spec(
        found("share_location: true code_type: CORNER"),
        found("share_location: false code_type: CORNER_SIZE", loc=locations(4, CLASSES)),
        found(
            "code_type: CENTER_SIZE confidence_threshold: 0.3 keep_top_k: 4 "
            "nms_param { nms_threshold: 0.6 top_k: 5 eta: 0.9 } background_label_id: 1"
        ),
        found("keep_top_k: 6 nms_param { soft_nms: true theta: 0.3 }"),
        found("variance_encoded_in_target: true objectness_score: 0.5", OBJECTNESS),
        found("variance_encoded_in_target: false visualize: false", OBJECTNESS, REFINEMENT),
        found("visualize: true visualize_threshold: 0.5", IMAGE),
        *(
            case(f"detection_output_param {{ num_classes: 3 {text} }}", *bottoms, **of_maps)
            for text, bottoms in SEPARATE_MAPS
        ),
        case(
            "detection_output_param { num_classes: 3 normalized: false input_width: 60 "
            "input_height: 40 variance_encoded_in_target: true }",
            locations(),
            probabilities,
            regions_in_pixels,
            no_gradient=CHOOSES,
        ),
        found("code_type: CENTER_SIZE normalized: true"),
        found("code_type: CENTER_SIZE use_polygon: true", loc=locations(12)),
        found("code_type: CENTER_SIZE use_polygon: false", loc=locations(9)),
        case(
            "detection_output_param { num_classes: 2 side: 3 num_box: 2 coords: 4 "
            "confidence_threshold: 0.2 nms_threshold: 0.4 biases: [1, 2, 2, 1] }",
            values(N, 14, 3, 3),
            no_gradient="what is chosen has none",
        ),
        bottoms=(1, None),
        large=[found("")],
        not_compared={
            "save_output_param": "files",
            "save_file": "a video of what `visualize` shows; nothing is shown here",
            "label_map_file": "of YOLO v2's",
        },
    ),
    "MultiBoxLoss": spec(
        loss("loc_loss_type: SMOOTH_L1 conf_loss_type: SOFTMAX share_location: true"),
        loss(
            "code_type: CENTER_SIZE neg_pos_ratio: 1.5 neg_overlap: 0.4 do_neg_mining: true",
            layer="loss_weight: 2 loss_param { normalization: VALID }",
        ),
        loss(
            "loc_loss_type: L2 loc_weight: 0.5 match_type: BIPARTITE code_type: CORNER_SIZE "
            "overlap_threshold: 0.3 background_label_id: 0",
            layer="loss_param { normalization: FULL }",
        ),
        loss(
            "conf_loss_type: LOGISTIC mining_type: NONE do_neg_mining: false",
            layer="loss_param { normalization: BATCH_SIZE }",
        ),
        loss(
            "mining_type: HARD_EXAMPLE sample_size: 4 match_type: PER_PREDICTION",
            layer="loss_param { normalization: NONE }",
        ),
        loss(
            "share_location: false mining_type: NONE use_difficult_gt: false",
            loc=locations(4, CLASSES),
            layer="loss_param { normalize: true }",
        ),
        loss(
            "mining_type: MAX_NEGATIVE nms_param { nms_threshold: 0.4 top_k: 9 } "
            "use_prior_for_nms: true use_prior_for_matching: true use_difficult_gt: true",
            layer="loss_param { normalize: false }",
        ),
        loss(
            "use_prior_for_nms: false nms_param { nms_threshold: 0.4 top_k: 9 }",
            layer="loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 2.5 }",
        ),
        loss("bp_inside: true ignore_cross_boundary_bbox: true encode_variance_in_target: false"),
        loss("bp_inside: false ignore_cross_boundary_bbox: false map_object_to_agnostic: false"),
        case(
            "multibox_loss_param { num_classes: 2 map_object_to_agnostic: true }",
            locations(),
            values(N, PRIORS * 2),
            priors,
            truths(),
        ),
        loss(
            "code_type: CENTER_SIZE use_prior_for_matching: false",
            no_gradient="other boxes may be matched after a step",
        ),
        loss(
            "encode_variance_in_target: true",
            no_gradient="SSD leaves out the division by variances, on purpose",
        ),
        loss("objectness_score: 0.5", OBJECTNESS),
        loss("code_type: CENTER_SIZE", OBJECTNESS, REFINEMENT),
        loss(
            "use_polygon: true code_type: CENTER_SIZE loc_weight: 0.01",
            loc=locations(12),
            truth=truths(16),
        ),
        loss(
            "use_polygon: false code_type: CENTER_SIZE loc_weight: 0.01",
            loc=locations(9),
            truth=truths(16),
        ),
        bottoms=(4, 6),
        large=[loss("")],
        is_cut_by_numpy=False,
        not_compared={
            "encode_variance_in_target": "true: SSD's gradient is not the derivative",
            "use_prior_for_matching": "false: other boxes may be matched after a step",
            "ignore_label": "SSD's does not read it",
            "ignore_difficult_gt": "read nowhere in NVCaffe, which has it",
        },
    ),
    "Normalize": spec(
        normalize(""),
        case(
            "norm_param { across_spatial: false channel_shared: false }",
            MAP,
            weights=lambda rng, shape: np.full(shape, rng.normal()),
        ),
        normalize("across_spatial: true channel_shared: true eps: 0.5 fix_scale: false"),
        normalize("across_spatial: false scale_filler { type: 'constant' value: 20 }"),
        plain_normalize("normalize_type: 'L1'"),
        plain_normalize("normalize_type: 'L1' bp_norm: true", num_top=2),
        plain_normalize("normalize_type: 'L2' bp_norm: true", num_top=2),
        plain_normalize("fix_gradient: false", values(N, 4)),
        case("", values(N, 4)),
        plain_normalize("bp_norm: false fix_gradient: true", no_gradient="on purpose another one"),
        case("norm_param { fix_scale: true }", MAP, no_gradient="the scale stays: it has none"),
        tops=(1, 2),
        large=[
            case(
                "norm_param { across_spatial: false channel_shared: false }", values(2, 64, 48, 50)
            )
        ],
        is_cut_by_numpy=False,
        not_compared={
            "scale_filler": "says what the scale is at first; the suite draws its own",
            "fix_gradient": "true: not the derivative, on purpose",
            "fix_scale": "true: a weight that has no gradient, on purpose",
            "bp_norm": "false: what comes through top[1] is left out, on purpose",
        },
    ),
    "Permute": spec(
        case("", MAP),
        case("permute_param { order: 0 order: 2 order: 3 order: 1 }", MAP),
        case("permute_param { order: 1 }", values(N, 2)),
        more_gradients=[
            case("permute_param { order: 2 order: 4 order: 0 }", values(1, 2, 3, 2, 2)),
            case("", values(N)),
        ],
        large=[
            case("permute_param { order: 0 order: 2 order: 3 order: 1 }", values(2, 64, 48, 50))
        ],
        is_cut_by_numpy=False,
    ),
    "PriorBox": spec(
        prior_box(""),
        prior_box("max_size: 16 aspect_ratio: 2 aspect_ratio: 3 flip: true clip: true"),
        prior_box("aspect_ratio: 2 flip: false clip: false variance: 0.2"),
        prior_box("variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 img_size: 30"),
        prior_box("img_h: 20 img_w: 30 step_h: 3 step_w: 4 offset: 0.25"),
        prior_box("step: 4 denser_prior_boxes: true"),
        prior_box("denser_prior_boxes: false"),
        prior_box("max_size: 16 aspect_ratio: 2 tf: true yx_order: true"),
        prior_box("max_size: 16 aspect_ratio: 2 keras: true yx_order: false"),
        prior_box("tf: false keras: false box_width: 3 box_width: 5 box_height: 4 box_height: 2"),
        case(f"prior_box_param {{ {DENSE} aspect_ratio: 2 }}", MAP, IMAGE),
        case(f"prior_box_param {{ {DENSE} fixed_ratio: 1 fixed_ratio: 2 clip: true }}", MAP, IMAGE),
        not_compared={"width": "of PriorBoxClustered", "height": "of PriorBoxClustered"},
        bottoms=2,
        large=[
            case(
                "prior_box_param { min_size: 8 max_size: 16 aspect_ratio: 2 }",
                values(1, 1, 100, 110),
                values(1, 1, 300, 330),
            )
        ],
        is_cut_by_numpy=False,
    ),
    "PriorBoxClustered": spec(
        case(f"prior_box_param {{ {SIDES} }}", MAP, IMAGE),
        case(f"prior_box_param {{ {SIDES} step: 16 clip: true variance: 0.2 }}", MAP, IMAGE),
        case(f"prior_box_param {{ {SIDES} clip: false offset: 0.25 img_size: 30 }}", MAP, IMAGE),
        case(f"prior_box_param {{ {SIDES} img_h: 20 img_w: 30 step_h: 3 step_w: 4 }}", MAP, IMAGE),
        not_compared=dict.fromkeys(OF_PRIOR_BOX, "PriorBox reads it, PriorBoxClustered does not"),
        bottoms=2,
        large=[
            case(f"prior_box_param {{ {SIDES} }}", values(1, 1, 100, 110), values(1, 1, 300, 330))
        ],
        is_cut_by_numpy=False,
    ),
}
