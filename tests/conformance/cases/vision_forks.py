"""Cases of layers that read images otherwise than Caffe's: moved taps, grids, local weights."""

import numpy as np

from tests.conformance.case import N, case, spec, values


def offsets(*shape):
    """Moves of less than half a pixel, none of which lands on one."""

    def draw(batch, rng):
        sized = tuple(batch if size == N else size for size in shape)
        return rng.uniform(0.1, 0.4, sized) * rng.choice([-1, 1], sized)

    return draw


def thetas(*chosen):
    """Near to the identity: these six, a little changed."""

    def draw(batch, rng):
        identity = np.array([0.8, 0.13, 0.07, -0.11, 0.9, 0.05])[list(chosen)]
        return identity + rng.uniform(-0.02, 0.02, (batch, len(chosen)))

    return draw


IMAGE = values(N, 4, 5, 6)
GRID = "output_H: 3 output_W: 4"
FIXED = 'transform_type: "affine" sampler_type: "bilinear"'
BLOCK = values(N, 3, 4, 4)
SMALL = "numTransition: 2 initChannel: 3 growthRate: 2"
FILLERS = "Filter_Filler {} BN_Scaler_Filler {} BN_Bias_Filler {}"
UNREAD = ("pad_h", "pad_w", "conv_verticalStride", "conv_horizentalStride", "filter_H", "filter_W")
DEFORMABLE = "deformable_convolution_param { num_output: 4"
OF_SSD_RESIZE = (
    "prob",
    "resize_mode",
    "pad_mode",
    "pad_value",
    "interp_mode",
    "height_scale",
    "width_scale",
    "center_object",
    "max_angle",
)
LARGE = (values(N, 8, 30, 30), offsets(N, 18, 30, 30))

CASES = {
    "DeformableConvolution": spec(
        case(f"{DEFORMABLE} kernel_size: 3 }}", IMAGE, offsets(N, 18, 3, 4)),
        case(
            f"{DEFORMABLE} kernel_size: 3 pad: 2 stride: 2 dilation: 2 group: 2 axis: 1 "
            "deformable_group: 2 bias_term: false force_nd_im2col: true }",
            IMAGE,
            offsets(N, 36, 3, 3),
        ),
        case(
            f"{DEFORMABLE} kernel_h: 2 kernel_w: 3 pad_h: 1 pad_w: 0 stride_h: 1 stride_w: 2 "
            "bias_term: true force_nd_im2col: false }",
            IMAGE,
            offsets(N, 12, 6, 2),
        ),
        bottoms=2,
        large=[case(f"{DEFORMABLE} kernel_size: 3 pad: 1 }}", *LARGE)],
        is_cut_by_numpy=False,
    ),
    "DenseBlock": spec(
        case(f"denseblock_param {{ {SMALL} use_BC: true moving_average_fraction: 0.2 }}", BLOCK),
        case(f"denseblock_param {{ {SMALL} use_BC: false {FILLERS} }}", BLOCK),
        case(f"denseblock_param {{ {SMALL} use_dropout: false dropout_amount: 0.9 }}", BLOCK),
        case(
            f"denseblock_param {{ {SMALL} use_BC: true }}",
            BLOCK,
            phase="TEST",
            weights=lambda rng, shape: rng.uniform(0.5, 1, shape),
            no_gradient="statistics are no weights",
        ),
        case(
            f"denseblock_param {{ {SMALL} use_dropout: true dropout_amount: 0.4 }}",
            BLOCK,
            no_gradient="drawn at random",
        ),
        not_compared={
            "use_dropout": "drawn at random",
            "BC_ultra_space_efficient": "steers the memory of a GPU",
            "gpuIdx": "names a GPU",
            "workspace_MB": "is the memory of a GPU",
            **dict.fromkeys(UNREAD, "the fork reads it nowhere"),
        },
        large=[
            case(
                "denseblock_param { numTransition: 2 initChannel: 16 growthRate: 8 }",
                values(N, 16, 32, 32),
            )
        ],
        is_cut_by_numpy=False,
    ),
    "Local": spec(
        case("local_param { num_output: 3 kernel_size: 2 bias_term: true }", IMAGE),
        case(
            "local_param { num_output: 2 kernel_size: 3 pad: 1 stride: 2 bias_term: false }", IMAGE
        ),
    ),
    "Resize": spec(
        case("resize_param { height: 7 width: 4 }", IMAGE),
        case("resize_param { is_pyramid_test: false height: 2 width: 9 }", IMAGE),
        case(
            "resize_param { is_pyramid_test: true out_height_scale: 0.7 out_width_scale: 1.5 }",
            IMAGE,
        ),
        large=[case("resize_param { height: 40 width: 90 }", values(N, 8, 48, 48))],
        is_cut_by_numpy=False,
        not_compared=dict.fromkeys(OF_SSD_RESIZE, "of SSD's data layers, which have tests of it"),
    ),
    "SpatialTransformer": spec(
        case(f"st_param {{ {FIXED} to_compute_dU: true }}", IMAGE, thetas(*range(6))),
        case(f"st_param {{ {GRID} theta_1_1: 0.7 theta_2_2: 1.1 }}", IMAGE, thetas(1, 2, 3, 5)),
        case(
            f"st_param {{ {GRID} theta_1_2: 0.21 theta_1_3: 0.1 theta_2_1: -0.12 theta_2_3: 0.2 "
            "to_compute_dU: false }",
            IMAGE,
            thetas(0, 4),
        ),
        bottoms=2,
        large=[case("", values(N, 8, 48, 48), thetas(*range(6)))],
        is_cut_by_numpy=False,
    ),
    "Transformer": spec(
        case("", IMAGE, thetas(*range(6))),
        bottoms=2,
        large=[case("", values(N, 8, 48, 48), thetas(*range(6)))],
        is_cut_by_numpy=False,
    ),
}
