"""Cases of layers that compute each value from the one below it."""

import numpy as np

from tests.conformance.case import LARGE, N, apart, case, positive, spec, values

X = values(N, 3, 2)


def wide(batch, rng):
    """Beyond 6, too, but not near it."""
    return np.copysign(
        rng.choice([0.5, 2, 5, 7, 11], (batch, 3, 2)), rng.normal(size=(batch, 3, 2))
    )


CASES = {
    "AbsVal": spec(case("", X)),
    "BNLL": spec(case("", X), large=[case("", LARGE)]),
    "Clip": spec(
        case("clip_param { min: -0.5 max: 0.7 }", apart(N, 3, 2)),
        more_gradients=[
            case("clip_param { min: 0 max: 6 }", apart(N, 3, 2)),
            case("clip_param { min: 1 max: -1 }", apart(N, 3, 2)),
        ],
    ),
    "ELU": spec(
        case("", X),
        case("elu_param { alpha: 0.5 }", X),
        case("elu_param { alpha: -0.7 }", X),
        case(
            "elu_param { alpha: 1.5 lambda: 1.25 }",
            X,
            no_gradient="NVCaffe's is that of a lambda of 1, times lambda",
        ),
        not_compared={"lambda": "tests/layers/activation/test_elu.py has NVCaffe's formula"},
        large=[case("", LARGE)],
        more_gradients=[case("elu_param { alpha: 0 }", X), case("elu_param { alpha: 2.5 }", X)],
        is_cut_by_numpy=False,
    ),
    "Exp": spec(
        case("", X),
        case("exp_param { base: 2 scale: 0.5 shift: -0.3 }", X),
        case("exp_param { scale: -1.5 }", X),
        more_gradients=[
            case("exp_param { base: 0.25 scale: -2 shift: 1 }", X),
            case("exp_param { base: 1 scale: 2 shift: 3 }", X),
            case("exp_param { base: 5 scale: 0 shift: 2 }", X),
        ],
    ),
    "Atan": spec(case("", X)),
    "HardSwish": spec(case("", wide), case("", X)),
    "Log": spec(
        case("", positive(N, 3, 2)),
        case("log_param { base: 3 scale: 0.5 shift: 0.2 }", positive(N, 3, 2)),
        case("log_param { scale: -1 shift: 1 }", positive(N, 3, 2)),
        more_gradients=[
            case("log_param { scale: 0.5 shift: 1.5 }", positive(N, 3, 2)),
            case("log_param { base: 2 }", positive(N, 3, 2)),
            case("log_param { base: 0.25 scale: -2 shift: 9 }", positive(N, 3, 2)),
            case("log_param { base: 2 scale: 0 shift: 3 }", positive(N, 3, 2)),
        ],
    ),
    "APL": spec(
        case("apl_param { sums: 3 }", X),
        case("apl_param { sums: 1 }", values(N, 3)),
        not_compared={"slope_filler": "first values", "offset_filler": "first values"},
    ),
    "PReLU": spec(
        case("", X),
        case("", values(N, 3)),
        case("prelu_param { channel_shared: true }", values(N, 3, 2, 2)),
        large=[case("", LARGE)],
        more_gradients=[
            case(f"prelu_param {{ channel_shared: {word} }}", values(*shape))
            for word in ("true", "false")
            for shape in ((3, 4), (2, 3, 2), (2, 2, 1, 2, 2), (1, 3, 2, 2))
        ],
        is_cut_by_numpy=False,
    ),
    "Mish": spec(case("", wide), case("", X), large=[case("", LARGE)]),
    "Power": spec(
        case("", X),
        case("power_param { power: 0 scale: 2 }", X),
        case("power_param { power: 3 scale: 0 shift: 2 }", X),
        case("power_param { power: 1 scale: -2 shift: 0.5 }", X),
        case("power_param { power: 2 scale: 0.5 shift: 0.5 }", X),
        case("power_param { power: 3 }", X),
        case("power_param { power: -1.5 scale: 0.5 shift: 0.2 }", positive(N, 3, 2)),
        more_gradients=[
            case("power_param { power: 2 }", X),
            case("power_param { power: 2 scale: 0.5 shift: -0.75 }", X),
            case("power_param { power: 3 scale: -0.5 }", X),
            case("power_param { power: 0 scale: 0 }", X),
            case("power_param { power: 0.5 scale: 1.25 }", positive(N, 3, 2)),
            case("power_param { power: 0.37 scale: 0.83 shift: 2.5 }", positive(N, 3, 2)),
            case("power_param { power: -1 }", positive(N, 3, 2)),
        ],
    ),
    "ReLU": spec(
        case("", X),
        case("relu_param { negative_slope: 0.3 }", X),
        case("relu_param { negative_slope: -0.4 }", X),
        case("relu_param { relu6: true }", wide),
        case("relu_param { relu6: false maximum: 0.5 }", X),
        case("relu_param { maximum: 0.5 negative_slope: -0.4 }", X),
        large=[case(f"relu_param {{ negative_slope: {slope} }}", LARGE) for slope in (0, 0.1)],
        more_gradients=[
            case("relu_param { negative_slope: 1 }", X),
            case("relu_param { negative_slope: 2 }", X),
        ],
        is_cut_by_numpy=False,
    ),
    "ScaleTanH": spec(
        case("", X),
        case("scale_tanh_param { init_scale: 0.7 step_size: 9 gamma: 0.5 power: 2 }", X),
    ),
    "Sigmoid": spec(case("", X), large=[case("", LARGE)]),
    "SignedSqrt": spec(case("", X, no_gradient="0.03 is added to the root that divides it")),
    "Sparsify": spec(
        case("", X),
        case("sparsify_param { thre: 0.05 }", X),
        case("sparsify_param { thre: 0.1 coef: 0.5 }", X, no_gradient="coef is in no loss"),
        not_compared={"coef": "it is in no loss"},
    ),
    "Swish": spec(
        case("", X),
        case("swish_param { beta: -1.7 }", X),
        large=[case("", LARGE)],
        more_gradients=[
            case("swish_param { beta: 0 }", X),
            case("swish_param { beta: 0.5 }", X),
            case("swish_param { beta: 3 }", X),
        ],
    ),
    "TanH": spec(case("", X)),
    "Threshold": spec(
        case("", X, no_gradient="a step has none"),
        case("threshold_param { threshold: 0.4 }", X, no_gradient="a step has none"),
    ),
}
