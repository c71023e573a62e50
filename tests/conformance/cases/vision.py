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
    ("kernel_size: 1", IMAGE),
    ("kernel_size: 2 axis: 2", values(N, 2, 4, 3, 3)),
    ("kernel_size: 2 stride: 2", values(N, 4, 5)),
    ("kernel_size: 2 pad: 1", values(N, 4, 2, 3, 2)),
]


def convolutions():
    """Every window, and what only matters where there are weights."""
    small = values(N, 4, 3, 3)
    options = [(f"num_output: 2 {window}", x) for window, x in WINDOWS]
    options += [
        ("num_output: 6 kernel_size: 2 group: 2", small),
        ("num_output: 4 kernel_size: 2 group: 4 bias_term: false", small),
    ]
    cases = [case(f"convolution_param {{ {text} }}", x) for text, x in options]
    several = "convolution_param { num_output: 2 kernel_size: 2 }"
    return spec(
        *cases,
        case(several, small, small, num_top=2),
        bottoms=(1, None),
        tops=(1, None),
        large=[
            case(f"convolution_param {{ num_output: 16 kernel_size: 3 group: {group} }}", LARGE)
            for group in (1, 8)
        ],
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
    yield pool("kernel_size: 2", apart(N, 2, 4, 4), num_top=2)
    for phase in ("TRAIN", "TEST"):
        yield pool("pool: STOCHASTIC kernel_size: 3 stride: 2", positive(N, 2, 5, 5), phase=phase)


def pyramids():
    for height in (1, 2, 3):
        for method in ("MAX", "AVE"):
            options = f"spp_param {{ pyramid_height: {height} pool: {method} }}"
            yield case(options, apart(N, 2, 7, 8))
    for phase in ("TRAIN", "TEST"):
        options = "spp_param { pyramid_height: 2 pool: STOCHASTIC }"
        yield case(options, positive(N, 2, 4, 6), phase=phase)


LARGE_BY_METHOD = [("MAX", apart(N, 8, 48, 48)), ("AVE", LARGE), ("STOCHASTIC", LARGE_POSITIVE)]

CASES = {
    "Convolution": convolutions(),
    "Crop": spec(
        case("", values(N, 2, 4, 5), values(N, 2, 3, 2)),
        case("crop_param { axis: 1 offset: 1 }", values(N, 3, 4), values(N, 2, 3)),
        case("crop_param { axis: -2 offset: 1 offset: 2 }", values(N, 3, 4), values(1, 2, 2)),
        bottoms=2,
    ),
    "Deconvolution": convolutions(),
    "Im2col": spec(
        *(case(f"convolution_param {{ {window} }}", x) for window, x in WINDOWS),
        not_compared={
            field: "columns have no weights" for field in ("num_output", "bias_term", "group")
        },
    ),
    "Pooling": spec(
        *pools(),
        tops=(1, 2),
        large=[pool(f"pool: {name} kernel_size: 3 stride: 2", x) for name, x in LARGE_BY_METHOD],
    ),
    "SPP": spec(
        *pyramids(),
        large=[
            case(f"spp_param {{ pyramid_height: 3 pool: {name} }}", x)
            for name, x in LARGE_BY_METHOD
        ],
    ),
}
