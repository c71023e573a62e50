"""Cases of layers with weights that look at one item at a time, and of Dropout."""

from tests.mill.case import N, case, numbers, values

X = values(N, 3, 2)

CASES = {
    "Bias": [
        case("", X),
        case("bias_param { num_axes: 2 }", X),
        case("bias_param { num_axes: -1 axis: -1 }", X),
        case("bias_param { num_axes: 0 }", X),
        case("bias_param { axis: 0 num_axes: -1 }", values(2, 3)),
        case("", X, values(3, 2)),
        case("bias_param { axis: 0 }", X, values(N, 3)),
        case("bias_param { axis: 2 }", X, values()),
    ],
    "Dropout": [
        case("", X),
        case("dropout_param { dropout_ratio: 0.3 }", X),
        case("dropout_param { dropout_ratio: 0.3 }", X, phase="TEST"),
    ],
    "Embed": [
        case("embed_param { num_output: 3 input_dim: 4 }", numbers(N, 2, below=4)),
        case("embed_param { num_output: 2 input_dim: 3 bias_term: false }", numbers(N, below=3)),
    ],
    "InnerProduct": [
        case("inner_product_param { num_output: 4 }", X),
        case("inner_product_param { num_output: 4 transpose: true bias_term: false }", X),
        case("inner_product_param { num_output: 4 transpose: true axis: 2 }", X),
        case("inner_product_param { num_output: 4 axis: -1 }", X),
        case("inner_product_param { num_output: 4 axis: 0 }", values(3, 2)),
    ],
    "Scale": [
        case("", X),
        case("scale_param { bias_term: true }", X),
        case("scale_param { num_axes: 2 bias_term: true }", X),
        case("scale_param { num_axes: -1 axis: -1 }", X),
        case("scale_param { num_axes: 0 bias_term: true }", X),
        case("scale_param { axis: 0 num_axes: -1 }", values(2, 3)),
        case("", X, values(3, 2)),
        case("scale_param { axis: 1 bias_term: true }", X, values(3)),
        case("scale_param { axis: 0 }", X, values(N, 3)),
        case("scale_param { axis: 2 }", X, values()),
    ],
}
