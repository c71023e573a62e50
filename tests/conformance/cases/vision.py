"""Cases of layers with windows over images."""

from tests.conformance.case import LARGE, LARGE_POSITIVE, N, apart, case, positive, spec, values

IMAGE = values(N, 4, 5, 6)
BY_AXIS = "kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 0"

WINDOWS = [
    ("kernel_size: 3", IMAGE),
    ("kernel_size: 3 stride: 2 pad: 1", IMAGE),
    ("kernel_size: 2 kernel_size: 3 stride: 1 stride: 2 pad: 1 pad: 0", IMAGE),
    (BY_AXIS, IMAGE),
    ("kernel_size: 2 dilation: 2", IMAGE),
    ("kernel_size: 2 dilation: 2 dilation: 1 force_nd_im2col: true", IMAGE),
    ("kernel_size: 2 hole: 2", IMAGE),
    ("kernel_size: 2 hole_h: 2 hole_w: 3", IMAGE),
    ("kernel_size: 2 filter_stride: 2", IMAGE),
    ("kernel_size: 2 filter_stride_h: 3 filter_stride_w: 2", IMAGE),
    ("kernel_size: 2 dilation_h: 1 dilation_w: 2", IMAGE),
    ("kernel_size: 1", IMAGE),
    ("kernel_size: 2 axis: 2", values(N, 2, 4, 3, 3)),
    ("kernel_size: 2 stride: 2", values(N, 4, 5)),
    ("kernel_size: 2 pad: 1", values(N, 4, 2, 3, 2)),
]


PAIR = values(2, 4, 5, 6)
MORE_WINDOWS = [
    ("kernel_size: 1 stride: 2", PAIR),
    ("kernel_size: [3, 2] stride: [2, 1] pad: [0, 1] dilation: [1, 3]", PAIR),
    ("kernel_h: 1 kernel_w: 3 stride_h: 1 stride_w: 2 pad_h: 2 pad_w: 1", PAIR),
    ("kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 2 pad_h: 2 pad_w: 1", PAIR),
    ("kernel_size: 2 pad_h: 1 dilation: 2", PAIR),
    ("kernel_h: 5 kernel_w: 6", PAIR),
    ("kernel_size: 3 stride: 2 pad: 1 dilation: 2", values(2, 4, 7)),
    ("kernel_size: 2 pad: 1 stride: [1, 2, 1] dilation: [2, 1, 1]", values(2, 2, 3, 4, 3)),
    ("kernel_size: 3 axis: -2", values(2, 3, 4, 5)),
]
MORE_CONVOLUTIONS = [  # with 4 outputs
    *MORE_WINDOWS,
    ("kernel_size: 3", PAIR),
    ("kernel_size: 1", PAIR),
    ("kernel_size: 2 dilation: 0", PAIR),
    ("kernel_size: 3 pad: 1 group: 2", PAIR),
    ("kernel_size: 4 stride: 2 pad: 1 group: 2", PAIR),
    ("kernel_size: 3 group: 4", PAIR),
    ("kernel_size: 4 stride: 2 pad: 1 group: 4", PAIR),
    ("kernel_size: 1 group: 4", PAIR),
    ("kernel_size: 3 stride: 2 pad: 1", values(3, 4, 7)),
    ("kernel_size: 3", values(3, 4)),
    ("group: 2", values(3, 4)),
    ("kernel_size: 2 pad: 1 stride: [1, 2, 1]", values(2, 2, 3, 4, 3)),
    (
        "kernel_size: [2, 2, 3] stride: [1, 2, 1] pad: [1, 0, 2] dilation: [2, 1, 3] group: 2",
        values(2, 4, 3, 4, 4),
    ),
    ("kernel_size: 2 dilation: [1, 3, 2] pad: [0, 1, 0] group: 4", values(2, 4, 3, 4, 3)),
    ("kernel_size: 2 axis: 0", values(4, 3, 3)),
]


