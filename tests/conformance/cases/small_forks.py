"""Cases of small layer types that forks have added for classification."""

from tests.conformance.case import LARGE, N, apart, case, numbers, spec, values
from tests.conformance.cases.vision import (
    MARGINS,
    MORE_WINDOWS,
    NO_OFFSET,
    NOT_FUSED,
    PAIR,
    WINDOWS,
    fused_cases,
)

X = values(N, 3, 2)
PHASES = ("TRAIN", "TEST")
OF_SSD_NOISE = (
    "prob",
    "hist_eq",
    "inverse",
    "decolorize",
    "gauss_blur",
    "jpeg",
    "posterize",
    "erode",
    "saltpepper",
    "saltpepper_param",
    "clahe",
    "convert_to_hsv",
    "convert_to_lab",
    "all_effects",
)
IMAGE = values(N, 4, 5, 6)


def convolution(options, x=IMAGE, **more):
    return case(f"convolution_param {{ {options} }}", x, **more)


def boxes_of(options, *more_maps, **more):
    text = f"predict_box_param {{ {options} }}"
    return case(text, values(N, 2, 3, 5), *more_maps, no_gradient="boxes have none", **more)


def reduction(options, x, **more):
    return case(f"batch_reduction_param {{ {options} }}", x, **more)


NOT_COMPARED = {**NO_OFFSET, "fuse_type": "one of its values is refused; the others are stated"}


def depthwise():
    """Windows over images, one filter for each channel; what the type does not read is stated."""
    windows = [text for text, x in WINDOWS if x is WINDOWS[0][1] and "axis" not in text]
    more = [text for text, x in MORE_WINDOWS if x is PAIR]
    return spec(
        *(convolution(text) for text in windows),
        convolution("kernel_size: 2 bias_term: false"),
        convolution("kernel_size: 2 num_output: 7 group: 3 axis: 1"),
        *(convolution(f"kernel_size: 3 stride: 2 {margins}") for margins in MARGINS),
        more_gradients=[convolution(text, PAIR) for text in more],
        not_compared={**NOT_FUSED, **NO_OFFSET},
        large=[convolution("kernel_size: 3 pad: 1", LARGE)],
        is_cut_by_numpy=False,
    )


ND = (
    "num_output: 2 kernel_shape { dim: 2 dim: 2 dim: 1 } stride_shape { dim: 1 dim: 2 dim: 1 } "
    "pad_shape { dim: 1 dim: 0 dim: 0 }"
)


def grouped(*more):
    windows = [f"num_output: 4 group: 4 {text}" for text, x in WINDOWS if x is WINDOWS[0][1]]
    return spec(
        *(convolution(f"num_output: 4 group: 4 kernel_size: 3 {margins}") for margins in MARGINS),
        *(convolution(text) for text in windows),
        convolution("num_output: 2 kernel_size: 2 axis: 2", values(N, 2, 4, 3, 3)),
        convolution("num_output: 6 kernel_size: 2 group: 2 bias_term: false"),
        convolution("num_output: 8 kernel_size: 2 group: 4", IMAGE),
        *fused_cases(),
        *more,
        bottoms=(1, None),
        tops=(1, None),
        not_compared=NOT_COMPARED,
        large=[convolution("num_output: 8 kernel_size: 3 group: 8", LARGE)],
        is_cut_by_numpy=False,
    )


