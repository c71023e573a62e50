"""What C3D 1.0's data layers with a truth for each voxel share: settings, and what reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layers.data._batch import BatchLayer, naming_errors
from blobnet.proto import TRAIN
from blobnet.serialization.blob_file import read_blob
from blobnet.sources.image_list import read_names
from blobnet.sources.voxel_files import VoxelBatches, VoxelSettings
from blobnet.types import Array

_BYTES, _FLOATS = np.dtype("u1"), np.dtype("<f4")


def voxel_batches(layer: BatchLayer, *, segments: bool) -> tuple[Callable[[], VoxelBatches], int]:
    """What makes the reader, and how many clips it skips at first.

    segments  whether the truth is one channel of bytes, whatever the settings say
    """
    param = layer.layer_param_.image_data_param
    if param.batch_size < 1:
        raise layer.error("Positive batch size required", got=f"batch_size: {param.batch_size}")
    if param.mirror and not param.crop_size:
        raise layer.error(
            "Current implementation requires mirror and crop_size to be set at the same time."
        )
    clipped = (param.clip_min, param.clip_max) if param.HasField("clip_min") else None
    if clipped is not None and not clipped[0] < clipped[1]:
        raise layer.error("clip_min must be less than clip_max", got=clipped)
    settings = VoxelSettings(
        values=_BYTES if segments or param.use_byte_input else _FLOATS,
        truth_channels=1 if segments else param.num_truth_channels,
        crop=param.crop_size,
        mirror=param.mirror,
        scale=param.scale,
        mean=_mean(layer),
        truth_scale=1.0 if segments else param.truth_scale,
        clipped=None if segments else clipped,
        is_flow=param.is_flow and not segments,
        is_training=layer.phase == TRAIN,
    )
    with naming_errors(layer):
        files = read_names(Path(param.source), "clips")
        folder = absolute("", DataError)
    skipped = int(layer.rng.integers(param.rand_skip)) if param.rand_skip else 0
    if skipped >= len(files.paths):
        raise layer.error(
            "Not enough points to skip", got=f"rand_skip: {param.rand_skip} of {len(files.paths)}"
        )
    shuffling = np.random.default_rng(layer.rng.integers(2**63)) if param.shuffle else None
    make = partial(
        VoxelBatches,
        files,
        folder,
        settings,
        layer.rng,
        layer.dtype,
        batch_size=param.batch_size,
        shuffling=shuffling,
    )
    return make, skipped


def _mean(layer: BatchLayer) -> Array | float:
    param = layer.layer_param_.image_data_param
    if not param.mean_file:
        return param.mean_value
    with naming_errors(layer):
        blob = read_blob(Path(param.mean_file), "mean_file")
    if blob.num_axes != 5 or blob.shape[0] != 1:
        raise layer.error(
            "the mean file holds no clip",
            expected="shape (1, channels, length, height, width)",
            got=f"shape {blob.shape}",
        )
    mean: Array = blob.data[0].astype(layer.dtype)
    return mean
