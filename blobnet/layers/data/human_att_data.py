"""HumanAttData: batches of images of people, listed with their attributes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._image_files import Sizing, check_images, decode_sized, skipped_at_first
from blobnet.sources.image_list import ImageListSource
from blobnet.sources.labelled_images import LabelledImages, read_labelled_images
from blobnet.sources.transformer import DataTransformer


@register_layer("HumanAttData")
class HumanAttData(BatchLayer):
    """Images of a list, each with a row of `att_num` numbers.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`; the rest is
            `new_height` and `new_width` or as the batch's first image, after the crop
    top[1]  labels: (N, att_num)

    A line is a path without blanks, and att_num numbers. With `shuffle` the images come in a new
    order every time round. Reads ahead, and resumes, like ImageData.

    Proto: HumanAttDataParameter, TransformationParameter.  Caffe: human_att_data_layer.cpp, for
    the nets of xh-liu/HydraPlus-Net.
    """

    formula = "Images of a list, again and again, resized and transformed on the way."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.human_att_data_param
        check_images(self, param, "human_att_data_param")
        if not param.att_num:
            raise self.error("how many attributes a line has is not said", fix="state `att_num`")
        with self._naming_errors():
            images = read_labelled_images(Path(param.source), param.att_num)
            transformer = DataTransformer(self.layer_param_.transform_param, self.phase, self.dtype)
            folder = absolute("", DataError)
        shuffling = np.random.default_rng(self.rng.integers(2**63)) if param.shuffle else None
        skipped = skipped_at_first(self, param.rand_skip, len(images.paths))
        sizing = Sizing((param.new_height, param.new_width))
        make_reader = partial(
            LabelledImages,
            partial(ImageListSource, images, folder, param.root_folder, shuffling),
            partial(decode_sized, mode="color" if param.is_color else "gray", sizing=sizing),
            transformer,
            self.rng,
            batch_size=param.batch_size,
            cut=0,
            faces=None,
            faces_tried=0,
        )
        self.start_reading(
            make_reader,
            top,
            prefetch=self.layer_param_.data_param.prefetch,
            begin=lambda reader: reader.skip(skipped),
        )
