"""ImageData: batches of image files, listed with their labels."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.proto import Datum, ImageDataParameter
from blobnet.sources.batches import DatumBatches
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.sources.image_list import ImageListSource, read_image_list
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array

_OF_OTHERS = {
    **dict.fromkeys(("label_type", "ignore_label"), "ImageSegData"),
    **dict.fromkeys(
        ("new_length", "use_image", "sampling_rate", "use_temporal_jitter", "mean_value"),
        "VideoData",
    ),
}
"""Fields of image_data_param that other types of forks read, by the type."""


@register_layer("ImageData")
class ImageData(BatchLayer):
    """Images of a list.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`; the rest is
            `new_height` and `new_width` or as the batch's first image, after the crop
    top[1]  label: (N,)  or (N, `label_count`) where that is set

    A line of the list is a path, a blank and the label; the path may have spaces too. With
    `shuffle` the images come in a new order every time round. Like Data, the layer reads ahead
    in a background thread, `prefetch` batches of its data_param, and goes on exactly where it
    was when a training is resumed.

    Proto: ImageDataParameter, TransformationParameter.  Caffe: image_data_layer.cpp.
    """

    formula = "Images of a list, again and again, resized and transformed on the way."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.image_data_param
        self._check(param)
        self.warn_of_legacy_fields(param, ("scale", "mean_file", "crop_size", "mirror"))
        with self._naming_errors():
            images = read_image_list(Path(param.source), param.label_count)
            transformer = DataTransformer(self.layer_param_.transform_param, self.phase, self.dtype)
            folder = absolute("", DataError)
        shuffling = np.random.default_rng(self.rng.integers(2**63)) if param.shuffle else None
        skipped = self._skipped(param.rand_skip, len(images.paths))
        make_reader = partial(
            DatumBatches,
            partial(ImageListSource, images, folder, param.root_folder, shuffling),
            partial(
                _decode,
                mode="color" if param.is_color else "gray",
                size=(param.new_height, param.new_width),
            ),
            transformer,
            self.rng,
            batch_size=param.batch_size,
        )
        self.start_reading(
            make_reader,
            top,
            prefetch=self.layer_param_.data_param.prefetch,
            begin=lambda reader: reader.skip(skipped),
        )

    def _check(self, param: ImageDataParameter) -> None:
        if not param.source:
            raise self.error("no list of images is named", fix='image_data_param { source: "..." }')
        if param.batch_size < 1:
            raise self.error("Positive batch size required", got=f"batch_size: {param.batch_size}")
        for name, its_type in _OF_OTHERS.items():
            if param.HasField(name):
                raise self.error(f"`{name}` is for {its_type}", fix=f'type: "{its_type}"')
        if bool(param.new_height) != bool(param.new_width):
            raise self.error(
                "Current implementation requires new_height and new_width to be set at the same "
                "time.",
                got=f"new_height: {param.new_height}, new_width: {param.new_width}",
            )

    def _skipped(self, rand_skip: int, images: int) -> int:
        skipped = int(self.rng.integers(rand_skip)) if rand_skip else 0
        if skipped >= images:
            raise self.error(
                "Not enough points to skip",
                expected=f"rand_skip of at most {images}, the number of images",
                got=f"rand_skip: {rand_skip}",
            )
        return skipped


def _decode(datum: Datum, mode: ColorMode, size: tuple[int, int]) -> Array:
    image = decode_image(datum.data, mode)
    return resize_image(image, *size) if all(size) else image