NOT_FUSED = dict.fromkeys(
    ("relu", "negative_slope", "fusion_type", "fuse_type", "relu_param", "eltwise_param"),
    "Convolution alone takes in what is behind it",
)
NO_OFFSET = {"shape_offset": "of Deconvolution alone"}
SIDES = ("pad_l", "pad_r", "pad_t", "pad_b", "pad_type")
NO_MARGINS = dict.fromkeys(SIDES, "refused: Convolution alone has margins")
MARGINS = ("pad_l: 2 pad_b: 1", "pad_r: 1 pad_t: 1", "pad_type: 1", "pad_t: 1 pad_b: 1 pad_type: 0")


def margin_cases():
    """Zeros that differ from side to side."""
    for margins in MARGINS:
        for window in ("kernel_size: 3 stride: 2", "kernel_h: 2 kernel_w: 4"):
            yield case(
                f"convolution_param {{ num_output: 2 {window} {margins} }}", values(N, 2, 5, 4)
            )


def fused_cases():
    """Rectifiers and sums that Intel and the OpenCL branch write into a Convolution."""
    conv, x, more = "num_output: 2 kernel_size: 2", values(N, 3, 4, 4), values(N, 2, 3, 3)
    for options in (
        "relu: true",
        "relu: true negative_slope: 0.25",
        "relu: false",
        "fusion_type: NONE_FUSION",
        "fuse_type: FUSED_CONV_RELU relu_param { negative_slope: 0.5 }",
        "fuse_type: UNFUSED",
    ):
        yield case(f"convolution_param {{ {conv} {options} }}", x)
    for options in (
        "fusion_type: SUM_FUSION",
        "fusion_type: SUM_FUSION relu: true negative_slope: 0.25",
        "fuse_type: FUSED_CONV_ELTWISE_RELU eltwise_param { operation: SUM }",
    ):
        yield case(f"convolution_param {{ {conv} {options} }}", x, more)


def convolutions(*more_cases, **more_settings):
    """Every window, and what only matters where there are weights."""
    small = values(N, 4, 3, 3)
    options = [(f"num_output: 2 {window}", x) for window, x in WINDOWS]
    options += [
        ("num_output: 6 kernel_size: 2 group: 2", small),
        ("num_output: 4 kernel_size: 2 group: 4 bias_term: false", small),
    ]
    cases = [case(f"convolution_param {{ {text} }}", x) for text, x in options]
    several = "convolution_param { num_output: 2 kernel_size: 2 }"
    more = [
        case(f"convolution_param {{ num_output: 4 {window} {bias} }}", x)
        for window, x in MORE_CONVOLUTIONS
        for bias in ("", "bias_term: false")
    ]
    eight = "num_output: 8 kernel_size: 3 pad: 2 dilation: 2 group: 4"
    more.append(case(f"convolution_param {{ {eight} }}", values(2, 4, 3, 4)))
    return spec(
        *cases,
        *more_cases,
        case(several, small, small, num_top=2),
        bottoms=(1, None),
        tops=(1, None),
        more_gradients=more,
        large=[
            case(f"convolution_param {{ num_output: 16 kernel_size: 3 group: {group} }}", LARGE)
            for group in (1, 8)
        ],
        is_cut_by_numpy=False,
        **more_settings,
    )


def pool(options, x, **more):
    return case(f"pooling_param {{ {options} }}", x, **more)


