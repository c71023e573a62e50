"""Cases of layers with windows over clips."""

import numpy as np

from tests.conformance.case import N, apart, case, numbers, spec, values
from tests.sources.voxel_clips import write_clip

CLIP = values(N, 2, 3, 5, 4)
LARGE = values(16, 8, 6, 14, 14)
WINDOWS = [
    "kernel_size: 3 kernel_depth: 2",
    "kernel_size: 2 kernel_depth: 3 pad: 1 temporal_pad: 2",
    "kernel_size: 2 kernel_depth: 1 stride: 2 temporal_stride: 3",
    "kernel_size: 1 kernel_depth: 2 filter_group: 2",
    "kernel_size: 2 kernel_depth: 2 bias_term: false",
]
FILLERS = 'weight_filler { type: "xavier" } bias_filler { value: 1 }'


def convolutions(*more):
    return spec(
        *(
            case(f"{name} {{ num_output: 4 {window} {FILLERS} }}", CLIP)
            for window in WINDOWS
            for name in ("convolution3d_param", "convolution_param")
        ),
        *more,
        not_compared={"group": "C3D does not read it"},
        is_cut_by_numpy=False,
        large=[
            case(
                "convolution3d_param { num_output: 8 kernel_size: 3 kernel_depth: 3 pad: 1 }", LARGE
            )
        ],
    )


def pooled(window, name="pooling3d_param"):
    for pool in ("MAX", "AVE"):
        yield case(f"{name} {{ pool: {pool} {window} }}", apart(N, 2, 3, 5, 4))


def voxels(kind, dtype):
    """The text of a layer that reads clips with a truth for each voxel."""

    def text(folder, batch):
        rng = np.random.default_rng(0)
        clips = [rng.integers(256, size=(3, 2, 5, 6)).astype(dtype) for _ in range(5)]
        names = [str(write_clip(folder / f"{n}", clip)) for n, clip in enumerate(clips)]
        (folder / "list").write_text("\n".join(names))
        param = f'source: "{folder.as_posix()}/list" batch_size: {batch} crop_size: 4 mirror: true'
        return f"""name: "it" type: "{kind}" top: "data" top: "truth"
            image_data_param {{ {param} }}"""

    return spec(bottoms=0, tops=2, prototxt=text)


VOXELS = values(N, 3, 2, 2, 2)

CASES = {
    "BlackHole": spec(case("", values(N, 3)), bottoms=(1, None), tops=(1, None)),
    "DownSampling": spec(
        case(
            "down_sampling_param { type: VOTE spatial_factor: 2 temporal_factor: 2 }",
            numbers(N, 2, 3, 4, 5, below=3),
            no_gradient="labels have none",
        ),
        not_compared={"type": "NONE and AVERAGE are refused, which C3D does not compute"},
    ),
    "GSTiling": spec(
        case("gs_tiling_param { stride: 2 reverse: false }", values(N, 2, 4, 6)),
        case("gs_tiling_param { stride: 2 reverse: true }", values(N, 8, 3, 2)),
    ),
    "L2Normalize": spec(case("", values(N, 3, 4))),
    "VideoSegmentationData": voxels("VideoSegmentationData", "u1"),
    "VideoWithVoxelTruthData": voxels("VideoWithVoxelTruthData", "f4"),
    "VoxelCustomLoss": spec(
        case("", VOXELS, VOXELS, no_gradient="C3D's is not the derivative"), bottoms=2
    ),
    "VoxelSoftmax": spec(case("", VOXELS)),
    "VoxelSoftmaxWithLoss": spec(case("", VOXELS, numbers(N, 1, 2, 2, 2, below=3)), bottoms=2),
    "Convolution3D": convolutions(),
    "Deconvolution3D": convolutions(
        case(
            "convolution_param { bias_term: false } "
            "convolution3d_param { num_output: 2 kernel_size: 2 kernel_depth: 2 }",
            CLIP,
        )
    ),
    "Pooling3D": spec(
        *pooled("kernel_size: 2 kernel_depth: 2"),
        *pooled("kernel_size: 3 kernel_depth: 2 stride: 2 temporal_stride: 2"),
        *pooled("kernel_size: 2 kernel_depth: 1 stride: 2", "pooling_param"),
        *pooled("kernel_size: 2 kernel_depth: 2 temporal_stride: 2 stride: 2", "pooling_param"),
        case("pooling3d_param { pool: AVE kernel_size: 3 kernel_depth: 2 stride: 2 pad: 2 }", CLIP),
        *(
            case(f"pooling3d_param {{ pool: {method} {options} }}", apart(N, 2, 3, 4, 4))
            for method in ("MAX", "AVE")
            for options in (
                "kernel_h: 2 kernel_w: 3 kernel_l: 2 pad_h: 1 pad_w: 0 pad_l: 1 "
                "stride_h: 1 stride_w: 2 stride_l: 1",
                "kernel_size: 2 kernel_l: 2 global_pooling: false",
                "global_pooling: true",
            )
        ),
        large=[
            case(f"pooling3d_param {{ pool: {pool} kernel_size: 2 kernel_depth: 2 }}", LARGE)
            for pool in ("MAX", "AVE")
        ],
        not_compared={"pool": "STOCHASTIC is refused, which has none over three axes"},
    ),
}
