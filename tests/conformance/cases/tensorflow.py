"""Cases of layers that stand for operations of TensorFlow, in nets that were converted."""

from tests.conformance.case import LARGE, N, case, spec, values

IMAGE = values(N, 2, 3, 4)
LAST = values(N, 3, 4, 2)


def resized(name, options, x=IMAGE, kind="NCHW"):
    return case(f'resize_{name}_param {{ data_format: "{kind}" {options} }}', x)


def blocks(name, options, x):
    return case(f"{name}_nd_param {{ {options} }}", x)


RULES = {
    "bilinear": ("align_corners", "half_pixel_centers", "pytorch_half_pixel"),
    "nearest_neighbor": ("align_corners", "half_pixel_centers", "half_pixel_onnx"),
}
SIZES = (
    "output_height: 5 output_width: 3",
    "output_height: 1 output_width: 9",
    "scale_height: 1.7 scale_width: 0.6",
)


def resizing(name, *more):
    """Every rule, true and false, with larger and smaller sizes."""
    return [
        *(
            resized(name, f"{rule}: {word} {size}")
            for rule in RULES[name]
            for word in ("true", "false")
            for size in SIZES
        ),
        resized(name, SIZES[0], LAST, "NHWC"),
        *more,
    ]


def volume(options):
    return resized("bilinear", options, values(N, 2, 3, 2, 4), "NCHWD")


CASES = {
    "BatchToSpaceND": spec(
        blocks("batch_to_space", "block_shape: 2 crops: [0, 0]", values(4, 3, 2)),
        blocks("batch_to_space", "block_shape: [2, 1] crops: [1, 0, 0, 1]", values(6, 3, 2)),
        blocks("batch_to_space", "block_shape: [2, 3] crops: [1, 2, 0, 4]", values(6, 2, 3, 2)),
    ),
    "DepthToSpace": spec(
        *(
            case(
                f'depth_to_space_param {{ block_size: 2 data_format: "{kind}" }}',
                values(N, 3, 2, 8) if kind == "NHWC" else values(N, 8, 3, 2),
            )
            for kind in ("NHWC", "NCHW", "DCR", "CRD")
        ),
        case("depth_to_space_param { block_size: 3 }", values(N, 1, 2, 9)),
        large=[case('depth_to_space_param { block_size: 2 data_format: "NCHW" }', LARGE)],
        is_cut_by_numpy=False,
    ),
    "ExpandDimsND": spec(
        case("expand_dims_nd_param { axis: 1 }", values(N, 3)),
        case("expand_dims_nd_param { axis: [0, 1, -1] }", values(N, 3)),
        case("expand_dims_nd_param { axis: [1, 1] }", values(N, 3)),
    ),
    "ResizeBilinear": spec(
        *resizing(
            "bilinear",
            volume("output_height: 2 output_width: 3 output_depth: 5"),
            volume("scale_depth: 0.5 align_corners: true"),
        ),
        large=[resized("bilinear", "scale_height: 1.5 scale_width: 1.5", LARGE)],
    ),
    "ResizeNearestNeighbor": spec(
        *resizing("nearest_neighbor"),
        large=[resized("nearest_neighbor", "scale_height: 1.5 scale_width: 1.5", LARGE)],
    ),
    "SpaceToBatchND": spec(
        blocks("space_to_batch", "block_shape: 2 paddings: [0, 0]", values(N, 4, 2)),
        blocks("space_to_batch", "block_shape: [2, 1] paddings: [1, 0, 0, 1]", values(N, 3, 2, 2)),
        blocks("space_to_batch", "block_shape: [2, 3] paddings: [1, 2, 0, 1]", values(N, 3, 2)),
    ),
    "Unstack": spec(
        case("", values(3, 2), num_top=3),
        case("unstack_param { axis: 1 num: 4 }", values(N, 4, 2), num_top=4),
        case("unstack_param { axis: -1 }", values(N, 4, 3), num_top=2),
        tops=(1, None),
    ),
    "UpsampleDarknet": spec(
        case("", IMAGE),
        case("upsample_darknet_param { stride: 3 }", IMAGE),
        large=[case("upsample_darknet_param { stride: 2 }", LARGE)],
        is_cut_by_numpy=False,
    ),
}