CASES = {
    "Axpy": spec(
        case("", values(N, 3), values(N, 3, 2, 2), values(N, 3, 2, 2)),
        case("", values(N, 3, 1, 1), values(N, 3, 2, 2), values(N, 3, 2, 2)),
        case("", values(N, 3), values(N, 3), values(N, 3)),
        bottoms=3,
        large=[case("", values(N, 8, 1, 1), LARGE, LARGE)],
        is_cut_by_numpy=False,
    ),
    "BatchReduction": spec(
        case("", X),
        *(
            reduction(f"{options} reduction_param {{ operation: {operation} axis: {axis} }}", x)
            for operation in ("SUM", "MEAN")
            for options, axis, x in (
                ("", 1, X),
                ("level: 1 level: 2", 1, values(N, 5, 2)),
                ("level: 2", -1, values(N, 4)),
                ("pos: false", 0, values(3, 4)),
                ("pos: true", 1, values(N, 3, 3, 2)),
                ("pos: true level: 2", 1, values(N, 4, 4)),
            )
        ),
        reduction("reduction_param { operation: TOPK k: 2 axis: 1 }", apart(N, 4, 3)),
        reduction("reduction_param { operation: TOPK axis: 1 } pos: true", apart(N, 4, 4, 2)),
    ),
    "ConvolutionDepthwise": depthwise(),
    "DepthwiseConvolution": grouped(),
    "Gather": spec(
        case("", X), case("", X, values(N, 4), num_top=2), bottoms=(1, None), tops=(1, None)
    ),
    "Insanity": spec(
        case("", X),
        case("insanity_param { lb: 2 ub: 3.5 }", X),
        case("insanity_param { lb: -3 ub: -2 }", X),
        case("insanity_param { lb: -2 ub: 5 }", X, phase="TEST"),
        case("insanity_param { lb: -2 ub: 2 }", X, phase="TEST"),
        case("rrelu_param { lb: 10 ub: 30 }", X),
    ),
    "NdConvolution": grouped(convolution(ND, values(N, 3, 3, 4, 2))),
    "Noise": spec(
        case(
            "noise_param { gaussian_std: 0.5 bias: 2 }",
            X,
            no_gradient="how strong the noise is counts as a constant, as in the fork",
        ),
        case("noise_param { gaussian_std: 0.5 bias: 2 }", X, phase="TEST"),
        case("noise_param { uniform_range: 0.5 }", X),
        *(case("noise_param { mu: 1.5 sigma: 0.1 }", X, phase=phase) for phase in PHASES),
        not_compared=dict.fromkeys(OF_SSD_NOISE, "of SSD's data layers, which have tests of it"),
    ),
    "Pad": spec(
        *(
            case(f"pad_param {{ pad_type: {kind} {pads} pad_value: 0.5 }}", values(N, 2, 3, 4))
            for kind in ("CONSTANT", "REPLICATE", "REFLECT")
            for pads in (
                "pad_u: 2 pad_d: 1 pad_l: 0 pad_r: 3",
                "pad_u: -1 pad_d: -1 pad_l: -1 pad_r: -2",
                "pad_u: 1 pad_d: -1 pad_l: -2 pad_r: 1",
            )
        ),
        case("pad_param { pad_u: 1 }", values(3, 4)),
        case(
            "pad_param { paddings: [0, 0, 0, 1, 2, 1, 3, 0] constant_values: 0.5 }",
            values(N, 2, 3, 4),
        ),
    ),
    "ReLU6": spec(
        case("", X),
        case("relu6_param { negative_slope: 0.3 threshold: 0.7 }", apart(N, 3, 2)),
        case("relu6_param { negative_slope: -0.4 threshold: 0.3 }", apart(N, 3, 2)),
        case("relu6_param { negative_slope: 0.5 threshold: -0.2 }", apart(N, 3, 2)),
        large=[case("", LARGE)],
        is_cut_by_numpy=False,
    ),
    "ReshapeLabel": spec(
        case(
            "reshape_label_param { full_label_size: 8 }",
            numbers(N, 8 * 64 + 16 + 4 + 1 + 4000, below=5),
            num_top=5,
            no_gradient="labels have none",
        ),
        tops=5,
    ),
    "PredictBox": spec(
        *(boxes_of(f"bbreg_exp: {word}", values(N, 4, 3, 5)) for word in ("true", "false")),
        boxes_of("stride: 3 receptive_field: 24 positive_thresh: 0.25 nms: true"),
        boxes_of("nms: false", values(N, 4, 3, 5), values(N, 2, 3, 5)),
        boxes_of("output_vector: true", values(N, 4, 3, 5), values(N, 3, 3, 5), num_top=2),
        boxes_of("output_vector: false", num_top=2),
        bottoms=(1, 3),
        tops=(1, 2),
    ),
    "Scatter": spec(
        case("", X), case("", X, values(N, 4), num_top=2), bottoms=(1, None), tops=(1, None)
    ),
    "SeLu": spec(
        case("", X),
        case("selu_param { alpha: 0.5 lambda: 2 }", X),
        case("selu_param { alpha: -0.5 }", X),
        large=[case("", LARGE)],
        is_cut_by_numpy=False,
    ),
    "SeLuDropout": spec(
        case("", X),
        case("selu_dropout_param { dropout_ratio: 0.3 alpha: -1.5 }", X),
        case("selu_dropout_param { dropout_ratio: 0.3 }", X, phase="TEST"),
    ),
    "ShuffleChannel": spec(
        case("", X),
        case("shuffle_channel_param { group: 3 }", values(N, 6, 2, 2)),
        case("shuffle_channel_param { group: 2 }", values(N, 4)),
        large=[case("shuffle_channel_param { group: 4 }", values(2, 64, 48, 50))],
        is_cut_by_numpy=False,
    ),
    "SpatialDropout": spec(
        case("", X),
        case("spatial_dropout_param { dropout_ratio: 0.3 }", values(N, 4, 2, 2)),
        case("dropout_param { dropout_ratio: 0.3 }", values(N, 4, 2, 2)),
        case("dropout_param { dropout_ratio: 0.3 }", values(N, 4, 2, 2), phase="TEST"),
        large=[case("", LARGE)],
        is_cut_by_numpy=False,
    ),
}
