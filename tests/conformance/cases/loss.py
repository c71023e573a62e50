"""Cases of losses, and of Accuracy."""

from tests.conformance.case import (
    LARGE,
    LARGE_POSITIVE,
    N,
    apart,
    case,
    marks,
    numbers,
    positive,
    spec,
    values,
)

SCORES, LABELS = values(N, 4), numbers(N, below=4)
MAP, LABEL_MAP = values(N, 4, 2), numbers(N, 2, below=4)
PAIRS = (values(N, 3), values(N, 3), marks(N))
MATRIX = positive(1, 1, 4, 4)
MODES = ("FULL", "VALID", "BATCH_SIZE", "NONE")
COUNTS = "counting has none"

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
        bottoms=2,
        tops=(1, 2),
    ),
    "ContrastiveLoss": spec(
        # not the exact derivative: the distance in its divisor is 0.0001 too large
        case("", *PAIRS, rtol=1e-2),
        case("contrastive_loss_param { margin: 4 }", *PAIRS, rtol=1e-2),
        case("contrastive_loss_param { margin: 9 legacy_version: true }", *PAIRS),
        bottoms=3,
    ),
    "EuclideanLoss": spec(*(case("", X, X) for X in (values(N, 3), values(N, 3, 2))), bottoms=2),
    "HingeLoss": spec(
        case("hinge_loss_param { norm: L1 }", SCORES, LABELS),
        case("hinge_loss_param { norm: L2 }", SCORES, LABELS),
        bottoms=2,
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
        },
    ),
    "MultinomialLogisticLoss": spec(case("", positive(N, 4), LABELS), bottoms=2),
    "SigmoidCrossEntropyLoss": spec(
        case("", MAP, positive(N, 4, 2)),
        case("loss_param { normalize: true }", MAP, positive(N, 4, 2)),
        case("loss_param { normalize: false }", MAP, positive(N, 4, 2)),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 2 }}", MAP, targets)
            for mode, targets in zip(MODES, [numbers(N, 4, 2, below=3)] * 4, strict=True)
        ),
        bottoms=2,
        large=[case("", LARGE, LARGE_POSITIVE)],
    ),
    "SoftmaxWithLoss": spec(
        case("", SCORES, LABELS),
        case("loss_weight: 2 loss_weight: 0", SCORES, LABELS, num_top=2),
        case("softmax_param { axis: -1 }", values(N, 2, 4), LABEL_MAP),
        case("loss_param { normalize: true }", MAP, LABEL_MAP),
        case("loss_param { normalize: false }", MAP, LABEL_MAP),
        *(
            case(f"loss_param {{ normalization: {mode} ignore_label: 1 }}", MAP, LABEL_MAP)
            for mode in MODES
        ),
        bottoms=2,
        tops=(1, 2),
    ),
}
