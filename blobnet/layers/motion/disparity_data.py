"""DisparityData: batches of disparities from .pfm files, listed with their labels."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.proto import TransformationParameter
from blobnet.sources.clip_batches import ClipBatches
from blobnet.sources.clips import ClipList
from blobnet.sources.float_files import read_pfm
from blobnet.sources.image_list import read_image_list
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array


class _Disparities:
    """Files of one size, with the other sign."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size

    def read(self, path: Path, number: int, rng: np.random.Generator, /) -> Array:
        image = read_pfm(path)
        if image.shape[1:] != self._size:
            raise DataError(
                explain(
                    "Incorrect image width or height",
                    expected=f"new_height {self._size[0]}, new_width {self._size[1]}",
                    got=f"{image.shape[1]} x {image.shape[2]}",
                )
            )
        return -image[:1]


@register_layer("DisparityData")
class DisparityData(BatchLayer):
    """Disparities of a list of .pfm files, with the other sign: as moves to the left.

    top[0]  data: (N, 1, H, W)  N = `batch_size`; files must be `new_height` by `new_width`
    top[1]  label: (N,)

    A line of the list is a path, a blank and the label. With `shuffle` the files come in a new
    order every time round. Of files with colours the first channel is taken, which is what
    FlowNet2 does with them where `is_color` lets it; nothing is transformed.

    Proto: ImageDataParameter.  Caffe: disparity_data_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "Disparities of a list, again and again, times -1."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.image_data_param
        if not param.source:
            raise self.error("no list of images is named", fix='image_data_param { source: "..." }')
        if param.batch_size < 1:
            raise self.error("Positive batch size required", got=f"batch_size: {param.batch_size}")
        if not (param.new_height and param.new_width):
            raise self.error(
                "the size of the disparities must be stated",
                got=f"new_height: {param.new_height}, new_width: {param.new_width}",
            )
        with self._naming_errors():
            listed = read_image_list(Path(param.source))
            folder = absolute("", DataError)
        files = ClipList(listed.name, listed.paths, listed.labels, [0] * len(listed.paths))
        skipped = int(self.rng.integers(param.rand_skip)) if param.rand_skip else 0
        if skipped >= len(files.paths):
            raise self.error("Not enough points to skip", got=f"rand_skip: {param.rand_skip}")
        shuffling = np.random.default_rng(self.rng.integers(2**63)) if param.shuffle else None
        make_reader = partial(
            ClipBatches,
            files,
            _Disparities((param.new_height, param.new_width)),
            folder,
            param.root_folder,
            DataTransformer(TransformationParameter(), self.phase, self.dtype),
            self.rng,
            batch_size=param.batch_size,
            shuffling=shuffling,
        )
        self.start_reading(
            make_reader,
            top,
            prefetch=self.layer_param_.data_param.prefetch,
            begin=lambda reader: reader.skip(skipped),
        )
