"""ImageSegData: batches of images with a label for each pixel, scaled and cut out alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, LayerError, explain
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.segmentation._label_map_data import check_pairs, start_pairs
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TRAIN, ImageDataParameter, TransformationParameter
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.sources.label_maps import (
    LARGEST_LABEL,
    ImagePairSource,
    read_pairs,
    resize_nearest,
)
from blobnet.sources.mean_values import check_finite
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
        with self._naming_errors():
            words = 1 if param.label_type == ImageDataParameter.NONE else 2
            pairs = read_pairs(Path(param.source), words)
            folder = absolute("", DataError)
        load = partial(
            _load,
            mode="color" if param.is_color else "gray",
            size=(param.new_height, param.new_width),
            label_type=param.label_type,
            ignore_label=_as_byte(param.ignore_label),
        )
        transform_pair = _Transform(
            transform, self.phase == TRAIN, _as_byte(param.ignore_label), self.dtype
        )
        start_pairs(self, top, param, pairs, folder, load, transform_pair, with_sizes=True)

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
        if transform.scale_factors and not any(_crop_of(transform)):
            raise self.error(
                "scale_factors makes images of different sizes",
                fix="state crop_size, or crop_height and crop_width, as well",
            )
        for factor in transform.scale_factors:
            if not 0 < factor < np.inf:
                raise self.error("scale_factors must be positive numbers", got=factor)


class _Transform:
    """Scales, fills up, cuts out, flips; then the mean and the scale."""

    def __init__(
        self, param: TransformationParameter, is_random: bool, ignore_label: int, dtype: np.dtype
    ) -> None:
        for name, value in (("scale", param.scale), *(("mean_value", v) for v in param.mean_value)):
            check_finite(name, value)
        self._crop, self._mirror = _crop_of(param), param.mirror
        self._factors = [np.float32(factor) for factor in param.scale_factors]
        self._is_random, self._ignore_label = is_random, ignore_label
        self._scale = param.scale
        self._mean = np.array(param.mean_value or [0], dtype)[:, None, None]

    def shapes(self, image: Shape, labels: Shape) -> tuple[Shape, Shape]:
        if labels[1:] != image[1:]:
            raise LayerError(
                explain(
                    "the image and its labels differ in size",
                    expected=f"labels of {image[1]} x {image[2]}",
                    got=f"{labels[1]} x {labels[2]}",
                    fix="set new_height and new_width",
                )
            )
        if len(self._mean) not in (1, image[0]):
            raise LayerError(
                explain(
                    "Specify either 1 mean_value or as many as channels",
                    expected=f"1 or {image[0]} values",
                    got=f"{len(self._mean)} values",
                )
            )
        size = self._crop if any(self._crop) else image[1:]
        return (image[0], *size), (1, *size)

    def __call__(
        self, image: Array, labels: Array, rng: np.random.Generator, out: Sequence[Array]
    ) -> None:
        flip = self._mirror and bool(rng.integers(2))
        if self._factors:
            factor = self._factors[rng.integers(len(self._factors))]
            if factor != 1:
                height, width = (
                    max(int(np.float32(length) * factor), 1) for length in image.shape[1:]
                )
                image = resize_image(image, height, width)
                labels = resize_nearest(labels, height, width)
        target, label_target = (array[:, :, ::-1] if flip else array for array in out)
        target[...] = self._mean  # so that it is 0 in the end where there is no image
        label_target.fill(self._ignore_label)
        seen = self._window(image.shape[1:], out[0].shape[1:], rng)
        rows, columns = (slice(0, part.stop - part.start) for part in seen)
        target[:, rows, columns] = image[:, seen[0], seen[1]]
        label_target[:, rows, columns] = labels[:, seen[0], seen[1]]
        with overflow_allowed():
            out[0][...] -= self._mean
            out[0][...] *= self._scale

    def _window(self, sizes: Shape, wanted: Shape, rng: np.random.Generator) -> list[slice]:
        """Which rows and columns of the image are seen."""
        seen = []
        for size, length in zip(sizes, wanted, strict=True):
            room = max(size, length) - length
            is_drawn = self._is_random and any(self._crop)
            begin = int(rng.integers(room + 1)) if is_drawn else room // 2
            seen.append(slice(begin, min(begin + length, size)))
        return seen


def _crop_of(param: TransformationParameter) -> tuple[int, int]:
    if param.HasField("crop_height") and param.HasField("crop_width"):
        return param.crop_height, param.crop_width
    return param.crop_size, param.crop_size


def _as_byte(label: int) -> int:
    return min(max(label, 0), LARGEST_LABEL)


def _load(
    source: ImagePairSource,
    record: Record,
    mode: ColorMode,
    size: tuple[int, int],
    label_type: int,
    ignore_label: int,
) -> tuple[Array, Array]:
    image = decode_image(record.datum.data, mode)
    if all(size):
        image = resize_image(image, *size)
    if label_type != ImageDataParameter.PIXEL:
        label = ignore_label
        if label_type == ImageDataParameter.IMAGE:
            label = _as_byte(_whole_number(str(record.label)))
        return image, np.full((1, *image.shape[1:]), label, np.uint8)
    labels = decode_image(source.read_labels(str(record.label)).data, "gray")
    return image, resize_image(labels, *size) if all(size) else labels


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
