"""Cases of layers that bring values to a common size."""

from tests.conformance.case import LARGE, N, case, spec, values

X = values(N, 5, 2, 3)


def statistics(rng, shape):
    """Sums that make sense: variances and the number of batches are positive."""
    return rng.uniform(0.5, 1.5, shape)


FACTORS = ("scale_bias: true", "scale_filler { value: 2 }", "bias_filler { value: 2 }")
"""With one of these the layer is NVCaffe's."""
INTELS = (
    "use_weight_bias: true",
    "use_weight_bias: false relu: true",
    "bias_term: false",
    "bias_term: true relu: true",
    "filler { value: 2 } relu: false",
)


def batch_norm(options, x=X, **more):
    return case(f"batch_norm_param {{ {options} }}", x, weights=statistics, **more)


STORED = {"weights": statistics, "no_gradient": "stored statistics are no learned weights"}

CASES = {
    "BatchNorm": spec(
        case("", X, weights=statistics),
        case("batch_norm_param { eps: 0.5 }", values(N, 2), weights=statistics),
        case("batch_norm_param { use_global_stats: false }", X, phase="TEST", weights=statistics),
        case("batch_norm_param { use_global_stats: true eps: 0.5 }", X, **STORED),
        case("", X, phase="TEST", **STORED),
        *(batch_norm(text) for text in (*FACTORS, *INTELS)),
        *(
            batch_norm(f"disable_mean: {mean} disable_variance: {variance} eps: 0.5")
            for mean in ("true", "false")
            for variance in ("true", "false")
        ),
        batch_norm("stats_batch_size: 2", values(4, 5, 2)),
        batch_norm("stats_batch_size: 1 scale_bias: true", values(N, 5, 2)),
        batch_norm("scale_bias: false update_global_stats: false"),
        batch_norm("add_eps_before_sqrt: false eps: 0.5"),
        batch_norm("add_eps_before_sqrt: true eps: 0.5"),
        case("batch_norm_param { add_eps_before_sqrt: false eps: 0.5 }", X, phase="TEST", **STORED),
        case("batch_norm_param { update_global_stats: true use_global_stats: true }", X, **STORED),
        *(
            case(f"batch_norm_param {{ {text} }}", X, phase="TEST", **STORED)
            for text in ("scale_bias: true", "relu: true", "disable_mean: true", "filler { }")
        ),
        large=[case("", LARGE, phase=p, weights=statistics) for p in ("TRAIN", "TEST")],
        not_compared={
            "moving_average_fraction": "decides what is stored, not what is put out",
            "update_global_stats": "its gradient takes what it divides by as given",
            "use_global_stats": "stored statistics: compared with the formula in "
            "tests/layers/normalization/test_batch_norm.py",
        },
        more_gradients=[
            case(
                "batch_norm_param { moving_average_fraction: 0.75 eps: 0.5 }",
                values(*shape),
                weights=statistics,
            )
            for shape in ((6, 3), (1, 3, 4), (2, 3, 2, 1, 4), (1, 3), (1, 2, 1, 1))
        ],
        is_cut_by_numpy=False,
    ),
    "LRN": spec(
        case("lrn_param { fuse_type: UNFUSED }", X),
        case("", X),
        case("lrn_param { local_size: 3 alpha: 2 beta: 0.5 k: 2 }", X),
        case("lrn_param { norm_region: WITHIN_CHANNEL local_size: 3 alpha: 3 beta: 1.5 }", X),
        large=[
            case("lrn_param { norm_region: WITHIN_CHANNEL local_size: 3 }", values(2, 99, 40, 40))
        ],
        more_gradients=[
            case(f"lrn_param {{ {options} }}", values(2, 6, 4, 3))
            for options in (
                "local_size: 1 alpha: 3 k: 0.5",
                "local_size: 7 alpha: 4 beta: 1.2",
                "norm_region: WITHIN_CHANNEL local_size: 5 alpha: 6 beta: 0.6",
                "norm_region: WITHIN_CHANNEL local_size: 1 beta: 0.5",
            )
        ],
        not_compared=dict.fromkeys(
            ("fuse_type", "pooling_param"), "written as two layers: netdef/upgrade_fused.py"
        ),
        is_cut_by_numpy=False,
    ),
    "MVN": spec(
        case("", X),
        case("mvn_param { across_channels: true }", X),
        case("mvn_param { normalize_variance: false }", X),
        case("mvn_param { add_eps_before_sqrt: true eps: 0.5 }", X),
        case("mvn_param { add_eps_before_sqrt: false }", X),
        case("mvn_param { normalize_variance: false across_channels: true }", values(N, 2, 3)),
        large=[
            case(f"mvn_param {{ normalize_variance: {word} }}", LARGE) for word in ("true", "false")
        ],
        not_compared={"eps": "counts as nothing in Caffe's gradient"},
        more_gradients=[
            case(
                f"mvn_param {{ normalize_variance: {variance} across_channels: {across} }}",
                values(*shape),
            )
            for variance in ("true", "false")
            for across in ("true", "false")
            for shape in ((1, 2, 3, 3), (3, 2, 4))
        ],
        is_cut_by_numpy=False,
    ),
}