def pools():
    for method in ("MAX", "AVE"):
        yield pool(f"pool: {method} kernel_size: 2 stride: 2", apart(N, 2, 5, 5))
        yield pool(f"pool: {method} kernel_size: 3 stride: 2 pad: 1", apart(N, 2, 6, 5))
        yield pool(f"pool: {method} {BY_AXIS}", apart(N, 2, 5, 6))
        yield pool(f"pool: {method} global_pooling: true", apart(N, 2, 3, 4))
        yield pool(f"pool: {method} kernel_size: 2 stride: 3 round_mode: FLOOR", apart(N, 2, 6, 6))
        yield pool(f"pool: {method} kernel_size: 2 stride: 2 ceil_mode: false", apart(N, 2, 5, 5))
        yield pool(f"pool: {method} kernel_size: 2 dilation: 2 dilation: 1", apart(N, 2, 5, 5))
        yield pool(f"pool: {method} kernel_size: 2 axis: -3", apart(N, 2, 3, 4))
        for word in ("true", "false"):
            window = f"kernel_size: 3 stride: 2 pad: 1 avg_include_pad: {word}"
            yield pool(f"pool: {method} {window}", apart(N, 2, 6, 5))
    for method in ("MAX", "AVE", "AVE_EXC_PAD", "AVE_TF"):
        for margins in MARGINS:
            yield pool(f"pool: {method} kernel_size: 3 stride: 2 {margins}", apart(N, 2, 6, 5))
    yield pool("kernel_size: 2 stride: 2 ceil_mode: true", apart(N, 2, 5, 5), num_top=2)
    yield pool("kernel_size: 2 axis: 2 dilation: 2", apart(N, 2, 2, 4, 5), num_top=2)
    yield pool("kernel_size: 2", apart(N, 2, 4, 4), num_top=2)
    for method in ("MAX", "AVE"):
        sides = "kernel_size_3d: [1, 2, 3] stride_3d: [1, 2, 1] pad_3d: [0, 1, 1]"
        yield pool(f"pool: {method} {sides}", apart(N, 2, 3, 4, 5))
    for phase in ("TRAIN", "TEST"):
        yield pool("pool: STOCHASTIC kernel_size: 3 stride: 2", positive(N, 2, 5, 5), phase=phase)


def more_pools():
    windows = (
        "kernel_size: 3 stride: 2",
        "kernel_size: 3",
        "kernel_size: 3 pad: 1",
        "kernel_size: 2 stride: 2 pad: 1",
        "kernel_size: 2 stride: 2 round_mode: FLOOR",
        "kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 1 pad_h: 1 pad_w: 0",
        "kernel_size: 8 stride: 3",
    )
    for window in windows:
        for method in ("MAX", "AVE"):
            yield pool(f"pool: {method} {window}", apart(2, 3, 7, 6))
            yield pool(f"pool: {method} avg_include_pad: false {window}", apart(2, 3, 7, 6))
    for window in (
        "kernel_size: 3 stride: 2 pad: 2 dilation: 3 dilation: 2",
        "kernel_h: 2 kernel_w: 3 pad_h: 1 pad_w: 2 stride_h: 3 stride_w: 1 dilation: 2",
    ):
        for method in ("MAX", "AVE", "AVE avg_include_pad: false"):
            yield pool(f"pool: {method} {window}", apart(2, 3, 9, 8))
    yield pool("pool: AVE kernel_size: 2 axis: 0", apart(3, 4, 5))
    for method in ("MAX", "AVE", "AVE avg_include_pad: false"):
        yield pool(f"pool: {method} kernel_size: 2 stride: 2", apart(2, 2, 3, 4, 5))
        window = "kernel_size: 3 stride: 2 pad: 1 dilation: [2, 1, 1]"
        yield pool(f"pool: {method} {window}", apart(1, 2, 5, 4, 5))
        yield pool(f"pool: {method} kernel_size: 2", apart(1, 2, 3, 2, 2, 3))
    yield pool("pool: AVE kernel_size: 1 stride: 4", apart(2, 3, 7, 6))  # with gaps
    yield pool("kernel_size: 3 stride: 2", apart(2, 3, 7, 6), num_top=2)
    for phase in ("TRAIN", "TEST"):
        for window in ("kernel_size: 2 stride: 2", "kernel_size: 2 dilation: 2"):
            yield pool(f"pool: STOCHASTIC {window}", positive(2, 3, 7, 6), phase=phase)


