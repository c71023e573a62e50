"""Cases of the layers that label pixels."""

import numpy as np

from tests.conformance.case import (
    LARGE,
    N,
    apart,
    case,
    exactly,
    marks,
    numbers,
    positive,
    spec,
    values,
)

X = values(N, 3, 2, 3)


def kept(rng, shape):
    """Weights and statistics that make sense: variances are positive."""
    return rng.uniform(0.5, 1.5, shape)


STATISTICS = "kept statistics are no learned weights"
SEGNET, PSPNET = "scale_filler { value: 1 }", "slope_filler { value: 1 }"

MALIS = positive(N, 2, 3, 4), marks(N, 2, 3, 4), numbers(N, 1, 3, 4, below=3)
NOT_THE_LOSSS = "its gradient is half of the loss's, and not averaged"
BOTH = "backward: true backward: true"
LABELLING, COUNTS = "it makes labels", "counting has none"
LABELS, MAP = numbers(N, 2, 1, 1, below=4), numbers(N, 1, 2, 3, below=4)
GAIN = 'gain_filler { type: "constant" value: 1 }'
STEERED = {"no_gradient": "gains are steered by more than the loss"}
LABELLED = LARGE, numbers(N, 2, 1, 1, below=8)
SCORED, RAISED = (values(N, 4, 2, 3), MAP), (apart(N, 4, 2, 3), LABELS)


def mask(batch: int, rng: np.random.Generator) -> np.ndarray:
    """Of 2 x 3 windows, each with a place of its own."""
    return np.tile([[1, 3, 5], [12, 2, 0]], (batch, 2, 1, 1)).astype(float)


def sizes(batch: int, rng: np.random.Generator) -> np.ndarray:
    """Of what is seen of 4 x 5 pixels."""
    return np.tile([3.0, 5.0], (batch, 1)).reshape(batch, 1, 1, 2)


def large_sizes(batch: int, rng: np.random.Generator) -> np.ndarray:
    return np.full((batch, 2), 48.0)


EDGED = values(N, 3, 4, 5), positive(N, 1, 4, 5), sizes
LARGE_EDGED = LARGE, positive(N, 1, 48, 48), large_sizes
SMOOTHING = ("", "num_iter: 2 spatial_sigma: 3 range_sigma: 0.5", "min_weight: 0.001")
BILATERAL = "bi_w: 3 bi_xy_std: 4 bi_rgb_std: 0.7"
SEEN = (values(N, 3, 4, 5), lambda batch, rng: rng.uniform(0, 255, (batch, 3, 4, 5)))
CCNN = (
    "x_gauss: 2 y_gauss: 1 wt_gauss: 2 x_bilateral: 4 y_bilateral: 3 r_bilateral: 20 "
    "g_bilateral: 40 b_bilateral: 30 wt_bilateral: 3"
)
SIZED = values(N, 3, 4, 5), sizes
COLORED = *SIZED, values(N, 3, 4, 5)
FIELD = values(N, 2, 3, 4), values(N, 2, 3, 4), values(N, 3, 3, 4)


def pairs(folder, batch):
    """The list of seven images with label maps."""
    from PIL import Image

    from tests.sources.image_files import write_list, write_png

    lines = []
    for i, image in enumerate(np.random.default_rng(8).integers(256, size=(7, 3, 5, 6))):
        file = write_png(folder / f"{i}.png", image.astype(np.uint8))
        Image.fromarray((image[0] % 9).astype(np.uint8)).save(folder / f"{i}_labels.png")
        lines.append(f"{file.as_posix()} {folder.as_posix()}/{i}_labels.png")
    source = write_list(folder / "list.txt", lines)
    return f'source: "{source.as_posix()}" batch_size: {batch} shuffle: true'


def dense_image_data(folder, batch):
    return f"""name: "it" type: "DenseImageData" top: "data" top: "label" dense_image_data_param {{
        {pairs(folder, batch)} mirror: true crop_height: 3 crop_width: 4 }}"""


