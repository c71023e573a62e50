"""WindowData: windows cut out of images, as R-CNN is trained on."""

from __future__ import annotations

from pathlib import Path

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._windows import start_windows
from blobnet.sources.window_batches import WindowLabels
from blobnet.sources.window_file import WindowFile, read_window_file


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
        start_windows(self, top, _read, self.layer_param_.transform_param)


def _read(path: Path, fg_threshold: float, bg_threshold: float) -> tuple[WindowFile, WindowLabels]:
    return read_window_file(path, fg_threshold, bg_threshold), WindowLabels()
