"""What the layers share that hand out windows of images: WindowData, and those of forks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.data._batch import BatchLayer, naming_errors
from blobnet.proto import TransformationParameter
from blobnet.sources.window_batches import WindowBatches, WindowImages, WindowTargets
from blobnet.sources.window_file import WindowFile
from blobnet.sources.window_transformer import WindowTransformer

ReadWindows = Callable[[Path, float, float], tuple[WindowFile, WindowTargets]]
"""Reads a window file with two thresholds; and what a window is besides its pixels."""

MEAN_OF_VIEWPOINTS = (102.98, 115.95, 122.77)
"""Of blue, green and red: what the layers of Viewpoints and keypoints always subtract."""


def start_windows(
    layer: BatchLayer, top: Blobs, read: ReadWindows, transform: TransformationParameter
) -> None:
    """Check window_data_param, and start to read the windows that it names."""
    param = layer.layer_param_.window_data_param
    layer.warn_of_legacy_fields(param, ("mean_file", "crop_size", "mirror"))
    if param.batch_size < 1:
        raise layer.error("batch_size must be at least 1", got=param.batch_size)
    if not param.source:
        raise layer.error("no window file is named", fix='window_data_param { source: "..." }')
    if not 0 <= param.fg_fraction <= 1:
        raise layer.error("fg_fraction must be from 0 to 1", got=param.fg_fraction)
    with naming_errors(layer):
        transformer = WindowTransformer(param, transform, layer.dtype)
        windows, targets = read(Path(param.source), param.fg_threshold, param.bg_threshold)
        images = WindowImages(windows, param.root_folder, in_memory=param.cache_images)
    make_reader = partial(
        WindowBatches,
        windows,
        images,
        transformer,
        layer.rng,
        batch_size=param.batch_size,
        num_foreground=int(np.float32(param.batch_size) * np.float32(param.fg_fraction)),
        targets=targets,
    )
    layer.start_reading(make_reader, top, prefetch=layer.layer_param_.data_param.prefetch)


def transform_of_viewpoints(layer: BatchLayer) -> TransformationParameter:
    """transform_param, with the mean that these layers have. Raises where it states one."""
    transform = TransformationParameter()
    transform.CopyFrom(layer.layer_param_.transform_param)
    if transform.mean_file or transform.mean_value:
        raise layer.error(
            "this type has a mean of its own",
            expected="transform_param without mean_file and mean_value",
            got=f"mean_file: {transform.mean_file}"
            if transform.mean_file
            else f"mean_value: {list(transform.mean_value)}",
            fix=f"take it out: {MEAN_OF_VIEWPOINTS} are subtracted",
        )
    transform.mean_value.extend(MEAN_OF_VIEWPOINTS)
    return transform
