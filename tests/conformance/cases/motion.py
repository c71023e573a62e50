"""Cases of the layers of FlowNet2."""

import numpy as np

from blobnet.proto import AugmentationParameter
from tests.conformance.case import N, apart, case, positive, spec, values

MAPS = values(N, 2, 4, 5), values(N, 2, 4, 5)
LARGE_MAPS = values(16, 8, 24, 24), values(16, 8, 24, 24)
IMAGE = values(N, 2, 4, 5)
FORK = "the gradient is FlowNet2's, which is not the derivative"
UNREAD = {
    "do_abs": "FlowNet2 does not look at it",
    "single_direction": "Correlation does not look at it",
}


def flow(limit):
    """Arrows that end between pixels, within the image and outside."""
    draw = positive(N, 2, 4, 5)

    def arrows(batch, rng):
        whole = rng.integers(-limit, limit, draw(batch, rng).shape)
        return whole + draw(batch, rng)

    return arrows


def correlations(*more):
    windows = [
        "kernel_size: 1 max_displacement: 2 pad: 2",
        "kernel_size: 3 max_displacement: 1 pad: 2 stride_1: 2",
        "kernel_size: 1 max_displacement: 2 pad: 3 stride_2: 2",
        "kernel_size: 1 max_displacement: 3 pad: 3 stride_2: 2 correlation_type: MULTIPLY",
        *more,
    ]
    subtract = "kernel_size: 3 max_displacement: 1 pad: 2 correlation_type: SUBTRACT"
    return (
        *(case(f"correlation_param {{ {window} }}", *MAPS) for window in windows),
        case(f"correlation_param {{ {subtract} }}", *MAPS, no_gradient=FORK),
    )


def large_correlation(kind):
    options = f"kernel_size: 1 max_displacement: 4 pad: 4 correlation_type: {kind}"
    return case(f"correlation_param {{ {options} }}", *LARGE_MAPS)


def multi_frame_data(folder, batch):
    """Two videos of five frames."""
    from tests.sources.image_files import write_png

    pictures = np.random.default_rng(3)
    for video in ("one", "two"):
        (folder / video).mkdir(exist_ok=True)
        for number in range(1, 6):
            image = pictures.integers(0, 255, (3, 5, 6), np.uint8)
            write_png(folder / video / f"image_{number:04d}.jpg", image)
    (folder / "list.txt").write_text(
        "".join(f"{folder.as_posix()}/{v} 5 1\n" for v in ("one", "two"))
    )
    return f"""name: "it" type: "MultiFrameData" top: "data" top: "label" multi_frame_data_param {{
        source: "{folder.as_posix()}/list.txt" batch_size: {batch} new_length: 2 }}
        transform_param {{ crop_size: 4 mirror: true }}"""


KINDS = [large_correlation("MULTIPLY"), large_correlation("SUBTRACT")]
LOGGED = dict.fromkeys(("write_augmented", "write_mean"), "FlowNet2 logs with it, if at all")
SIGNS = "correlation_type", "SUBTRACT has FlowNet2's gradient, which is not the derivative"

CHANGED = "images are not learned"


def rows(batch, rng):
    """Small changes."""
    return 0.05 * positive(N, 42, 1, 1)(batch, rng)


SEVERAL = "crop_width: 3 crop_height: 2 "
DRAWN = (
    SEVERAL
    + "".join(
        f"{field} {{ mean: 0.1 spread: 0.1 exp: true }} "
        for field in (
            "zoom",
            "squeeze",
            "lmult_pow",
            "lmult_mult",
            "sat_pow",
            "sat_mult",
            "col_pow",
            "col_mult",
            "ladd_pow",
            "ladd_mult",
            "gamma",
            "contrast",
            "color",
        )
    )
    + "".join(
        f"{field} {{ spread: 0.01 }} "
        for field in (
            "translate",
            "rotate",
            "translate_x",
            "translate_y",
            "lmult_add",
            "sat_add",
            "col_add",
            "ladd_add",
            "col_rotate",
            "brightness",
            "fog_amount",
            "fog_size",
            "motion_blur_angle",
            "motion_blur_size",
            "shadow_angle",
            "shadow_distance",
            "shadow_strength",
            "noise",
        )
    )
    + 'mirror { rand_type: "bernoulli" } max_multiplier: 1 '
)
AXES = "chromatic_eigvec: [1, 0, 0, 0, 1, 0, 0, 0, 1] "
OF_OTHERS = {
    field: "DataAugmentation or GenerateAugmentationParameters reads it"
    for field in ("mode", "bottomwidth", "bottomheight", "num")
}
FIELDS = [field.name for field in AugmentationParameter.DESCRIPTOR.fields]
SIZE_ALONE = {
    field: "FlowAugmentation looks at the crop's size alone"
    for field in FIELDS
    if field not in ("crop_width", "crop_height")
}


def augmented(options, *bottoms, **more):
    return case(f"augmentation_param {{ {options} }}", *bottoms, no_gradient=CHANGED, **more)


