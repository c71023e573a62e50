"""Cases of the layers that label pixels."""

from tests.conformance.case import LARGE, N, case, spec, values

X = values(N, 3, 2, 3)


def kept(rng, shape):
    """Weights and statistics that make sense: variances are positive."""
    return rng.uniform(0.5, 1.5, shape)


STATISTICS = "kept statistics are no learned weights"
SEGNET, PSPNET = "scale_filler { value: 1 }", "slope_filler { value: 1 }"

CASES = {
    "BN": spec(
        case(f"bn_param {{ {SEGNET} shift_filler {{ value: 1 }} }}", X),
        case(f"bn_param {{ bn_mode: LEARN {SEGNET} }}", X, phase="TEST"),
        case("bn_param { bn_mode: INFERENCE }", X),
        case("bn_param { var_eps: 0.5 across_spatial: true moving_average: false }", X),
        case("bn_param { across_spatial: false }", X),
        case("bn_param { moving_average: true decay: 0.5 }", X),
        case("bn_param { moving_average: true var_eps: 0.5 }", X, phase="TEST"),
        case("", X, weights=kept),
        case("bn_param { momentum: 0.5 eps: 0.5 frozen: false }", X, weights=kept),
        case("bn_param { eps: 0.5 }", X, phase="TEST", weights=kept, no_gradient=STATISTICS),
        case("bn_param { frozen: true }", X, weights=kept, no_gradient=STATISTICS),
        case(f"bn_param {{ {PSPNET} bias_filler {{ value: 1 }} }}", X, weights=kept),
        case("", X, num_top=3, no_gradient="nothing flows back from what the tops say"),
        tops=(1, 3),
        large=[
            case("bn_param { bn_mode: LEARN }", LARGE),
            case("bn_param { bn_mode: INFERENCE }", LARGE),
            case("", LARGE, phase="TEST", weights=kept),
        ],
        not_compared={
            "scale_filler": "says what weights are at first",
            "shift_filler": "says what weights are at first",
            "slope_filler": "says what weights are at first",
            "decay": "decides what is kept, not what is put out in TRAIN",
            "frozen": "kept statistics: compared with the formula in test_bn.py",
        },
        is_cut_by_numpy=False,
    ),
}
