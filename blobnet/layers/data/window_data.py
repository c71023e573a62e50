"""WindowData: windows cut out of images, as R-CNN is trained on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.sources.window_batches import WindowBatches, WindowImages
from blobnet.sources.window_file import read_window_file
from blobnet.sources.window_transformer import WindowTransformer


@register_layer("WindowData")
class WindowData(BatchLayer):
    """Windows of images, drawn at random.

    top[0]  data: (N, 3, crop_size, crop_size)  N = `batch_size`; the last N * `fg_fraction`
            windows, rounded down, are foreground
    top[1]  label: (N,)  the window's class; 0 for background

    `crop_size`, `mirror` and the mean are those of transform_param. The scale is the product of
    the two that can be written, here and in transform_param; Caffe knows the former only. Like
    Data, the layer reads ahead in a background thread, `prefetch` batches of its data_param.

    Proto: WindowDataParameter, TransformationParameter.  Caffe: window_data_layer.cpp.
    """

    formula = "Windows of images, drawn at random: background first, then foreground."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.window_data_param
        self.warn_of_legacy_fields(param, ("mean_file", "crop_size", "mirror"))
        if param.batch_size < 1:
            raise self.error("batch_size must be at least 1", got=param.batch_size)
        if not param.source:
            raise self.error("no window file is named", fix='window_data_param { source: "..." }')
        if not 0 <= param.fg_fraction <= 1:
            raise self.error("fg_fraction must be from 0 to 1", got=param.fg_fraction)
        with self._naming_errors():
            transformer = WindowTransformer(param, self.layer_param_.transform_param, self.dtype)
            windows = read_window_file(Path(param.source), param.fg_threshold, param.bg_threshold)
            images = WindowImages(windows, param.root_folder, in_memory=param.cache_images)
        make_reader = partial(
            WindowBatches,
            windows,
            images,
            transformer,
            self.rng,
            batch_size=param.batch_size,
            num_foreground=int(np.float32(param.batch_size) * np.float32(param.fg_fraction)),
        )
        self.start_reading(make_reader, top, prefetch=self.layer_param_.data_param.prefetch)
