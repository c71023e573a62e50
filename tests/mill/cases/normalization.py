"""Cases of layers that bring values to a common size."""

from tests.mill.case import N, case, values

X = values(N, 5, 2, 3)


def statistics(rng, shape):
    """Sums that make sense: variances and the number of batches are positive."""
    return rng.uniform(0.5, 1.5, shape)


STORED = {"weights": statistics, "no_gradient": "stored statistics are no learned weights"}

CASES = {
    "BatchNorm": [
        case("", X, weights=statistics),
        case("batch_norm_param { eps: 0.5 }", values(N, 2), weights=statistics),
        case("batch_norm_param { use_global_stats: false }", X, phase="TEST", weights=statistics),
        case("batch_norm_param { use_global_stats: true eps: 0.5 }", X, **STORED),
        case("", X, phase="TEST", **STORED),
    ],
    "LRN": [
        case("", X),
        case("lrn_param { local_size: 3 alpha: 2 beta: 0.5 k: 2 }", X),
        case("lrn_param { norm_region: WITHIN_CHANNEL local_size: 3 alpha: 3 beta: 1.5 }", X),
    ],
    "MVN": [
        case("", X),
        case("mvn_param { across_channels: true }", X),
        case("mvn_param { normalize_variance: false }", X),
        case("mvn_param { normalize_variance: false across_channels: true }", values(N, 2, 3)),
    ],
}
