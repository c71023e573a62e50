"""Cases of losses, and of Accuracy."""

import math

import numpy as np

from tests.conformance.case import (
    LARGE,
    LARGE_POSITIVE,
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

OTHER_GRADIENT = "no derivative, as in the fork: tests/layers/loss/ has it in plain loops"
SCORES, LABELS = values(N, 4), numbers(N, below=4)
SEVERAL = numbers(N, 3, below=4)
MAP, LABEL_MAP = values(N, 4, 2), numbers(N, 2, below=4)
PAIRS = (values(N, 3), values(N, 3), marks(N))
MATRIX = positive(1, 1, 4, 4)
MODES = ("FULL", "VALID", "BATCH_SIZE", "NONE", "PRE_FIXED pre_fixed_normalizer: 2.5")
NORMALIZATIONS = ("", *(f"normalization: {mode}" for mode in MODES))
OLD_AND_NEW = (
    *NORMALIZATIONS,
    "normalize: true",
    "normalize: false",
    "normalize: false normalization: FULL",
    "normalize: true normalization: FULL",
)
SOME_TARGETS = np.resize([-1, 0, 0.3, 1, 0.8], (3, 2, 2))
WEIGHTS = ("", "loss_weight: 2.5")
ITEMS = ((5, 6), (1, 3), (3, 2, 2, 2), (4, 1), (3,))
"""Shapes of scores; there is a label for each item."""
COUNTS = "counting has none"
NOT_DERIVED = "the fork's is not that of its loss"

OF_SOFTMAX = dict.fromkeys(
    ("weight_by_label_freqs", "class_weighting"), "SoftmaxWithLoss alone reads it, as in SegNet"
)
WEIGHTING = " ".join(f"class_weighting: {weight}" for weight in (0.5, 2, 1.5, 0.25))


def labels_of(shape):
    return numbers(shape[0], below=math.prod(shape[1:]))


def normalized(ignored, *bottoms, options="", modes=OLD_AND_NEW):
    """A case for each way to divide a sum, with and without labels to ignore."""
    for mode in modes:
        for ignore in ("", *(f"ignore_label: {label}" for label in ignored)):
            yield case(f"loss_param {{ {mode} {ignore} }} {options}", *bottoms)


OF_WINDOWS = "read by SoftmaxWithLoss and Normalize, which have tests of it"

CASES = {
    "Accuracy": spec(
        case("", apart(N, 4), LABELS, no_gradient=COUNTS),
        case(
            "accuracy_param { top_k: 2 axis: 2 ignore_label: 1 }",
            apart(N, 2, 4),
            LABEL_MAP,
            num_top=2,
            no_gradient=COUNTS,
        ),
        *(
            case(
                f"accuracy_param {{ min_is_better: {word} }}",
                apart(N, 4),
                LABELS,
                no_gradient=COUNTS,
            )
            for word in ("true", "false")
        ),
        bottoms=2,
        tops=(1, 2),
    ),
    "ContrastiveLoss": spec(
        # not the exact derivative: the distance in its divisor is 0.0001 too large
        case("", *PAIRS, rtol=1e-2),
        case("contrastive_loss_param { margin: 4 }", *PAIRS, rtol=1e-2),
        case("contrastive_loss_param { margin: 9 legacy_version: true }", *PAIRS),
        case("", *PAIRS[:2], numbers(N, below=2), numbers(N, below=3), rtol=1e-2),
        bottoms=(3, 4),
    ),
    "DiceCoefLoss": spec(
        case("", values(1, 4, 2), values(1, 4, 2)),
        case("dice_coef_loss_param { smooth: 0.5 }", values(1, 5), values(1, 5)),
        case("", values(N, 4), values(N, 4), no_gradient="it is N times the derivative"),
        bottoms=2,
    ),
    "EntropyLoss": spec(
        *(
            case(
                f"entropy_param {{ {options} }}", positive(N, 4), LABELS, no_gradient=OTHER_GRADIENT
            )
            for options in ("", "threshold: 0.5", "iterations_num: 0 ignore_label: 3")
        ),
        *(
            case(options, values(N, 4, 2))
            for options in (
                *("", "softmax_param { axis: -1 }"),
                *(f"loss_param {{ normalize: {on} }}" for on in ("true", "false")),
                *(
                    f"loss_param {{ normalization: {mode} }}"
                    for mode in ("FULL", "VALID", "BATCH_SIZE", "NONE")
                ),
                "loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 2.5 }",
            )
        ),
        bottoms=(1, 2),
        not_compared={
            "threshold": "Xlearn's gradient is no derivative",
            "iterations_num": "Xlearn's gradient is no derivative",
            "ignore_label": "there are no labels",
            "normalize_type": "read by SoftmaxWithLoss and Normalize, which have tests of it",
        },
    ),
    "EuclideanLoss2": spec(
        case("", values(N, 3), values(N, 3, 1), positive(2, 2)),
        bottoms=3,
    ),
    "EuclideanLoss": spec(
        *(
            case(options, X, X)
            for X in (values(N, 3), values(N, 3, 2))
            for options in (
                "",
                "euclidean_loss_param { type: L2 }",
                "euclidean_loss_param { type: L2sqrt }",
            )
        ),
        case(
            "",
            *[values(N, 3)] * 3,
            no_gradient="it is not squared with the factors",
        ),
        bottoms=(2, 3),
        more_gradients=[
            case(weight, values(*first), values(*second))
            for weight in WEIGHTS
            for first, second in (
                ((3, 4), (3, 4)),
                ((3, 4), (3, 2, 2)),
                ((3,), (3, 1)),
                ((2, 1, 2, 1, 2), (2, 4)),
            )
        ],
    ),
    "EvenDistLoss": spec(
        case("", values(N, 3), values(N, 3), no_gradient=OTHER_GRADIENT),
        bottoms=2,
    ),
    "HingeLoss": spec(
        case("hinge_loss_param { norm: L1 }", SCORES, LABELS),
        case("hinge_loss_param { norm: L2 }", SCORES, LABELS),
        bottoms=2,
        more_gradients=[
            case(f"{weight} hinge_loss_param {{ {norm} }}", values(*shape), labels_of(shape))
            for weight in WEIGHTS
            for norm in ("", "norm: L1", "norm: L2")
            for shape in ITEMS
        ],
    ),
    "InfogainLoss": spec(
        case("", SCORES, LABELS, MATRIX),
        case("loss_weight: 2 loss_weight: 0", SCORES, LABELS, MATRIX, num_top=2),
        case("infogain_loss_param { axis: -1 }", values(N, 2, 4), LABEL_MAP, MATRIX),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 1 }}", MAP, LABEL_MAP, MATRIX)
            for mode in MODES
        ),
        bottoms=(2, 3),
        tops=(1, 2),
        not_compared={
            "source": "the matrix that a third bottom may bring, from a file",
            "normalize": "refused: it is an old name",
            **OF_SOFTMAX,
        },
        more_gradients=[
            *normalized([1], MAP, LABEL_MAP, MATRIX, modes=NORMALIZATIONS),
            *normalized(
                [1],
                values(N, 2, 4),
                LABEL_MAP,
                MATRIX,
                options="infogain_loss_param { axis: -1 }",
                modes=NORMALIZATIONS,
            ),
            case("", values(1, 4), numbers(1, below=4), MATRIX),
        ],
    ),
    "MinQuantizeLoss": spec(
        case("", values(N, 3), values(N, 3), no_gradient=OTHER_GRADIENT),
        bottoms=2,
    ),
    "JMMDLoss": spec(
        *(
            case(
                f"jmmd_param {{ {options} }}",
                values(N, 3),
                values(4, 3),
                values(N, 2),
                values(4, 2),
                no_gradient="the loss is always 0: tests/layers/loss/ has it in plain loops",
            )
            for options in (
                "sigma: 1.7 label_kernel_num: 1",
                "sigma: 1 kernel_num: 2 kernel_mul: 3 label_kernel_num: 3 label_kernel_mul: 1.5",
                "auto_sigma: true fix_gamma: true",
                "auto_sigma: false sigma: 2 fix_gamma: false",
            )
        ),
        bottoms=4,
    ),
    "MMDLoss": spec(
        *(
            case(
                f"mmd_param {{ {options} }}",
                values(N, 3),
                values(4, 3),
                no_gradient="it is of other draws: tests/layers/loss/ has it in plain loops",
            )
            for options in ("", "kernel_num: 2 kernel_mul: 3", "fix_gamma: false")
        ),
        bottoms=2,
        not_compared={"fix_gamma": "it keeps what was first"},
    ),
    "MultinomialLogisticLoss": spec(
        case("", positive(N, 4), LABELS),
        bottoms=2,
        more_gradients=[
            case(weight, positive(*shape), labels_of(shape))
            for weight in WEIGHTS
            for shape in ITEMS
        ],
    ),
    "SetLoss2": spec(
        case("set_loss2_param { alpha: 9 }", values(N, 3), numbers(N, below=99)),
        bottoms=2,
    ),
    "SigmoidCrossEntropyLoss": spec(
        case("", MAP, positive(N, 4, 2)),
        case("loss_param { normalize: true }", MAP, positive(N, 4, 2)),
        case("loss_param { normalize: false }", MAP, positive(N, 4, 2)),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 2 }}", MAP, targets)
            for mode, targets in zip(MODES, [numbers(N, 4, 2, below=3)] * 5, strict=True)
        ),
        case("", MAP, positive(N, 4, 2), positive(N, 4, 2)),
        bottoms=(2, 3),
        large=[case("", LARGE, LARGE_POSITIVE)],
        not_compared=OF_SOFTMAX,
        more_gradients=[
            *normalized([-1, 0, 1], values(3, 2, 2), exactly(SOME_TARGETS)),
            case(
                "loss_param { ignore_label: 1 }",
                values(3, 2, 2),
                exactly(SOME_TARGETS),
                positive(3, 2, 2),
            ),
        ],
    ),
    "SoftmaxWithLoss": spec(
        case("", SCORES, LABELS),
        case("loss_weight: 2 loss_weight: 0", SCORES, LABELS, num_top=2),
        case("loss_param { ignore_label: 1 }", MAP, LABEL_MAP, num_top=3),
        case("softmax_param { axis: -1 }", values(N, 2, 4), LABEL_MAP),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 1 }}", SCORES, SEVERAL)
            for mode in MODES
        ),
        case("loss_param { ignore_label: 1 }", SCORES, SEVERAL, num_top=2),
        case("loss_param { normalize: true }", MAP, LABEL_MAP),
        case("loss_param { normalize: false }", MAP, LABEL_MAP),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 1 }}", MAP, LABEL_MAP)
            for mode in MODES
        ),
        case("softmax_param { label_smooth_factor: 0.25 }", MAP, LABEL_MAP),
        case("", MAP, LABEL_MAP, positive(N, 2)),
        case(
            "softmax_param { label_smooth_factor: 0.25 class_weight: [2, 1, 3, 0] }"
            " loss_param { normalization: NONE ignore_label: 1 }",
            MAP,
            LABEL_MAP,
            positive(N, 2),
        ),
        case("softmaxloss_param { ignore_label: 2 ignore_label: 0 }", MAP, LABEL_MAP),
        *(
            case(f"{options}", MAP, LABEL_MAP, positive(N, 2), no_gradient=NOT_DERIVED)
            for options in (
                "loss_param { label_smoothing: 0.25 }",
                "softmax_param { cutting_point: 0.4 hard_mining_label: 1 }",
                "softmax_param { hard_ratio: 0.5 }",
            )
        ),
        case(f"loss_param {{ weight_by_label_freqs: true {WEIGHTING} }}", MAP, LABEL_MAP),
        case(f"loss_param {{ weight_by_label_freqs: false {WEIGHTING} }}", MAP, LABEL_MAP),
        bottoms=(2, 3),
        tops=(1, 3),
        not_compared={
            "normalize_type": OF_WINDOWS,
            "weight_source": "a file: tests/layers/loss/test_softmax_of_forks.py",
        },
        more_gradients=[
            *normalized([1], MAP, LABEL_MAP),
            *normalized([1], values(N, 2, 4), LABEL_MAP, options="softmax_param { axis: -1 }"),
            *normalized([1], MAP, LABEL_MAP, modes=[f"weight_by_label_freqs: true {WEIGHTING}"]),
        ],
    ),
    "JSDLoss": spec(case("", positive(N, 3), positive(N, 3, 1)), bottoms=2),
    "RSJSDLoss": spec(
        case("", positive(N, 10), positive(N, 2, 5), no_gradient="N / sum of w times too large"),
        bottoms=2,
    ),
    "ManhattanLoss": spec(
        case("", values(N, 3), values(N, 3, 1), no_gradient="it has no jump: no derivative"),
        bottoms=2,
    ),
    "MulticlassCrossEntropyLoss": spec(
        case("", positive(N, 3), marks(N, 3), no_gradient="C times too small, as in the fork"),
        case("", positive(N, 1), marks(N, 1)),
        bottoms=2,
    ),
    "WeightedSoftmaxWithLoss": spec(
        case("", SCORES, LABELS, positive(N)),
        case("loss_param { ignore_label: 1 }", MAP, LABEL_MAP, positive(N)),
        case("softmax_param { axis: 1 }", MAP, LABEL_MAP, positive(N, 2)),
        case("loss_param { normalize: true }", MAP, LABEL_MAP, positive(N)),
        case("loss_param { normalize: false }", MAP, LABEL_MAP, positive(N)),
        *(
            case(
                f"loss_param {{ normalization: {mode} ignore_label: 1 }}",
                MAP,
                LABEL_MAP,
                positive(N),
            )
            for mode in MODES
        ),
        bottoms=3,
        not_compared=OF_SOFTMAX | {"normalize_type": OF_WINDOWS},
    ),
    "TransformLoss": spec(
        case(
            "",
            values(N, 3),
            values(N, 3),
            positive(N, 1),
            positive(N, 1),
            no_gradient=OTHER_GRADIENT,
        ),
        bottoms=4,
    ),
}
