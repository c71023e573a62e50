"""SegData: images with a label for each pixel, one at a time, scaled and cut out alike."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.refusals import BEFORE_THE_CROP, LABEL_MAPS, refuse_settings
from blobnet.sources.label_maps import ImagePairSource, read_pairs
from blobnet.sources.scaled_pairs import PairScaling, ScaledPairs

_OTHERS = (*BEFORE_THE_CROP, *LABEL_MAPS, "crop_size", "mean_file")


@register_layer("SegData")
class SegData(BatchLayer):
    """Images of a list with their label maps, each in a size of its own.

    top[0]  data: (1, 3, H, W)    blue first
    top[1]  labels: (1, 1, H, W)  0 to 255

    A line of the list is the path of an image, a blank and that of its labels, an image as large;
    `root_dir` is put in front of both as it stands. In transform_param two `scale_ratios` are the
    least and the largest factor by which both are resized, labels by their nearest pixels; then a
    piece is cut out at random, as high and wide as the largest multiples of `stride` that fit, at
    most `upper_size`, or `upper_height` and `upper_width`. Then `mirror`, mean_value and scale.
    All of that in TEST, too. With `balance`, a piece of which one label has more than 0.8 is drawn
    anew, ten times at most. With `shuffle` the images come in a new order every time round. The
    layer reads ahead, `prefetch` batches of its data_param, and resumes.

    Proto: SegDataParameter, TransformationParameter.  Caffe: seg_data_layer.cpp and
    data_transformer.cpp of TSN (yjxiong/caffe).
    """

    formula = "Images of a list and their label maps, scaled, cut out and flipped alike."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param, transform = self.layer_param_.seg_data_param, self.layer_param_.transform_param
        self._check(transform)
        with self._naming_errors():
            pairs = read_pairs(Path(param.source), 2)
            folder = absolute("", DataError)
        shuffling = np.random.default_rng(self.rng.integers(2**63)) if param.shuffle else None
        make_reader = partial(
            ScaledPairs,
            partial(ImagePairSource, pairs, folder, param.root_dir, shuffling),
            PairScaling(transform, self.dtype),
            self.rng,
            is_balanced=param.balance,
        )
        self.start_reading(make_reader, top, prefetch=self.layer_param_.data_param.prefetch)

    def _check(self, transform: TransformationParameter) -> None:
        if not self.layer_param_.seg_data_param.source:
            raise self.error("no list of images is named", fix='seg_data_param { source: "..." }')
        why = f"{self.type} changes images and labels alike, by itself"
        with self._naming_errors():
            refuse_settings(transform, _OTHERS, why)
        if transform.stride < 1:
            raise self.error("stride must be at least 1", got=transform.stride)
        for name in ("upper_size", "upper_height", "upper_width"):
            if transform.HasField(name) and getattr(transform, name) < 1:
                raise self.error(f"{name} must be at least 1", got=getattr(transform, name))
        ratios = list(transform.scale_ratios)
        if len(ratios) == 2 and not 0 < ratios[0] <= ratios[1] < np.inf:
            raise self.error(
                "scale_ratios must be a range", expected="the least, above 0, first", got=ratios
            )