def pyramids():
    for height in (1, 2, 3):
        for method in ("MAX", "AVE"):
            options = f"spp_param {{ pyramid_height: {height} pool: {method} }}"
            yield case(options, apart(N, 2, 7, 8))
    for phase in ("TRAIN", "TEST"):
        options = "spp_param { pyramid_height: 2 pool: STOCHASTIC }"
        yield case(options, positive(N, 2, 4, 6), phase=phase)


LARGE_BY_METHOD = [("MAX", apart(N, 8, 48, 48)), ("AVE", LARGE), ("STOCHASTIC", LARGE_POSITIVE)]

CROPS = [  # of (2, 3, 5, 6)
    ("", (9, 9, 4, 3)),
    ("offset: 2", (2, 3, 3, 4)),
    ("offset: [1, 3]", (1, 1, 2, 3)),
    ("offset: 0", (2, 3, 4, 4)),
    ("", (2, 3, 5, 6)),
    ("axis: 3 offset: 4", (7, 7, 7, 2)),
    ("axis: -1 offset: 1", (7, 7, 7, 3)),
    ("axis: 1 offset: [1, 0, 2]", (7, 2, 4, 4)),
    ("axis: 0 offset: [1, 2, 1, 0]", (1, 1, 3, 6)),
    ("axis: -4", (1, 2, 3, 4)),
    ("offset: 1", (2, 3, 4, 5, 9)),  # more axes than needed
    ("offset: 5", (2, 3, 0, 1)),  # nothing is left
]

