"""Cases of layers that pick, reorder, add up and put together."""

from tests.conformance import python_layer
from tests.conformance.case import (
    LARGE,
    LARGE_POSITIVE,
    N,
    apart,
    case,
    marks,
    numbers,
    spec,
    values,
)

X = values(N, 3, 2)
POSITIONS = "positions have none"

CASES = {
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
    "BatchReindex": spec(case("", values(4, 3), numbers(N, below=4)), bottoms=2),
    "Concat": spec(
        case("", X, values(N, 1, 2), X),
        case("concat_param { axis: 0 }", X, X),
        case("concat_param { axis: -1 }", X, values(N, 3, 4)),
        case("concat_param { concat_dim: 2 }", X, X),
        case("", X),
        bottoms=(1, None),
    ),
    "Eltwise": spec(
        case("", X, X),
        case("eltwise_param { operation: SUM coeff: 2 coeff: -1 coeff: 0.5 }", X, X, X),
        case("eltwise_param { operation: PROD }", X, X, X),
        case("eltwise_param { operation: PROD stable_prod_grad: false }", X, X, X),
        case("eltwise_param { operation: MAX }", *[apart(N, 3, 2)] * 3),
        bottoms=(2, None),
        large=[
            case(f"eltwise_param {{ {sum_of} }}", LARGE, LARGE_POSITIVE)
            for sum_of in ("operation: SUM", "coeff: 2 coeff: -1")
        ],
    ),
    "Filter": spec(
        case("", X, marks(N)),
        case("", X, values(N), marks(N, 1), num_top=2),
        bottoms=(2, None),
        tops=(1, None),
    ),
    "Flatten": spec(
        case("", X),
        case("flatten_param { axis: 0 end_axis: 1 }", X),
        case("flatten_param { axis: -2 end_axis: -2 }", X),
    ),
    "Parameter": spec(
        case(
            "parameter_param { shape { dim: 2 dim: 3 } }",
            no_gradient="the top's diff is the weight's own, to which nothing is added",
        ),
        bottoms=0,
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
        runs_user_code=True,
    ),
    "Reduction": spec(
        case("", X),
        *(
            case(f"reduction_param {{ operation: {name} axis: {axis} coeff: {coeff} }}", X)
            for name in ("SUM", "ASUM", "SUMSQ", "MEAN")
            for axis, coeff in ((1, 1), (-1, -2.5))
        ),
    ),
    "Reshape": spec(
        case("reshape_param { shape { dim: 0 dim: -1 } }", X),
        case("reshape_param { shape { dim: 3 dim: -1 } axis: 1 }", X),
        case("reshape_param { shape { dim: 1 } axis: -2 num_axes: 0 }", X),
        case("reshape_param { shape { dim: 2 dim: 3 } axis: 1 num_axes: 2 }", X),
    ),
    "Silence": spec(case("", X, values(2)), bottoms=(1, None), tops=0),
    "Slice": spec(
        case("", X, num_top=3),
        case("slice_param { slice_point: 1 slice_point: 3 }", values(N, 4, 2), num_top=3),
        case("slice_param { axis: -1 }", X, num_top=2),
        case("slice_param { slice_dim: 2 }", X, num_top=2),
        case("", X),
        tops=(1, None),
    ),
    "Softmax": spec(case("", X), case("softmax_param { axis: -1 }", X)),
    "Split": spec(
        *(case("", X, num_top=count) for count in (1, 2, 3)),
        tops=(1, None),
        large=[case("", LARGE, num_top=3)],
    ),
    "Tile": spec(
        case("tile_param { tiles: 3 }", X),
        case("tile_param { tiles: 2 axis: 0 }", X),
        case("tile_param { tiles: 2 axis: -1 }", X),
        case("tile_param { tiles: 1 }", X),
    ),
}