def image_seg_data(folder, batch):
    return f"""name: "it" type: "ImageSegData" top: "data" top: "label" top: "size"
        image_data_param {{ {pairs(folder, batch)} label_type: PIXEL }}
        transform_param {{ scale_factors: 0.5 scale_factors: 2 crop_size: 5 mirror: true }}"""


def window_seg_data(folder, batch):
    text = image_seg_data(folder, batch).replace("ImageSegData", "WindowSegData")
    path = folder / "list.txt"
    lines = path.read_text().splitlines()
    path.write_text("".join(f"{line} -1 0 3 {i % 3 + 1}\n" for i, line in enumerate(lines)))
    return text.replace("scale_factors: 0.5 scale_factors: 2", "")


def seg_data(folder, batch):
    listed = pairs(folder, batch).split("batch_size")[0]
    return f"""name: "it" type: "SegData" top: "data" top: "label" seg_data_param {{ {listed} }}
        transform_param {{ scale_ratios: 0.7 scale_ratios: 1.3 stride: 2 mirror: true }}"""


def mat_read(folder, batch):
    from blobnet.serialization.mat_file import write_mat

    names = "abcdefg"
    for i, name in enumerate(names):
        for blob in (0, 1):
            write_mat(folder / f"{name}_blob_{blob}.mat", "data", np.full((1, 2, 3, 4), i, "f4"))
    (folder / "list").write_text("\n".join(names))
    param = f'prefix: "{folder.as_posix()}/" source: "{folder.as_posix()}/list" batch_size: {batch}'
    return f'name: "it" type: "MatRead" top: "data" top: "label" mat_read_param {{ {param} }}'


