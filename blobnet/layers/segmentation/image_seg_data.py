"""ImageSegData: batches of images with a label for each pixel, scaled and cut out alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.segmentation._label_map_data import check_pairs, start_pairs
from blobnet.layers.segmentation._scale_and_crop import ScaleAndCrop, crop_of
from blobnet.proto import TRAIN, ImageDataParameter, TransformationParameter
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.sources.image_list import ImageList
from blobnet.sources.label_maps import LARGEST_LABEL, ImagePairSource, LoadedPair, read_pairs
from blobnet.sources.source import Record
from blobnet.types import Array, Shape


@register_layer("ImageSegData")
class ImageSegData(BatchLayer):
    """Images of a list with their label maps.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`
    top[1]  labels: (N, 1, H, W)  0 to 255
    top[2]  sizes: (N, 1, 1, 2)  of each image before it was transformed, at most H and W

    `label_type` says what follows the path in a line of the list: PIXEL another path, of an image
    of labels as large; IMAGE a label for all pixels; NONE nothing, and all are `ignore_label`.
    Paths have no blanks. Where `new_height` and `new_width` are set, both images are interpolated
    linearly to that size, the labels, too, as in PSPNet.

    transform_param: one of `scale_factors`, at random, resizes both, the labels by their nearest
    pixels; `crop_size`, or `crop_height` and `crop_width`, cuts out a window, random in TRAIN, the
    middle one in TEST; what is missing below and to the right is filled with the means and with
    `ignore_label` before. Then `mirror`, mean_value and scale. With `shuffle` the images come in a
    new order every time round. The layer reads ahead, `prefetch` batches of its data_param, and
    resumes.

    Proto: ImageDataParameter, TransformationParameter.
    Caffe: image_seg_data_layer.cpp and data_transformer.cpp of PSPNet.
    """

    formula = "Images of a list and their label maps, scaled, cut out and flipped alike."

    exact_num_top_blobs = 3
    auto_top_blobs = True
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param, transform = self.layer_param_.image_data_param, self.layer_param_.transform_param
        self._check(param, transform)
        self.warn_of_legacy_fields(param, ("scale", "mean_file", "crop_size", "mirror"))
        settings = PairSettings.of(param)
        with self._naming_errors():
            images = self._read_list(Path(param.source), param.label_type)
            folder = absolute("", DataError)
        transform_pair = ScaleAndCrop(
            transform, self.phase == TRAIN, settings.ignore_label, self.dtype
        )
        load = partial(self._load, settings=settings)
        start_pairs(self, top, param, images, folder, load, transform_pair, with_sizes=True)

    @staticmethod
    def _read_list(path: Path, label_type: int) -> ImageList:
        return read_pairs(path, 1 if label_type == ImageDataParameter.NONE else 2)

    @staticmethod
    def _load(source: ImagePairSource, record: Record, settings: PairSettings) -> LoadedPair:
        """The image, its labels and, where that is not the image's, the size to tell."""
        image = decode_image(record.datum.data, settings.mode)
        if all(settings.size):
            image = resize_image(image, *settings.size)
        labels = settings.labels(source, str(record.label), image.shape)
        if all(settings.size) and labels.shape[1:] != settings.size:
            labels = resize_image(labels, *settings.size)
        return image, labels

    def _check(self, param: ImageDataParameter, transform: TransformationParameter) -> None:
        check_pairs(self, param, "image_data_param")
        if param.label_type == ImageDataParameter.BBX:
            raise self.error(
                "label_type BBX is none of this layer's", expected="NONE, IMAGE, PIXEL"
            )
        if transform.HasField("mean_file"):
            raise self.error("ImageSegDataLayer does not support mean file", fix="use mean_value")
        stated = [transform.HasField(name) for name in ("crop_height", "crop_width")]
        if any(stated) and (not all(stated) or transform.HasField("crop_size")):
            raise self.error("Must either specify crop_size or both crop_height and crop_width.")
        if transform.scale_factors and not any(crop_of(transform)):
            raise self.error(
                "scale_factors makes images of different sizes",
                fix="state crop_size, or crop_height and crop_width, as well",
            )
        for factor in transform.scale_factors:
            if not 0 < factor < np.inf:
                raise self.error("scale_factors must be positive numbers", got=factor)


@dataclass(frozen=True)
class PairSettings:
    """What ImageDataParameter says of every pair."""

    mode: ColorMode
    size: tuple[int, int]
    """Height and width to come; 0 and 0 as the image is."""
    label_type: int
    ignore_label: int

    @classmethod
    def of(cls, param: ImageDataParameter) -> PairSettings:
        return cls(
            mode="color" if param.is_color else "gray",
            size=(param.new_height, param.new_width),
            label_type=param.label_type,
            ignore_label=_as_byte(param.ignore_label),
        )

    def labels(self, source: ImagePairSource, word: str, shape: Shape) -> Array:
        """(1, H, W): what the word behind the path says of an image of shape (C, H, W)."""
        if self.label_type == ImageDataParameter.PIXEL:
            return decode_image(source.read_labels(word).data, "gray")
        label = self.ignore_label
        if self.label_type == ImageDataParameter.IMAGE:
            label = _as_byte(_whole_number(word))
        return np.full((1, *shape[1:]), label, np.uint8)


def _as_byte(label: int) -> int:
    return min(max(label, 0), LARGEST_LABEL)


def _whole_number(word: str) -> int:
    try:
        return int(word)
    except ValueError as error:
        raise DataError(
            explain(
                "not a label",
                expected="a whole number behind the path",
                got=f'"{word}"',
                fix="label_type: PIXEL is for paths of label images",
            )
        ) from error
