"""DenseImageData: batches of images, with an image of labels for each."""

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
from blobnet.proto import DenseImageDataParameter
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.sources.label_maps import ImagePairSource, read_pairs, resize_nearest
from blobnet.sources.source import Record
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape


@register_layer("DenseImageData")
class DenseImageData(BatchLayer):
    """Images of a list with their label maps.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`
    top[1]  labels: (N, 1, h, w)  the bytes of the label images; h and w are H and W, each divided
            by `label_divide_factor` and rounded down

    A line of the list is two paths, of the image and of its labels; paths have no blanks. Both are
    brought to `new_height` and `new_width` where these are set, the labels by their nearest pixels;
    else the label image must have that size. `mirror` flips half of the pairs; `crop_height` and
    `crop_width` cut a random window out of them, in both phases. `scale` and means of
    transform_param are for the images alone; its crop and mirror are refused, and mean_file of
    dense_image_data_param has no effect. With `shuffle` the images come in a new order every time
    round. The layer reads ahead, `prefetch` batches of its data_param, and resumes.

    Proto: DenseImageDataParameter, TransformationParameter.
    Caffe: dense_image_data_layer.cpp of SegNet and ENet.
    """

    formula = "Images of a list and their label maps, resized, flipped and cut out alike."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.dense_image_data_param
        self._check(param)
        self.warn_of_legacy_fields(param, ("mean_file",))
        with self._naming_errors():
            pairs = read_pairs(Path(param.source), 2)
            transformer = DataTransformer(self.layer_param_.transform_param, self.phase, self.dtype)
            folder = absolute("", DataError)
        size, factor = (param.new_height, param.new_width), param.label_divide_factor
        load = partial(
            _load,
            mode="color" if param.is_color else "gray",
            size=size,
            label_size=(size[0] // factor, size[1] // factor),
        )
        transform_pair = _Transform(param, transformer)
        start_pairs(self, top, param, pairs, folder, load, transform_pair, with_sizes=False)

    def _check(self, param: DenseImageDataParameter) -> None:
        check_pairs(self, param, "dense_image_data_param")
        transform = self.layer_param_.transform_param
        if transform.mirror or transform.crop_size:
            raise self.error(
                "FIXME: Any stochastic transformation will break layer due to the need to "
                "transform input and label images in the same way",
                got="mirror or crop_size in transform_param",
                fix="write mirror, crop_height and crop_width in dense_image_data_param",
            )
        if bool(param.crop_height) != bool(param.crop_width):
            raise self.error(
                "Current implementation requires crop_height and crop_width to be set at the same "
                "time.",
                got=f"crop_height: {param.crop_height}, crop_width: {param.crop_width}",
            )
        factor = param.label_divide_factor
        if factor < 1 or (factor > 1 and param.crop_height):
            raise self.error(
                "label_divide_factor must be at least 1, and 1 where a window is cut out",
                got=factor,
            )
        if param.new_height and min(param.new_height, param.new_width) < factor:
            raise self.error("label_divide_factor leaves nothing of the labels", got=factor)


class _Transform:
    """Flips, cuts out, and transforms the image."""

    def __init__(self, param: DenseImageDataParameter, transformer: DataTransformer) -> None:
        self._crop = (param.crop_height, param.crop_width)
        self._mirror, self._factor = param.mirror, param.label_divide_factor
        self._transformer = transformer

    def shapes(self, image: Shape, labels: Shape) -> tuple[Shape, Shape]:
        wanted = (1, *(size // self._factor for size in image[1:]))
        if labels != wanted:
            raise LayerError(
                explain(
                    "Input and label image heights and widths must match",
                    expected=f"labels of {wanted[1]} x {wanted[2]}",
                    got=f"{labels[1]} x {labels[2]}",
                    fix="set new_height and new_width",
                )
            )
        if any(self._crop):
            if image[1] < self._crop[0] or image[2] < self._crop[1]:
                raise LayerError(
                    explain(
                        "the image is smaller than the crop",
                        expected=f"at least {self._crop[0]} x {self._crop[1]}",
                        got=f"{image[1]} x {image[2]}",
                    )
                )
            image, labels = (image[0], *self._crop), (1, *self._crop)
        return self._transformer.output_shape(image), labels

    def __call__(
        self, image: Array, labels: Array, rng: np.random.Generator, out: Sequence[Array]
    ) -> None:
        if self._mirror and rng.integers(2):
            image, labels = image[:, :, ::-1], labels[:, :, ::-1]
        if any(self._crop):
            at = [
                slice(begin, begin + size)
                for size, length in zip(self._crop, image.shape[1:], strict=True)
                for begin in (int(rng.integers(length - size + 1)),)
            ]
            image, labels = image[:, at[0], at[1]], labels[:, at[0], at[1]]
        self._transformer.transform([image], rng, out[0][None])
        out[1][...] = labels


def _load(
    source: ImagePairSource,
    record: Record,
    mode: ColorMode,
    size: tuple[int, int],
    label_size: tuple[int, int],
) -> tuple[Array, Array]:
    image = decode_image(record.datum.data, mode)
    labels = decode_image(source.read_labels(str(record.label)).data, "gray")
    if all(size):
        image, labels = resize_image(image, *size), resize_nearest(labels, *label_size)
    return image, labels
