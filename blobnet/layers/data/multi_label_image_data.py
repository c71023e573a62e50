"""MultiLabelImageData: batches of image files, listed with several labels each."""

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
from blobnet.proto import ImageDataParameter
from blobnet.sources.face_crops import FaceCrops
from blobnet.sources.image_list import ImageListSource
from blobnet.sources.labelled_images import LabelledImages, read_labelled_images
from blobnet.sources.transformer import DataTransformer

_FACES_TRIED = 10  # rounds of a list, before a face that fits


@register_layer("MultiLabelImageData")
class MultiLabelImageData(BatchLayer):
    """Images of a list, each with a row of numbers.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`; the rest is
            `new_height` and `new_width` or as the batch's first image, after the crop
    top[1]  labels: (N - 2 `label_cut_start`, L)   L = what the first line of the list has

    A line is a path without blanks, and L numbers. With `label_cut_start` the labels of so many
    images are left out at the beginning of each batch and at its end (`label_cut_end` is read
    nowhere, in the fork either; neither are `balance_class` and `balance_by` by this type). With
    `face_transform` the first 2 `face_point_num` numbers are points x, y in the image, by which a
    face is cut out (sources/face_crops.py); faces with a point near the edge are left out. With
    `shuffle` the images come in a new order every time round. Reads ahead, and resumes, like
    ImageData.

    Proto: ImageDataParameter, TransformationParameter.  Caffe: multi_label_image_data_layer.cpp of
    happynear/caffe-windows.
    """

    formula = "Images of a list, again and again, resized and transformed on the way."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.image_data_param
        check_images(self, param)
        self._check(param)
        self.warn_of_legacy_fields(param, ("scale", "mean_file", "crop_size", "mirror"))
        with self._naming_errors():
            images = read_labelled_images(Path(param.source), param.label_count)
            transformer = DataTransformer(self.layer_param_.transform_param, self.phase, self.dtype)
            folder = absolute("", DataError)
            faces = FaceCrops(param) if param.face_transform else None
        if faces is not None and images.labels.shape[1] < 2 * param.face_point_num:
            raise self.error(
                "the list has fewer numbers than points",
                expected=f"{2 * param.face_point_num}, for face_point_num: {param.face_point_num}",
                got=f"{images.labels.shape[1]} numbers a line",
            )
        shuffling = np.random.default_rng(self.rng.integers(2**63)) if param.shuffle else None
        skipped = skipped_at_first(self, param.rand_skip, len(images.paths))
        size = (0, 0) if faces is not None else (param.new_height, param.new_width)
        make_reader = partial(
            LabelledImages,
            partial(ImageListSource, images, folder, param.root_folder, shuffling),
            partial(decode_sized, mode="color" if param.is_color else "gray", sizing=Sizing(size)),
            transformer,
            self.rng,
            batch_size=param.batch_size,
            cut=param.label_cut_start,
            faces=faces,
            faces_tried=_FACES_TRIED * len(images.paths),
        )
        self.start_reading(
            make_reader,
            top,
            prefetch=self.layer_param_.data_param.prefetch,
            begin=lambda reader: reader.skip(skipped),
        )

    def _check(self, param: ImageDataParameter) -> None:
        if 2 * param.label_cut_start >= param.batch_size:
            raise self.error(
                "no labels are left of a batch",
                expected=f"a label_cut_start below half of the batch_size, {param.batch_size}",
                got=f"label_cut_start: {param.label_cut_start}",
            )
        if param.face_transform and param.label_cut_start:
            raise self.error("label_cut_start does not go with face_transform: points are labels")
