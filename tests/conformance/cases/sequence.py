"""Cases of layers for sequences: CTC, and what belongs to it."""

import numpy as np

from tests.conformance.case import N, apart, case, exactly, numbers, spec, values

STEPS = 7
TEXTS = numbers(N, 3, below=4)
BY_RULE = "N times the derivative, or without the loss weight: tests/layers/sequence/ divides"
OLD = "a field of CTCLoss, refused here"
NEW = "a field of CtcLoss, refused here"


def goes_on(batch, rng):
    """Sequences of 5, 6 and 7 steps in turn."""
    lengths = np.arange(batch) % 3 + STEPS - 2
    steps = np.arange(STEPS)[:, None]
    return ((steps > 0) & (steps < lengths)).astype(float)


def columns(batch, rng):
    """Texts of 3 letters from three classes, ended by -1."""
    texts = np.full((STEPS, batch), -1.0)
    texts[:3] = (np.arange(3)[:, None] + np.arange(batch)) % 3
    return texts


def ctc(options):
    inputs = (values(STEPS, N, 5), goes_on, columns)
    return case(f"ctc_loss_param {{ {options} }}", *inputs, no_gradient=BY_RULE)


CASES = {
    "Convert": spec(
        case("", values(N, 3, 4)),
        case("", values(N, 3, 1, 4), num_top=2, no_gradient="the second top has none"),
        tops=(1, 2),
    ),
    "CTCGreedyDecoder": spec(
        *(
            case(
                f"ctc_decoder_param {{ blank_index: {blank} ctc_merge_repeated: {on} }}",
                *(apart(STEPS, N, 5), goes_on, columns)[:bottoms],
                num_top=num_top,
                no_gradient="reading has none",
            )
            for blank, on, bottoms, num_top in ((0, "true", 2, 2), (-1, "false", 3, 3))
        ),
        case("", apart(STEPS, N, 5), no_gradient="reading has none"),
        bottoms=(1, 3),
        tops=(1, 3),
    ),
    "CTCLoss": spec(
        ctc(""),
        ctc("blank_index: 4 output_delay: 1 loss_calculation_t: 2"),
        ctc("ctc_merge_repeated: false preprocess_collapse_repeated: true"),
        ctc("ctc_merge_repeated: true preprocess_collapse_repeated: false"),
        bottoms=3,
        not_compared=dict.fromkeys(("alphabet_size", "time_step", "blank_label"), NEW),
    ),
    "ContinuationIndicator": spec(
        case("continuation_indicator_param { time_step: 4 batch_size: 3 }"),
        case(
            "continuation_indicator_param { time_step: 4 axis: 1 }",
            values(2, N),
            no_gradient="counts have none",
        ),
        bottoms=(0, 1),
        not_compared={"axis": "counts have no gradient"},
    ),
    "CtcLoss": spec(
        *(
            case(
                f"ctc_loss_param {{ alphabet_size: 4 time_step: {steps} blank_label: {blank} }}",
                values(STEPS, N, 4),
                TEXTS,
                no_gradient=BY_RULE,
            )
            for steps, blank in ((7, 0), (5, 3))
        ),
        bottoms=2,
        not_compared=dict.fromkeys(
            (
                "output_delay",
                "blank_index",
                "preprocess_collapse_repeated",
                "ctc_merge_repeated",
                "loss_calculation_t",
            ),
            OLD,
        ),
    ),
    "LabelsequenceAccuracy": spec(
        *(
            case(
                f"labelsequence_accuracy_param {{ blank_label: {blank} }}",
                apart(N, 5, 4),
                TEXTS,
                no_gradient="counting has none",
            )
            for blank in (0, 3)
        ),
        bottoms=2,
    ),
    "Lstm": spec(
        case("lstm_param { num_output: 3 clipping_threshold: 0 }", values(4, N, 2)),
        case("lstm_param { num_output: 2 batch_size: 2 }", values(8, 3, 2, 1)),
        case(
            "lstm_param { num_output: 2 batch_size: 1 }",
            values(5, 3),
            exactly([[0], [1], [1], [0], [1]]),
        ),
        bottoms=(1, 2),
        large=[case("lstm_param { num_output: 100 }", values(3, 64, 200))],
        more_gradients=[
            case("lstm_param { num_output: 2 }", values(3, 2, 2), exactly([[1, 0]] * 3)),
        ],
    ),
    "Reverse": spec(
        case("", values(N, 3)),
        case("reverse_param { axis: 1 }", values(N, 3, 2)),
    ),
    "Transpose": spec(
        case("transpose_param { dim: 1 dim: 0 }", values(N, 3)),
        case("transpose_param { dim: 2 dim: 0 dim: 3 dim: 1 }", values(N, 3, 2, 4)),
        large=[case("transpose_param { dim: 3 dim: 0 dim: 2 dim: 1 }", values(2, 64, 48, 50))],
        is_cut_by_numpy=False,
    ),
    "WarpCTCLoss": spec(
        case("ctc_loss_param { blank_index: 3 }", values(STEPS, N, 4), TEXTS, no_gradient=BY_RULE),
        bottoms=(2, 4),
        not_compared=dict.fromkeys(
            (
                "output_delay",
                "preprocess_collapse_repeated",
                "ctc_merge_repeated",
                "loss_calculation_t",
                "alphabet_size",
                "time_step",
                "blank_label",
            ),
            "refused here",
        ),
    ),
}