def float_reader(folder, batch):
    (folder / "x.float3").write_bytes(b"float\n3\n2\n1\n1\n" + bytes(8))
    return reader("FloatReader", folder / "x.float3", batch)


def img_reader(folder, batch):
    from tests.sources.image_files import write_png

    return reader("ImgReader", write_png(folder / "x.png", np.full((3, 4, 5), 9, np.uint8)), batch)


def custom_data(folder, batch):
    from tests.sources.lmdb_files import write_images

    if not (folder / "db").exists():
        images = np.random.default_rng(8).integers(256, size=(7, 3, 5, 6), dtype=np.uint8)
        write_images(folder / "db", images)
    param = f'source: "{folder.as_posix()}/db" backend: LMDB batch_size: {batch}'
    tops = 'name: "it" top: "data" top: "label" type: "CustomData"'
    return f"{tops} data_param {{ {param} rand_permute: true }}"


def disparity_data(folder, batch):
    for i in range(5):
        (folder / f"{i}.pfm").write_bytes(b"Pf\n1 1\n1\n" + bytes([64, i, 0, 0]))
    lines = "".join(f"{folder.as_posix()}/{i}.pfm {i}\n" for i in range(5))
    (folder / "list.txt").write_text(lines)
    size = f"batch_size: {batch} new_height: 1 new_width: 1 shuffle: true"
    param = f'image_data_param {{ source: "{folder.as_posix()}/list.txt" {size} }}'
    return f'name: "it" top: "data" top: "label" type: "DisparityData" {param}'


def reader(kind, file, batch):
    param = f'reader_param {{ file: "{file.as_posix()}" num: {batch} }}'
    return f'name: "it" type: "{kind}" top: "data" {param}'


def writer():
    return spec(bottoms=1, tops=0, without_cases="it writes files")