CASES = {
    "AdaptiveBiasChannel": spec(
        *(
            case(f"adaptive_bias_channel_param {{ {options} }}", *RAISED, no_gradient=LABELLING)
            for options in (
                "",
                "num_iter: 3 bg_portion: 0.5 fg_portion: 1",
                "suppress_others: true margin_others: 0.1",
                "suppress_others: false",
            )
        ),
        bottoms=2,
        large=[case("", *LABELLED)],
        is_cut_by_numpy=False,
    ),
    "Affinity": spec(
        case("", positive(N, 1, 4, 5)),
        case("affinity_param { offset: 2 offset: 1 }", *[apart(N, 3, 4, 5)] * 2, num_top=2),
        case(
            "affinity_param { offset: 1 }",
            positive(N, 2, 4, 5),
            no_gradient="the other of two channels gets the opposite",
        ),
        bottoms=(1, None),
        tops=(1, None),
    ),
    "AttPooling": spec(
        *(
            case(f"att_pooling_param {{ {options} }}", values(N, 2, 4, 4), values(N, *attention))
            for options, attention in (
                ("att_mode: LOCAL kernel_size: 3 pad: 2 dilation: 2", (9, 4, 4)),
                ("kernel_size: 2 stride: 2", (4, 2, 2)),
                ("att_mode: GLOBAL", (16, 3, 2)),
                ("att_mode: GLOBAL kernel_size: 2 dilation: 3", (4, 2, 3)),
            )
        ),
        bottoms=2,
        large=[
            case(
                "att_pooling_param { att_mode: GLOBAL }",
                values(2, 64, 20, 20),
                values(2, 400, 20, 20),
            )
        ],
        is_cut_by_numpy=False,
    ),
    "BN": spec(
        case(f"bn_param {{ {SEGNET} shift_filler {{ value: 1 }} }}", X),
        case(f"bn_param {{ bn_mode: LEARN {SEGNET} }}", X, phase="TEST"),
        case("bn_param { bn_mode: INFERENCE }", X),
        case("bn_param { var_eps: 0.5 across_spatial: true moving_average: false }", X),
        case("bn_param { across_spatial: false }", X),
        case("bn_param { moving_average: true decay: 0.5 }", X),
        case("bn_param { moving_average: true var_eps: 0.5 }", X, phase="TEST"),
        case("", X, weights=kept),
        case("bn_param { momentum: 0.5 eps: 0.5 frozen: false }", X, weights=kept),
        case("bn_param { eps: 0.5 }", X, phase="TEST", weights=kept, no_gradient=STATISTICS),
        case("bn_param { frozen: true }", X, weights=kept, no_gradient=STATISTICS),
        case(f"bn_param {{ {PSPNET} bias_filler {{ value: 1 }} }}", X, weights=kept),
        case(f"bn_param {{ icnet: true {PSPNET} }}", X, weights=kept),
        case(f"bn_param {{ icnet: false {SEGNET} }}", X),
        case("", X, num_top=3, no_gradient="nothing flows back from what the tops say"),
        tops=(1, 3),
        large=[
            case("bn_param { bn_mode: LEARN }", LARGE),
            case("bn_param { bn_mode: INFERENCE }", LARGE),
            case("", LARGE, phase="TEST", weights=kept),
        ],
        not_compared={
            "scale_filler": "says what weights are at first",
            "shift_filler": "says what weights are at first",
            "slope_filler": "says what weights are at first",
            "decay": "decides what is kept, not what is put out in TRAIN",
            "frozen": "kept statistics: compared with the formula in test_bn.py",
        },
        is_cut_by_numpy=False,
    ),
    "BilinearInterpolation": spec(
        case("bilinear_interpolation_param { interpolation_factor: 2 }", values(N, 2, 3, 4)),
        case("", values(N, 2, 3, 4), values(N, 1, 5, 6)),
        bottoms=(1, 2),
        large=[
            case("bilinear_interpolation_param { interpolation_factor: 2 }", values(8, 16, 40, 50))
        ],
        is_cut_by_numpy=False,
    ),
    "BNHK": spec(
        case("", X, weights=kept),
        case("bnhk_param { momentum: 0.5 eps: 0.5 frozen: false }", X, weights=kept),
        case("bnhk_param { eps: 0.5 }", X, phase="TEST", weights=kept, no_gradient=STATISTICS),
        case("bnhk_param { frozen: true }", X, weights=kept, no_gradient=STATISTICS),
        case(f"bnhk_param {{ {PSPNET} bias_filler {{ value: 1 }} }}", X, weights=kept),
        large=[case("", LARGE, phase="TEST", weights=kept)],
        not_compared={
            "slope_filler": "says what weights are at first",
            "frozen": "kept statistics: compared with the formula in test_bnhk.py",
        },
        is_cut_by_numpy=False,
    ),
    "BiasChannel": spec(
        *(
            case(f"bias_channel_param {{ {options} }}", values(N, 4, 2, 3), LABELS)
            for options in ("", "label_type: IMAGE bg_bias: 3 fg_bias: 0.5 ignore_label: 1")
        ),
        *(
            case(f"bias_channel_param {{ label_type: PIXEL {options} }}", values(N, 4, 2, 3), MAP)
            for options in ("", "ignore_label: 1 bg_bias: 3", "background_label: 2 fg_bias: 0.5")
        ),
        bottoms=2,
        large=[case("", *LABELLED)],
        is_cut_by_numpy=False,
    ),
    "CensorLabel": spec(
        case("censor_label_param { ignore_label: 255 }", MAP, LABELS, no_gradient=LABELLING),
        bottoms=2,
    ),
    "ChannelAggregator": spec(without_cases="it reads a file of groups"),
    "ConnectedComponent": spec(case("", numbers(N, 2, 4, 5, below=3), no_gradient=LABELLING)),
    "CuDNNBatchNorm": spec(
        case("", X, weights=kept),
        case("cudnn_batch_norm_param { momentum: 0.5 eps: 0.5 frozen: false }", X, weights=kept),
        case("", X, phase="TEST", weights=kept, no_gradient=STATISTICS),
        case("cudnn_batch_norm_param { frozen: true }", X, weights=kept, no_gradient=STATISTICS),
        case(
            "cudnn_batch_norm_param { scale_filler { value: 1 } bias_filler { value: 1 } }",
            X,
            weights=kept,
        ),
        large=[case("", LARGE, phase="TEST", weights=kept)],
        not_compared={"frozen": "kept statistics: compared with the formula in its test"},
        is_cut_by_numpy=False,
    ),
    "DenseCRF": spec(
        *(
            case(f"dense_crf_param {{ {options} }}", *seen, no_gradient="it is for tests alone")
            for options, seen in (
                ("max_iter: 3 pos_w: 2 pos_xy_std: 3", SIZED),
                (f"{BILATERAL} output_probability: true", COLORED),
                (f"{BILATERAL} output_probability: false pos_w: 1 pos_xy_std: 2", COLORED),
            )
        ),
        case(f"densecrf_param {{ {CCNN} }}", *SEEN, no_gradient=LABELLING),
        bottoms=(2, 3),
        large=[case("dense_crf_param { pos_w: 2 pos_xy_std: 3 max_iter: 1 }", LARGE, large_sizes)],
        is_cut_by_numpy=False,
    ),
    "DenseImageData": spec(bottoms=0, tops=2, prototxt=dense_image_data),
    "DominantChannel": spec(
        *(
            case(
                f"dominant_channel_param {{ {options} }}",
                apart(N, 4, 2, 3),
                no_gradient=LABELLING,
            )
            for options in ("", "top_k: 2")
        ),
    ),
    "DomainTransform": spec(
        *(case(f"domain_transform_param {{ {options} }}", *EDGED) for options in SMOOTHING),
        bottoms=3,
        large=[case("domain_transform_param { num_iter: 1 }", *LARGE_EDGED)],
        is_cut_by_numpy=False,
    ),
    "DomainTransformForwardOnly": spec(
        *(
            case(f"domain_transform_param {{ {options} }}", *EDGED, no_gradient="it has none")
            for options in SMOOTHING
        ),
        bottoms=3,
        large=[case("domain_transform_param { num_iter: 1 }", *LARGE_EDGED)],
        is_cut_by_numpy=False,
    ),
    "EltwiseAccuracy": spec(
        *(
            case(
                options,
                apart(N, 4, 3, 2),
                numbers(N, 1, 3, 2, below=4),
                no_gradient="counts have none",
            )
            for options in ("", "eltwise_accuracy_param { top_k: 2 ignore_label: 1 }")
        ),
        bottoms=2,
    ),
    "GainChannel": spec(
        *(
            case(f"gain_channel_param {{ num_output_nz: 2 {GAIN} {options} }}", X, **more)
            for options, more in (
                ("norm_mean: false", {"weights": kept}),
                ("thresh: 0.1 norm_mean: false", {"weights": kept}),
                ("norm_mean: true drift: 0.5", STEERED),
            )
        ),
        large=[case(f"gain_channel_param {{ num_output_nz: 2 {GAIN} }}", LARGE)],
        not_compared={
            "gain_filler": "says what weights are at first",
            "drift": STEERED["no_gradient"],
            "stdev": STEERED["no_gradient"],
            "norm_mean": STEERED["no_gradient"],
        },
        is_cut_by_numpy=False,
    ),
    "Histogram": spec(
        *(
            case(f"histogram_param {{ num_labels: 4 {options} }}", MAP, no_gradient=LABELLING)
            for options in ("", "ignore_label: 1")
        ),
    ),
    "HyperColumns": spec(
        case("", values(N, 3, 4, 4), values(N, 2, 4, 4), values(N, 1, 2, 2)),
        case("hypercolumns_param { is_train: false skip_ratio: 1 }", X, X),
        case(
            "hypercolumns_param { is_train: true sample_num: 3 }",
            X,
            X,
            no_gradient="draws its pixels: tests/layers/segmentation/test_hyper_columns.py",
        ),
        bottoms=(2, None),
        tops=2,
        not_compared={"sample_num": "it draws", "is_train": "it draws"},
    ),
    "IgnoreOverlay": spec(
        case("ignore_overlay_param { ignore_label: 1 }", MAP, MAP, no_gradient=LABELLING),
        bottoms=2,
    ),
    "ImageSegData": spec(bottoms=0, tops=3, prototxt=image_seg_data),
    "Interp": spec(
        *(
            case(f"interp_param {{ {options} }}", values(N, 2, 5, 6))
            for options in (
                "height: 7 width: 4",
                "zoom_factor: 3",
                "shrink_factor: 2",
                "shrink_factor: 2 zoom_factor: 2",
                "height: 3 width: 9 pad_beg: -1 pad_end: -2",
                "height: 5 width: 6",
                "height: 4 width: 4 pad_beg: -1 pad_end: -1 use_blob_size: false",
                "height: 2 width: 3 pad_beg: -1 pad_end: -2",
            )
        ),
        case("interp_param { use_blob_size: true }", values(N, 2, 5, 6), values(N, 1, 1, 4)),
        bottoms=(1, 2),
        large=[case("interp_param { zoom_factor: 2 }", LARGE)],
        is_cut_by_numpy=False,
    ),
    "MalisLoss": spec(
        case("", *MALIS, no_gradient=NOT_THE_LOSSS),
        case("", *MALIS, no_gradient=NOT_THE_LOSSS, num_top=2),
        case("", *MALIS, exactly([[0, 1, 0], [0, 0, 1]]), no_gradient=NOT_THE_LOSSS),
        bottoms=(3, 4),
        tops=(1, 2),
    ),
    "MatRead": spec(bottoms=0, tops=(1, None), prototxt=mat_read),
    "MatWrite": spec(bottoms=(1, None), tops=0, without_cases="it writes files"),
    "MergeCrop": spec(
        case("mergecrop_param { backward: true backward: true }", X, values(N, 2, 3, 6)),
        case(f"mergecrop_param {{ operation: ADD {BOTH} }}", X, values(N, 3, 2, 4)),
        case(f"mergecrop_param {{ operation: STACK forward: true {BOTH} }}", X, values(N, 1, 2, 3)),
        case("", X, values(N, 2, 3, 6), no_gradient="the larger one gets none"),
        *(
            case(f"mergecrop_param {{ {one} forward: [true, false] backward: true }}", X, X)
            for one in ("operation: ADD", "operation: STACK")
        ),
        case("mergecrop_param { forward: false backward: false backward: true }", X, X),
        bottoms=2,
    ),
    "MultiStageMeanfield": spec(
        *(
            case(f"multi_stage_meanfield_param {{ num_iterations: 2 {options} }}", *FIELD)
            for options in (
                "",
                "theta_alpha: 4 theta_beta: 0.5 theta_gamma: 2 compatibility_mode: POTTS",
                "spatial_filter_weight: 3 bilateral_filter_weight: 5",
            )
        ),
        bottoms=3,
        large=[
            case(
                "multi_stage_meanfield_param { num_iterations: 2 }",
                LARGE,
                LARGE,
                values(N, 3, 48, 48),
            )
        ],
        is_cut_by_numpy=False,
        not_compared=dict.fromkeys(
            ("threshold", "forced_spatial_filter_weight", "forced_bilateral_filter_weight"),
            "CRF-RNN has it, and reads it nowhere",
        ),
    ),
    "NNInterp": spec(
        *(
            case(f"nninterp_param {{ {size} }}", X)
            for size in ("height: 5 width: 2", "zoom_factor: 3", "shrink_factor: 2")
        ),
        large=[case("nninterp_param { height: 90 width: 120 }", values(16, 8, 60, 80))],
    ),
    "OneHot": spec(
        case(
            "onehot_param { num_labels: 3 }",
            numbers(N, 3, 2, 2, below=3),
            no_gradient=LABELLING,
        ),
    ),
    "Padding": spec(
        *(
            case(f"padding_param {{ {options} }}", values(N, 2, 4, 5))
            for options in ("", "pad_beg: 2 pad_end: 1", "pad_beg: -1 pad_end: -2")
        ),
    ),
    "RelativeError": spec(
        case("", values(N, 2, 2, 3), values(N, 2, 2, 3), no_gradient=COUNTS), bottoms=2
    ),
    "SegAccuracy": spec(
        case("", values(N, 4, 2, 3), MAP, no_gradient=COUNTS),
        case("seg_accuracy_param { ignore_label: 1 reset: true }", *SCORED, no_gradient=COUNTS),
        case("seg_accuracy_param { reset: false }", *SCORED, no_gradient=COUNTS),
        *(
            case(f"seg_accuracy_param {{ metric: {metric} }}", *SCORED, no_gradient=COUNTS)
            for metric in ("PixelAccuracy", "ClassAccuracy", "PixelIOU")
        ),
        bottoms=2,
    ),
    "SegData": spec(bottoms=0, tops=2, prototxt=seg_data, is_single=True),
    "SpatialProduct": spec(
        case("", values(N, 3, 2, 4), values(N, 1, 2, 4)),
        case("", values(N, 3), values(N, 1)),
        bottoms=2,
    ),
    "UniqueLabel": spec(
        case("unique_label_param { max_labels: 5 }", MAP, no_gradient=LABELLING),
        case(
            "unique_label_param { max_labels: 5 ignore_label: 1 force_label: 7 }",
            MAP,
            no_gradient=LABELLING,
        ),
        bottoms=1,
    ),
    "Unpooling": spec(
        *(
            case(f"unpooling_param {{ {options} }}", values(N, 2, 3, 4))
            for options in (
                "kernel_size: 2 stride: 2",
                "unpool: AVE kernel_size: 3 stride: 2",
                "unpool: AVE kernel_h: 3 kernel_w: 2 stride_h: 1 stride_w: 2",
                "kernel_size: 2 unpool_h: 5 unpool_w: 9",
                "unpool: MAX kernel_size: 2 stride: 3 unpool_size: 12 pad: 0",
                "kernel_size: 2 pad_h: 0 pad_w: 0",
            )
        ),
        case(
            "unpooling_param { kernel_size: 2 stride: 2 }",
            values(2, 1, 2, 2),
            exactly([[[[0, 1], [9, 5]]], [[[3, 8], [2, 7]]]]),
        ),
        case(
            "unpooling_param { unpool: TILE kernel_size: 2 }",
            values(N, 2, 3, 4),
            no_gradient="the fork divides it by the size of a window",
        ),
        bottoms=(1, 2),
        large=[case("unpooling_param { unpool: AVE kernel_size: 2 stride: 2 }", LARGE)],
        is_cut_by_numpy=False,
        not_compared={
            "unpool": "FIXED, DIV and REP are ParseNet's, TILE has no derivative",
            **dict.fromkeys(
                (
                    "out_kernel_size",
                    "out_stride",
                    "out_pad",
                    "out_kernel_h",
                    "out_kernel_w",
                    "out_stride_h",
                    "out_stride_w",
                    "out_pad_h",
                    "out_pad_w",
                ),
                "of ParseNet's UnPooling",
            ),
        },
    ),
    "Upsample": spec(
        case("", values(N, 2, 2, 3), mask),
        case("upsample_param { scale: 3 }", values(N, 2, 2, 3), mask),
        case("upsample_param { scale_h: 4 scale_w: 2 }", values(N, 2, 2, 3), mask),
        case("upsample_param { upsample_h: 5 upsample_w: 7 }", values(N, 2, 2, 3), mask),
        case("upsample_param { pad_out_h: true pad_out_w: true }", values(N, 2, 2, 3), mask),
        case("upsample_param { pad_out_h: false pad_out_w: false }", values(N, 2, 2, 3), mask),
        case("", values(N, 2, 2, 3)),
        case("upsample_param { scale: 3 }", values(N, 2, 2, 3)),
        case("upsample_param { scale: 2 dims_num: 3 }", values(N, 2, 3)),
        bottoms=(1, 2),
        large=[case("upsample_param { scale: 2 }", values(2, 8, 48, 50))],
        is_cut_by_numpy=False,
    ),
    "WindowSegData": spec(bottoms=0, tops=3, prototxt=window_seg_data),
}
