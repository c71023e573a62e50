"""Cases of the layers of SSD and of its children."""

import numpy as np

from tests.conformance.case import N, case, spec, values

MAP = values(N, 3, 2, 2)
IMAGE = values(1, 3, 32, 40)
NO_VALUES = "the values of the bottoms do not count"


def normalize(options):
    return case(f"norm_param {{ {options} }}", MAP)


def plain_normalize(options, *bottoms, **more):
    return case(f"normalize_param {{ {options} }}", *bottoms or (MAP,), **more)


def prior_box(options):
    return case(f"prior_box_param {{ min_size: 8 {options} }}", MAP, IMAGE)


CASES = {
    "Normalize": spec(
        normalize(""),
        case(
            "norm_param { across_spatial: false channel_shared: false }",
            MAP,
            weights=lambda rng, shape: np.full(shape, rng.normal()),
        ),
        normalize("across_spatial: true channel_shared: true eps: 0.5 fix_scale: false"),
        normalize("across_spatial: false scale_filler { type: 'constant' value: 20 }"),
        plain_normalize("normalize_type: 'L1'"),
        plain_normalize("normalize_type: 'L1' bp_norm: true", num_top=2),
        plain_normalize("normalize_type: 'L2' bp_norm: true", num_top=2),
        plain_normalize("fix_gradient: false", values(N, 4)),
        case("", values(N, 4)),
        plain_normalize("bp_norm: false fix_gradient: true", no_gradient="on purpose another one"),
        case("norm_param { fix_scale: true }", MAP, no_gradient="the scale stays: it has none"),
        tops=(1, 2),
        not_compared={
            "scale_filler": "says what the scale is at first; the suite draws its own",
            "fix_gradient": "true: not the derivative, on purpose",
            "fix_scale": "true: a weight that has no gradient, on purpose",
            "bp_norm": "false: what comes through top[1] is left out, on purpose",
        },
    ),
    "Permute": spec(
        case("", MAP),
        case("permute_param { order: 0 order: 2 order: 3 order: 1 }", MAP),
        case("permute_param { order: 1 }", values(N, 2)),
        more_gradients=[
            case("permute_param { order: 2 order: 4 order: 0 }", values(1, 2, 3, 2, 2)),
            case("", values(N)),
        ],
    ),
    "PriorBox": spec(
        prior_box(""),
        prior_box("max_size: 16 aspect_ratio: 2 aspect_ratio: 3 flip: true clip: true"),
        prior_box("aspect_ratio: 2 flip: false clip: false variance: 0.2"),
        prior_box("variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 img_size: 30"),
        prior_box("img_h: 20 img_w: 30 step_h: 3 step_w: 4 offset: 0.25"),
        prior_box("step: 4 denser_prior_boxes: true"),
        prior_box("denser_prior_boxes: false"),
        bottoms=2,
    ),
}
