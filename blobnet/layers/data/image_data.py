"""ImageData: batches of image files, listed with their labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._image_files import (
    check_images,
    decode_sized,
    sizing_of,
    skipped_at_first,
)
from blobnet.proto import ImageDataParameter, TransformationParameter
from blobnet.sources.balanced_images import BalancedImages, WeighedImages
from blobnet.sources.batches import DatumBatches
from blobnet.sources.image_list import ImageList, ImageListSource, read_image_list, read_names
from blobnet.sources.transformer import DataTransformer

_OF_OTHERS = {
    **dict.fromkeys(
        ("face_transform", "face_point_num", "face_mirror", "label_cut_start", "label_cut_end"),
        "MultiLabelImageData",
    ),
    **dict.fromkeys(("label_type", "ignore_label"), "ImageSegData"),
    **dict.fromkeys(
        ("new_length", "use_image", "sampling_rate", "use_temporal_jitter", "mean_value"),
        "VideoData",
    ),
    **dict.fromkeys(
        (
            *("clip_min", "clip_max", "is_flow", "truth_scale"),
            *("num_truth_channels", "use_byte_input"),
        ),
        "VideoWithVoxelTruthData",
    ),
}
"""Fields of image_data_param that other types of forks read, by the type."""


@register_layer("ImageData")
class ImageData(BatchLayer):
    """Images of a list.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`; the rest is
            `new_height` and `new_width` or as the batch's first image, after the crop
    top[1]  label: (N,)  or (N, `label_count`) where that is set, or HashNet's `label_dim`
    top[2]  weight: (N,)  the mean number of images of a class, divided by that of the image's class
            (optional, as in caffe-windows)

    A line of the list is a path, a blank and the label; the path may have spaces too. With
    `shuffle` the images come in a new order every time round, where each `pair_size` of them in a
    row stay together. Like Data, the layer reads ahead in a background thread, `prefetch` batches
    of its data_param, and goes on exactly where it was when a training is resumed.
    `balance_class` takes one image of each class in turn, as caffe-windows does: at random, each
    image of a class once before one comes again; `shuffle` and rand_skip then have no effect.

    Intel's `bgr2rgb` of transform_param gives red first; smaller images than its `min_height` and
    `min_width` are enlarged, in their proportions. NVCaffe's `short_side` is that of all images,
    instead of a size; so is channel pruning's `new_dim`, for which `bicubic` mixes pixels of four
    each way. C3D's `use_label: false` lists words, files without a label: it is 0. DeBlurNet's
    `label: false` lists lines, files without a label, for a layer with one top.

    Proto: ImageDataParameter, TransformationParameter.  Caffe: image_data_layer.cpp; of
    happynear/caffe-windows for classes, intel/caffe, NVIDIA/caffe, yihui-he/caffe-pro, facebook/C3D
    for sizes and lists.
    """

    formula = "Images of a list, again and again, resized and transformed on the way."

    exact_num_top_blobs = None
    backward_reads_bottom = False
    backward_reads_top = False

    @property
    def min_top_blobs(self) -> int:  # type: ignore[override]
        return 2 if self.layer_param_.image_data_param.label else 1

    @property
    def max_top_blobs(self) -> int:  # type: ignore[override]
        return 3 if self.layer_param_.image_data_param.label else 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.image_data_param
        self._check(param)
        self.warn_of_legacy_fields(param, ("scale", "mean_file", "crop_size", "mirror"))
        with self._naming_errors():
            images = self._listed(param)
            transformer = DataTransformer(self._transform(), self.phase, self.dtype)
            folder = absolute("", DataError)
        decode = partial(
            decode_sized,
            mode="color" if param.is_color else "gray",
            sizing=sizing_of(self, param),
        )
        source, skipped = self._source(param, images, folder)
        make: Callable[..., DatumBatches] = partial(DatumBatches, with_label=len(top) > 1)
        if len(top) > 2:
            if _label_count(param) or images.labels.min() < 0:
                raise self.error("weights are of classes", expected="one label from 0 for each")
            make = partial(WeighedImages, labels=images.labels)
        self.start_reading(
            partial(make, source, decode, transformer, self.rng, batch_size=param.batch_size),
            top,
            prefetch=self.layer_param_.data_param.prefetch,
            begin=lambda reader: reader.skip(skipped),
        )

    def _transform(self) -> TransformationParameter:
        """Intel's bgr2rgb is what other forks have by another name, and in more layers."""
        transform = TransformationParameter()
        transform.CopyFrom(self.layer_param_.transform_param)
        transform.ClearField("bgr2rgb")
        transform.cvt_bgr2rgb |= self.layer_param_.transform_param.bgr2rgb
        return transform

    def _listed(self, param: ImageDataParameter) -> ImageList:
        if param.use_label and param.label:
            return read_image_list(Path(param.source), _label_count(param))
        if _label_count(param):
            name = "use_label" if param.label else "label"
            raise self.error(f"{name}: false lists no labels", got="label_count")
        return read_names(Path(param.source))

    def _source(
        self, param: ImageDataParameter, images: ImageList, folder: Path
    ) -> tuple[Callable[[], ImageListSource], int]:
        """What opens the list, and how many images are left out at first."""
        if param.balance_class:
            if _label_count(param):
                raise self.error("balance_class takes one label for each image")
            seed = int(self.rng.integers(2**63))
            source = partial(BalancedImages, images, folder, param.root_folder, seed)
            with self._naming_errors():
                source()
            return source, 0
        if param.shuffle and not 1 <= param.pair_size <= len(images.paths):
            raise self.error(
                "so many images cannot be shuffled together",
                expected=f"a pair_size from 1 to {len(images.paths)}, the length of the list",
                got=f"pair_size: {param.pair_size}",
            )
        shuffling = np.random.default_rng(self.rng.integers(2**63)) if param.shuffle else None
        skipped = skipped_at_first(self, param.rand_skip, len(images.paths))
        opened = partial(
            ImageListSource, images, folder, param.root_folder, shuffling, param.pair_size
        )
        return opened, skipped

    def _check(self, param: ImageDataParameter) -> None:
        check_images(self, param)
        for name, its_type in _OF_OTHERS.items():
            if param.HasField(name):
                raise self.error(f"`{name}` is for {its_type}", fix=f'type: "{its_type}"')


def _label_count(param: ImageDataParameter) -> int:
    """How many labels with fractions end each line; 0 for one whole number."""
    return param.label_dim if param.label_dim > 1 else param.label_count
