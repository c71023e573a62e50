"""Cases of layers that pick, reorder, add up and put together."""

import numpy as np

from tests.conformance import python_layer
from tests.conformance.case import (
    LARGE,
    LARGE_POSITIVE,
    N,
    apart,
    case,
    exactly,
    marks,
    numbers,
    spec,
    values,
)

X = values(N, 3, 2)
POSITIONS = "positions have none"

CHOSEN = {"no_gradient": "the weight says what is chosen"}


def two_of(rng, shape):
    """The last two."""
    return np.arange(shape[0]) >= shape[0] - 2


OF_WINDOWS = "read by SoftmaxWithLoss and Normalize, which have tests of it"

CASES = {
    "Add": spec(
        case("", X, X),
        case("", X, values(3, 1)),
        case("", values(1, 3, 1), values(N, 1, 2)),
        bottoms=2,
    ),
    "ArgMax": spec(
        case("", apart(N, 3, 2), no_gradient=POSITIONS),
        case("argmax_param { top_k: 2 out_max_val: true }", apart(N, 4), no_gradient=POSITIONS),
        case(
            "argmax_param { top_k: 2 out_max_val: true axis: 1 }",
            apart(N, 3, 2),
            no_gradient=POSITIONS,
        ),
        case("argmax_param { axis: -1 }", apart(N, 3, 2), no_gradient=POSITIONS),
    ),
    "BatchReindex": spec(
        case("", values(4, 3), numbers(N, below=4)),
        bottoms=2,
        more_gradients=[
            case("", values(3, 2, 2), exactly(rows))
            for rows in ([0, 1, 2], [2, 2, 0, 2], [1], [2, 0], [0] * 6)
        ],
    ),
    "CompactBilinear": spec(
        case("compact_bilinear_param { num_output: 6 }", values(N, 3, 2, 4), values(N, 5, 2, 4)),
        case(
            "compact_bilinear_param { num_output: 5 sum_pool: false }",
            values(N, 3, 2, 4),
            values(N, 5, 2, 4),
        ),
        bottoms=2,
    ),
    "Combination": spec(
        case(
            "combination_param { xcoord: [0, 2, 1] ycoord: [0, 0, 3] }",
            values(N, 2, 3, 2),
            values(N, 2, 3, 2),
            values(N, 2, 1, 3),
        ),
        bottoms=(1, None),
    ),
    "Concat": spec(
        case("", X, values(N, 1, 2), X),
        case("concat_param { axis: 0 }", X, X),
        case("concat_param { axis: -1 }", X, values(N, 3, 4)),
        case("", values(N, 3), values(N, 1, 2)),
        case("concat_param { concat_dim: 2 }", X, X),
        case("", X),
        case("concat_param { per_fla_fuse: true }", values(N, 3, 2, 4), values(N, 2, 1, 3)),
        case("concat_param { per_fla_fuse: false }", X, X),
        bottoms=(1, None),
        large=[case("", LARGE, LARGE), case("concat_param { axis: 0 }", LARGE, LARGE)],
        is_cut_by_numpy=False,
        more_gradients=[
            case(f"concat_param {{ axis: {axis} }}", *[X] * count)
            for axis in (0, 1, 2, -1)
            for count in (1, 2, 3)
        ],
    ),
    "Division": spec(
        case(
            "division_param { width: 2 height: 3 xcoord: [0, 1, 3] ycoord: [0, 1, 0] }",
            values(N, 2, 4, 5),
            num_top=3,
        ),
        tops=(1, None),
    ),
    "Eltwise": spec(
        case("", X, X),
        case("eltwise_param { operation: SUM coeff: 2 coeff: -1 coeff: 0.5 }", X, X, X),
        case("eltwise_param { operation: PROD }", X, X, X),
        case("eltwise_param { operation: PROD stable_prod_grad: false }", X, X, X),
        case("eltwise_param { operation: MAX }", *[apart(N, 3, 2)] * 3),
        case("eltwise_param { operation: SORT }", X, X, X),
        case("eltwise_param { axis: 1 }", X, exactly([1.5, -2.0, 0.5])),
        case("eltwise_param { operation: PROD }", X, values(N), X),
        *(
            case(
                f"eltwise_param {{ {options} }}",
                X,
                X,
                exactly([2.0, -3.0]),
                no_gradient="the factors get none",
            )
            for options in ("coeff_blob: true", "coeff_blob: true coeff: 2 coeff: -1")
        ),
        case("eltwise_param { operation: SORT stable_prod_grad: false }", X, X),
        *(
            case(f"eltwise_param {{ operation: STOCHASTIC_SUM {coeffs} }}", X, X, phase=phase)
            for coeffs in ("coeff: 0.5 coeff: 0.25", "")
            for phase in ("TRAIN", "TEST")
        ),
        bottoms=(2, None),
        not_compared={"coeff_blob": "the factors get no gradient"},
        large=[
            case(f"eltwise_param {{ {sum_of} }}", LARGE, LARGE_POSITIVE)
            for sum_of in ("operation: SUM", "coeff: 2 coeff: -1")
        ],
    ),
    "Filter": spec(
        case("", X, marks(N)),
        case("", X, values(N), marks(N, 1), num_top=2),
        case("filter_param { num_output: 2 }", X, X, num_top=2, weights=two_of, **CHOSEN),
        case("filter_param { axis: 2 num_output: 2 }", values(N, 2, 3), weights=two_of, **CHOSEN),
        not_compared=dict.fromkeys(
            ("axis", "num_output"),
            "of the weight that says what is chosen, which has a test",
        ),
        bottoms=(1, None),
        tops=(1, None),
        more_gradients=[
            case("", values(5, 2), values(5, 1, 2), exactly(selector), num_top=2)
            for selector in ([1, 0, 1, 1, 0], [0, 0, 0, 0, 1], [1] * 5, [0, -2.5, 1e-3, 0, np.inf])
        ],
    ),
    "Flatten": spec(
        case("", X),
        case("flatten_param { axis: 0 end_axis: 1 }", X),
        case("flatten_param { axis: -2 end_axis: -2 }", X),
        more_gradients=[
            case(f"flatten_param {{ {options} }}", values(2, 1, 2, 2))
            for options in (
                "axis: 0",
                "axis: 0 end_axis: -2",
                "axis: 1 end_axis: 2",
                "axis: -3 end_axis: -2",
                "axis: 2",
                "axis: 3",
                "axis: 2 end_axis: 1",
            )
        ],
    ),
    "GradientScaler": spec(
        *(
            case(f"gradient_scaler_param {{ {options} }}", X, no_gradient="it is turned round")
            for options in (
                "lower_bound: 0.2 upper_bound: 0.7 alpha: 0 max_iter: 9",
                "scale_factor: -0.5",
            )
        ),
        bottoms=(1, None),
        tops=(1, None),
        not_compared={"threshold_iter": "Xlearn reads it nowhere"},
    ),
    "GradientSilent": spec(case("", X, no_gradient="there is none, on purpose")),
    "Mul": spec(
        case("", X, X),
        case("", values(N, 3, 2, 2), values(N, 3, 1, 1)),
        case("", values(N, 3, 1), values(1, 4)),
        bottoms=2,
        more_gradients=[
            case("", values(2), values(3, 2)),
            case("", values(3, 1), values(2, 1, 4)),
            case("", values(), values(3)),
        ],
    ),
    "OuterProduct": spec(case("", values(N, 3), values(N, 4, 1, 1)), bottoms=2),
    "Parameter": spec(
        case(
            "parameter_param { shape { dim: 2 dim: 3 } }",
            no_gradient="the top's diff is the weight's own, to which nothing is added",
        ),
        bottoms=0,
        not_compared={"blob_filler": "says what the weight is at first"},
        writes_every_gradient="the weight's gradient is the top's own memory",
    ),
    "Python": spec(
        case(
            f'python_param {{ module: "{python_layer.__name__}" layer: "Times" param_str: "3" }}',
            X,
            X,
        ),
        bottoms=(0, None),
        tops=(0, None),
        not_compared={"share_in_parallel": "has no meaning here"},
        writes_every_gradient="Caffe does not tell a class which weights want a gradient",
    ),
    "Reduction": spec(
        case("", X),
        *(
            case(f"reduction_param {{ operation: {name} axis: {axis} coeff: {coeff} }}", X)
            for name in ("SUM", "ASUM", "SUMSQ", "MEAN")
            for axis, coeff in ((1, 1), (-1, -2.5))
        ),
        more_gradients=[
            case(f"reduction_param {{ operation: {name} axis: {axis} coeff: {coeff} }}", X)
            for name in ("SUM", "ASUM", "SUMSQ", "MEAN")
            for axis in (0, 2, -2, -3)
            for coeff in (1, -2.5)
        ],
    ),
    "Reshape": spec(
        case("reshape_param { shape { dim: 0 dim: -1 } }", X),
        case("reshape_param { shape { dim: 3 dim: -1 } axis: 1 }", X),
        case("reshape_param { shape { dim: 1 } axis: -2 num_axes: 0 }", X),
        case("reshape_param { shape { dim: 2 dim: 3 } axis: 1 num_axes: 2 }", X),
        case("reshape_param { pixelshuffler: 2 }", values(N, 8, 2, 3)),
        more_gradients=[case("reshape_param { shape { dim: 8 } }", values(2, 2, 2))],
        large=[case("reshape_param { pixelshuffler: 2 }", values(2, 64, 48, 50))],
        is_cut_by_numpy=False,
    ),
    "Silence": spec(
        case("", X, values(2)),
        bottoms=(1, None),
        tops=0,
        more_gradients=[case("", values(2, 3), values(), values(0))],
    ),
    "Slice": spec(
        case("", X, num_top=3),
        case("slice_param { slice_point: 1 slice_point: 3 }", values(N, 4, 2), num_top=3),
        case("slice_param { axis: -1 }", X, num_top=2),
        case("slice_param { slice_dim: 2 }", X, num_top=2),
        case("", X),
        tops=(1, None),
        more_gradients=[
            *(
                case(
                    f"slice_param {{ {axis} slice_point: {first} slice_point: {second} }}",
                    values(2, 6, 3),
                    num_top=3,
                )
                for axis in ("", "axis: -2", "slice_dim: 1")
                for first, second in ((1, 3), (4, 5), (4, 6))
            ),
            *(
                case(f"slice_param {{ axis: {axis} slice_point: 3 }}", values(4, 1, 4), num_top=2)
                for axis in (0, 2, -1)
            ),
            case("slice_param { slice_point: 1 }", values(2, 6, 3), num_top=2),
        ],
    ),
    "Softmax": spec(
        case("", X),
        case("softmax_param { axis: -1 }", X),
        more_gradients=[
            case("softmax_param { axis: 0 }", values(2, 4, 3, 2)),
            case("softmax_param { axis: -3 }", values(2, 3, 2, 2)),
            case("", values(3, 5)),
        ],
        not_compared={"normalize_type": OF_WINDOWS},
    ),
    "Split": spec(
        *(case("", X, num_top=count) for count in (1, 2, 3)),
        tops=(1, None),
        large=[case("", LARGE, num_top=3)],
        is_cut_by_numpy=False,
    ),
    "Squeeze": spec(
        case("", values(N, 3, 1, 1)),
        case("squeeze_param { axis: -1 axis: 1 }", values(N, 1, 3, 1)),
        more_gradients=[case("", values(1, 2, 1, 3)), case("", values(1, 1))],
    ),
    "Tile": spec(
        case("tile_param { tiles: 3 }", X),
        case("tile_param { tiles: 2 axis: 0 }", X),
        case("tile_param { tiles: 2 axis: -1 }", X),
        case("tile_param { tiles: 1 }", X),
        case("tile_param { tiles_from_axis: -1 }", X),
        more_gradients=[
            case(f"tile_param {{ axis: {axis} tiles: {tiles} }}", X)
            for axis in (0, 2, -2)
            for tiles in (1, 3)
        ],
    ),
}
