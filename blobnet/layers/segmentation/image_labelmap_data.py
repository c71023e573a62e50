"""ImageLabelmapData: batches of images with a map of edges, 0 or 1 at each pixel."""

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
from blobnet.proto import TransformationParameter
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.sources.label_maps import ImagePairSource, read_pairs
from blobnet.sources.source import Record
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape

_BRIGHT = 128
"""From here on a byte is 1: cv::Mat divides by 255 and rounds."""


@register_layer("ImageLabelmapData")
class ImageLabelmapData(BatchLayer):
    """Images of a list with their edges.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`
    top[1]  edges: (N, 1, H, W)  1 where the second image has 128 or more, else 0; the image's
            bytes with `normalize: false`, of DSS

    A line of the list is two paths, of the image and of an image of its edges as large; paths have
    no blanks. Where `new_height` and `new_width` are set, both are interpolated linearly to that
    size. transform_param: `crop_size` cuts a random window out of both, in either phase, `mirror`
    flips half of the pairs; mean and scale are for the images. With `shuffle` the images come in a
    new order every time round. The layer reads ahead, `prefetch` batches of its data_param, and
    resumes. (DeepSkeleton has this type, too, and gives the bytes: write `normalize: false`, which
    DSS does where nothing is stated.)

    Proto: ImageDataParameter, TransformationParameter.
    Caffe: image_labelmap_data_layer.cpp of HED, also that of DSS (Andrew-Qibin/caffe_dss).
    """

    formula = "Images of a list and their edges, resized, cut out and flipped alike."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.image_data_param
        check_pairs(self, param, "image_data_param")
        self.warn_of_legacy_fields(param, ("scale", "mean_file", "crop_size", "mirror"))
        with self._naming_errors():
            pairs = read_pairs(Path(param.source), 2)
            transform = self.layer_param_.transform_param
            of_whole_images = TransformationParameter()
            of_whole_images.CopyFrom(transform)
            of_whole_images.ClearField("crop_size")
            of_whole_images.ClearField("mirror")
            transformer = DataTransformer(of_whole_images, self.phase, self.dtype)
            folder = absolute("", DataError)
        load = partial(
            _load,
            mode="color" if param.is_color else "gray",
            size=(param.new_height, param.new_width),
        )
        is_binary = param.normalize or not param.HasField("normalize")
        transform_pair = _Transform(transform.crop_size, transform.mirror, transformer, is_binary)
        start_pairs(self, top, param, pairs, folder, load, transform_pair, with_sizes=False)


class _Transform:
    """The mean and the scale of the image; then both are cut out and flipped."""

    def __init__(
        self, crop: int, mirror: bool, transformer: DataTransformer, is_binary: bool
    ) -> None:
        self._crop, self._mirror, self._transformer = crop, mirror, transformer
        self._is_binary = is_binary  # the labels are

    def shapes(self, image: Shape, labels: Shape) -> tuple[Shape, Shape]:
        if labels[1:] != image[1:]:
            raise LayerError(
                explain(
                    "groundtruth size != image size",
                    expected=f"edges of {image[1]} x {image[2]}",
                    got=f"{labels[1]} x {labels[2]}",
                )
            )
        channels, *size = self._transformer.output_shape(image)
        if self._crop:
            if min(size) < self._crop:
                raise LayerError(
                    explain(
                        "the image is smaller than the crop",
                        expected=f"at least {self._crop} x {self._crop}",
                        got=f"{size[0]} x {size[1]}",
                    )
                )
            size = [self._crop, self._crop]
        return (channels, *size), (1, *size)

    def __call__(
        self, image: Array, labels: Array, rng: np.random.Generator, out: Sequence[Array]
    ) -> None:
        whole = np.empty((1, *self._transformer.output_shape(image.shape)), out[0].dtype)
        self._transformer.transform([image], rng, whole)
        flip = self._mirror and bool(rng.integers(2))
        window = [
            slice(begin, begin + size)
            for size, length in zip(out[1].shape[1:], labels.shape[1:], strict=True)
            for begin in (int(rng.integers(length - size + 1)) if self._crop else 0,)
        ]
        shown = labels >= _BRIGHT if self._is_binary else labels
        for source, target in ((whole[0], out[0]), (shown, out[1])):
            part = source[:, window[0], window[1]]
            target[...] = part[:, :, ::-1] if flip else part


def _load(
    source: ImagePairSource, record: Record, mode: ColorMode, size: tuple[int, int]
) -> tuple[Array, Array]:
    image = decode_image(record.datum.data, mode)
    labels = decode_image(source.read_labels(str(record.label)).data, "gray")
    if labels.shape[1:] == image.shape[1:] and all(size):
        image, labels = resize_image(image, *size), resize_image(labels, *size)
    return image, labels