CASES = {
    "DisparityData": spec(bottoms=0, tops=2, prototxt=disparity_data),
    "CustomData": spec(bottoms=0, tops=(1, None), prototxt=custom_data),
    "FLOWriter": writer(),
    "FloatReader": spec(bottoms=0, prototxt=float_reader, is_constant=True),
    "FloatWriter": writer(),
    "ImgReader": spec(bottoms=0, prototxt=img_reader, is_constant=True),
    "ImgWriter": writer(),
    "PFMWriter": writer(),
    "BlackAugmentation": spec(
        *(
            case(
                f"black_augmentation_param {{ {field} {{ mean: 0.3 }} }}",
                values(N, 3, 4, 5),
                values(N, 2, 4, 5),
                num_top=2,
                no_gradient=CHANGED,
            )
            for field in ("black", "border")
        ),
        bottoms=(1, None),
        tops=(1, None),
    ),
    "DataAugmentation": spec(
        augmented(DRAWN + AXES, positive(N, 3, 5, 6)),
        augmented(DRAWN + AXES + "augment_during_test: true", positive(N, 3, 5, 6), phase="TEST"),
        augmented(SEVERAL + AXES, positive(N, 3, 5, 6), rows, num_top=2),
        augmented("recompute_mean: 3 mean_per_pixel: true augment_during_test: false", IMAGE),
        augmented("mean: [1, 2, 3] mean_per_pixel: false", values(N, 3, 4, 5)),
        bottoms=(1, 2),
        tops=(1, 2),
        not_compared=LOGGED
        | OF_OTHERS
        | dict.fromkeys(("half_life", "initial_coeff", "final_coeff"), "see the test"),
    ),
    "FlowAugmentation": spec(
        augmented(SEVERAL, values(N, 2, 4, 5), rows, rows), bottoms=3, not_compared=SIZE_ALONE
    ),
    "GenerateAugmentationParameters": spec(
        augmented(DRAWN, IMAGE),
        *(
            augmented(f'{DRAWN} bottomwidth: 6 bottomheight: 5 mode: "{mode}"', rows)
            for mode in ("add", "replace")
        ),
        augmented("augment_during_test: true rotate { mean: 0.1 }", rows, IMAGE, IMAGE),
        augmented(f"{SEVERAL} augment_during_test: false", IMAGE),
        bottoms=(1, 3),
        not_compared=dict.fromkeys(("half_life", "initial_coeff", "final_coeff"), "see the test")
        | dict.fromkeys(
            ("max_multiplier", "recompute_mean", "mean_per_pixel", "mean", "chromatic_eigvec"),
            "DataAugmentation reads it",
        )
        | LOGGED
        | {"num": "it takes the number of images from bottom[0], without which FlowNet2 stops"},
    ),
    "Accum": spec(
        case("", IMAGE, values(N, 1, 3, 7)),
        case("accum_param { top_height: 6 top_width: 8 }", IMAGE, values(N, 1, 3, 1)),
        case("accum_param { size_divisible_by: 4 }", values(N, 2, 3, 5)),
        case("accum_param { have_reference: true }", IMAGE, values(N, 1, 3, 3)),
        case("accum_param { have_reference: false }", IMAGE),
        bottoms=(1, None),
        large=[case("", values(16, 8, 24, 24), values(16, 8, 48, 48))],
    ),
    "ChannelNorm": spec(case("", values(N, 3, 4, 5))),
    "Correlation": spec(
        *correlations(),
        bottoms=2,
        not_compared=UNREAD | dict([SIGNS]),
        large=KINDS,
        is_cut_by_numpy=False,
    ),
    "Correlation1D": spec(
        *correlations(
            *(
                f"kernel_size: 1 max_displacement: 2 pad: 2 single_direction: {direction}"
                for direction in (-1, 0, 1)
            )
        ),
        bottoms=2,
        not_compared={"do_abs": UNREAD["do_abs"]} | dict([SIGNS]),
        large=KINDS,
        is_cut_by_numpy=False,
    ),
    "Downsample": spec(
        case("downsample_param { top_height: 3 top_width: 2 }", IMAGE),
        case("downsample_param { top_height: 4 top_width: 5 }", IMAGE),
        case("", IMAGE, values(N, 1, 2, 5)),
        bottoms=(1, 2),
        large=[case("downsample_param { top_height: 20 top_width: 16 }", values(16, 8, 48, 48))],
    ),
    "CharbonnierLoss": spec(
        case("", IMAGE),
        case("charbonnier_loss_param { alpha: 0.4 beta: 3 epsilon: 0.5 }", IMAGE),
        case("charbonnier_loss_param { beta: 2 }", IMAGE, positive(N, 2, 4, 5)),
        bottoms=(1, 2),
    ),
    "FlowTransformer": spec(
        case("", IMAGE, flow(2)),
        case("flow_transformer_param { }", values(N, 3, 4, 5), flow(4)),
        bottoms=2,
        large=[case("", values(16, 8, 48, 48), values(16, 2, 48, 48))],
        is_cut_by_numpy=False,
    ),
    "MultiFrameData": spec(bottoms=0, tops=2, prototxt=multi_frame_data),
    "SSIMLoss": spec(
        case("ssim_loss_param { kernel_size: 3 stride: 2 c1: 0.1 c2: 0.2 }", IMAGE, IMAGE),
        case("ssim_loss_param { kernel_size: 4 stride: 3 c1: 0.01 c2: 0.01 }", *MAPS),
        bottoms=2,
    ),
    "FlowWarp": spec(
        case("", IMAGE, flow(2)),
        case("flow_warp_param { fill_value: ZERO }", values(N, 3, 4, 5), flow(4)),
        case("flow_warp_param { fill_value: NOT_A_NUMBER }", IMAGE, positive(N, 2, 4, 5)),
        bottoms=2,
        large=[case("", values(16, 8, 48, 48), values(16, 2, 48, 48))],
    ),
    "LpqLoss": spec(
        case("lpq_loss_param { p: 2 q: 0.5 }", IMAGE, IMAGE),
        case("lpq_loss_param { p: 1 q: 1 p_epsilon: 0.1 q_epsilon: 0.2 }", IMAGE),
        *(
            case(
                "lpq_loss_param { pq_episode_starts_at_iter: 0 p: 3 q: 0.4 "
                f"l2_prescale_by_channels: {flag} normalize_by_num_entries: {flag} }}",
                IMAGE,
                IMAGE,
            )
            for flag in ("true", "false")
        ),
        bottoms=(1, 2),
    ),
    "Mean": spec(
        case("mean_param { value: 3 operation: ADD }", IMAGE),
        case("mean_param { value: [3, 4] operation: SUBTRACT }", values(N, 4, 2, 3)),
        case(
            "mean_param { value: 3 input_scale: 2 mean_scale: 3 output_scale: 0.5 }",
            IMAGE,
            values(N, 1, 2, 2),
            num_top=2,
        ),
        bottoms=(1, None),
        tops=(1, None),
        not_compared={"file": "the mean as an image: see the test"},
    ),
    "NegReLU": spec(
        case("", apart(N, 3)),
        case("relu_param { negative_slope: 0.3 }", apart(N, 3)),
        not_compared=dict.fromkeys(("relu6", "maximum"), "refused: limits of ReLU"),
    ),
    "Remap": spec(
        case("", values(N, 3, 4, 5), flow(3)),
        bottoms=2,
    ),
    "Resample": spec(
        *(
            case(f"resample_param {{ type: {kind} {size} antialias: {antialias} }}", IMAGE)
            for kind in ("NEAREST", "LINEAR", "CUBIC")
            for size in ("height: 3 width: 3", "height: 7 width: 9", "height: 8 width: 3")
            for antialias in ("true", "false")
        ),
        case("", IMAGE, values(N, 1, 2, 5)),
        bottoms=(1, 2),
        not_compared={"factor": "FlowNet2 does not look at it", "type": "AREA is refused"},
        large=[case("resample_param { height: 20 width: 60 }", values(16, 8, 48, 48))],
    ),
}