CASES = {
    "Convolution": convolutions(
        *fused_cases(),
        *margin_cases(),
        not_compared={
            **NO_OFFSET,
            "fuse_type": "FUSED_CONV_MAX_POOLING_RELU is refused; the others are stated",
        },
    ),
    "AutoCrop": spec(
        case("crop_param { offset: 0 }", values(N, 2, 4, 5), values(N, 2, 3, 2)),
        case("crop_param { axis: 1 offset: 1 }", values(N, 3, 4), values(N, 2, 3)),
        bottoms=2,
    ),
    "Crop": spec(
        case("", values(N, 2, 4, 5), values(N, 2, 3, 2)),
        case("crop_param { axis: 1 offset: 1 }", values(N, 3, 4), values(N, 2, 3)),
        case("crop_param { axis: -2 offset: 1 offset: 2 }", values(N, 3, 4), values(1, 2, 2)),
        bottoms=2,
        more_gradients=[
            *(
                case(f"crop_param {{ {options} }}", values(2, 3, 5, 6), values(*size))
                for options, size in CROPS
            ),
            *(
                case("crop_param { axis: -1 offset: 1 }", values(*shape, 4), values(*shape, 2))
                for shape in ((), (2,), (2, 1, 3, 2))
            ),
        ],
    ),
    "Deconvolution": convolutions(
        case(
            "convolution_param { num_output: 2 kernel_size: 3 stride: 3 stride: 2 pad: 1"
            " shape_offset: 2 shape_offset: 1 }",
            values(N, 4, 3, 3),
        ),
        not_compared={**NOT_FUSED, **NO_MARGINS},
    ),
    "Im2col": spec(
        *(case(f"convolution_param {{ {window} }}", x) for window, x in WINDOWS),
        not_compared={
            **{f: "columns have no weights" for f in ("num_output", "bias_term", "group")},
            **NOT_FUSED,
            **NO_OFFSET,
            **NO_MARGINS,
        },
        more_gradients=[case(f"convolution_param {{ {window} }}", x) for window, x in MORE_WINDOWS],
    ),
    "NdPooling": spec(
        *pools(),
        *(
            case(
                f"pooling_param {{ pool: {method} kernel_shape {{ dim: 2 dim: 2 dim: 1 }} "
                "stride_shape { dim: 1 dim: 2 dim: 1 } pad_shape { dim: 1 dim: 0 dim: 0 } }",
                apart(N, 2, 3, 4, 2),
            )
            for method in ("MAX", "AVE")
        ),
        tops=(1, 2),
        large=[pool("kernel_shape { dim: 3 dim: 3 } stride_shape { dim: 2 dim: 2 }", LARGE)],
        is_cut_by_numpy=False,
    ),
    "Pooling": spec(
        *pools(),
        tops=(1, 2),
        large=[pool(f"pool: {name} kernel_size: 3 stride: 2", x) for name, x in LARGE_BY_METHOD],
        more_gradients=[*more_pools()],
        is_cut_by_numpy=False,
    ),
    "PoolingND": spec(
        *(
            case(f"pooling_nd_param {{ pool: {method} {window} }}", apart(N, 2, *size))
            for method in ("MAX", "AVE")
            for window, size in (
                ("kernel_size: 2 stride: 2 global_pooling: false", (4, 4, 2)),
                ("kernel_size: [1, 2, 2] stride: [1, 2, 1] pad: [0, 1, 1]", (3, 4, 2)),
                ("kernel_h: 2 kernel_w: 3 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 1", (4, 5)),
                ("global_pooling: true", (3, 4)),
                ("kernel_size: 2 axis: -3", (3, 4)),
            )
        ),
        case("pooling_nd_param { pool: STOCHASTIC kernel_size: 2 }", positive(N, 2, 4, 4)),
        tops=(1, 2),
        large=[case("pooling_nd_param { kernel_size: 3 stride: 2 }", LARGE)],
        is_cut_by_numpy=False,
        not_compared={"engine": "changes nothing"},
    ),
    "SPP": spec(
        *pyramids(),
        large=[
            case(f"spp_param {{ pyramid_height: 3 pool: {name} }}", x)
            for name, x in LARGE_BY_METHOD
        ],
        more_gradients=[
            *(
                case(f"spp_param {{ pyramid_height: {height} pool: {method} }}", apart(*shape))
                for method in ("MAX", "AVE")
                for height, shape in (
                    (1, (2, 3, 5, 4)),
                    (3, (2, 3, 8, 4)),
                    (3, (1, 2, 7, 7)),
                    (3, (2, 3, 9, 8)),
                )
            ),
            *(
                case(
                    f"spp_param {{ pyramid_height: {height} pool: STOCHASTIC }}",
                    positive(2, 2, 8, 4),
                    phase=phase,
                )
                for height in (1, 3)
                for phase in ("TRAIN", "TEST")
            ),
        ],
        is_cut_by_numpy=False,
    ),
    "GlobalSumPooling": spec(
        case("", values(N, 2, 3)),
        case("", values(N)),
    ),
    "SumPooling": spec(
        *(
            case(f"sum_pooling_param {{ pool: {method} {options} }}", x)
            for method, x in (
                ("SUM", values(N, 2, 5, 6)),
                ("AVE", values(N, 2, 5, 6)),
                ("MAX", apart(N, 2, 5, 6)),
                ("STOCHASTIC", positive(N, 2, 5, 6)),
            )
            for options in (
                "kernel_size: 3",
                "kernel_h: 2 kernel_w: 3 stride: 2",
                "kernel_size: 2 stride_h: 2 stride_w: 1",
                "global_pooling: true",
            )
        ),
        *(
            case(f"sum_pooling_param {{ pool: {method} kernel_size: 3 {pad} }}", apart(N, 2, 6, 5))
            for method in ("MAX", "AVE")
            for pad in ("pad: 1", "pad_h: 1 pad_w: 2")
        ),
        tops=(1, 2),
        large=[case("sum_pooling_param { pool: SUM kernel_size: 3 stride: 2 }", LARGE)],
        is_cut_by_numpy=False,
    ),
}
