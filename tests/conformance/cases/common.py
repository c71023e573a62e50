"""Cases of layers with weights that look at one item at a time, and of Dropout."""

from tests.conformance.case import LARGE, N, case, numbers, spec, values

X = values(N, 3, 2)

CASES = {
    "Bias": spec(
        case("", X),
        case("bias_param { num_axes: 2 }", X),
        case("bias_param { num_axes: -1 axis: -1 }", X),
        case("bias_param { num_axes: 0 }", X),
        case("bias_param { axis: 0 num_axes: -1 }", values(2, 3)),
        case("", X, values(3, 2)),
        case("bias_param { axis: 0 }", X, values(N, 3)),
        case("bias_param { axis: 2 }", X, values()),
        bottoms=(1, 2),
        large=[case("", LARGE)],
        is_cut_by_numpy=False,
    ),
    "Dropout": spec(
        case("", X),
        case("dropout_param { dropout_ratio: 0.3 }", X),
        case("dropout_param { dropout_ratio: 0.3 }", X, phase="TEST"),
        case("dropout_param { sqrt_scale: true }", X),
        case("dropout_param { sqrt_scale: false }", X),
        *(
            case("dropout_param { dropout_ratio: 0.3 scale_train: false }", X, phase=phase)
            for phase in ("TRAIN", "TEST")
        ),
        case("dropout_param { sample_weights_test: true }", X, phase="TEST"),
        case("dropout_param { sample_weights_test: false }", X, phase="TEST"),
        large=[case("", LARGE)],
    ),
    "Embed": spec(
        case("embed_param { num_output: 3 input_dim: 4 }", numbers(N, 2, below=4)),
        case("embed_param { num_output: 2 input_dim: 3 bias_term: false }", numbers(N, below=3)),
        more_gradients=[
            case(f"embed_param {{ num_output: 5 input_dim: 9 {bias} }}", numbers(*shape, below=9))
            for bias in ("", "bias_term: false")
            for shape in ((4,), (3, 4), (2, 3, 1, 2), (), (1,), (0,), (0, 3))
        ],
    ),
    "GuidedDropout": spec(
        *(
            case(
                f"guided_dropout_param {{ {options} }}", values(N, 4, 3), values(N, 4), phase=phase
            )
            for phase in ("TRAIN", "TEST")
            for options in (
                'type: "deterministic"',
                "guidance_threshold: -0.3",
                'type: "stochastic" sigmoid_scaler: 0.7',
            )
        ),
        bottoms=2,
        large=[case("", LARGE, values(N, 8))],
        is_cut_by_numpy=False,
    ),
    "InnerProduct": spec(
        case("inner_product_param { num_output: 4 }", X),
        case("inner_product_param { num_output: 4 transpose: true bias_term: false }", X),
        case("inner_product_param { num_output: 4 transpose: true axis: 2 }", X),
        case("inner_product_param { num_output: 4 axis: -1 }", X),
        case("inner_product_param { num_output: 4 axis: 0 }", values(3, 2)),
        case("inner_product_param { num_output: 4 relu: true }", X),
        case("inner_product_param { num_output: 4 relu: true negative_slope: 0.25 }", X),
        case("inner_product_param { num_output: 4 relu: false }", X),
        case(
            "inner_product_param { num_output: 4 normalize: true }",
            X,
            no_gradient="caffe-windows' takes the weights as they are then",
        ),
        case("inner_product_param { bias_term: false }", values(N, 2, 3), values(4, 6)),
        case("inner_product_param { axis: -1 transpose: true }", X, values(5, 2)),
        case("inner_product_param { relu: true }", X, values(4, 6), values(4)),
        case("inner_product_param { bias_term: false }", X, values(4, 6), values(4)),
        bottoms=(1, 3),
        not_compared={"normalize": "tests/layers/common/test_inner_product.py has its formula"},
        large=[
            case(f"inner_product_param {{ num_output: 300 transpose: {word} }}", values(N, 3000))
            for word in ("true", "false")
        ],
        more_gradients=[
            case("inner_product_param { num_output: 5 transpose: true }", X),
            case("inner_product_param { num_output: 5 bias_term: false }", X),
            case("inner_product_param { num_output: 5 axis: -1 transpose: true }", X),
            case("inner_product_param { num_output: 5 axis: -1 bias_term: false }", X),
        ],
    ),
    "Scale": spec(
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
        case("scale_param { min_value: -9 max_value: 9 bias_term: true }", X),
        case("scale_param { min_value: -9 max_value: 9 }", X, values(3)),
        bottoms=(1, 2),
        large=[case(f"scale_param {{ bias_term: {word} }}", LARGE) for word in ("true", "false")],
        is_cut_by_numpy=False,
    ),
}
