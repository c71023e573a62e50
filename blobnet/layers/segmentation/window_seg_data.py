"""WindowSegData: batches of windows of images, with a label for each pixel."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import absolute, shown
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._label_map_data import start_pairs
from blobnet.layers.segmentation.image_seg_data import (
    ImageSegData,
    _as_byte,
    _Transform,
    _whole_number,
)
from blobnet.limits import check_bytes
from blobnet.proto import TRAIN, ImageDataParameter
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.sources.image_list import ImageList
from blobnet.sources.label_maps import ImagePairSource, resize_nearest
from blobnet.sources.source import Record
from blobnet.text_files import read_text_file
from blobnet.types import Array, Shape


@register_layer("WindowSegData")
class WindowSegData(ImageSegData):
    """Windows of the images of a list, with those of their label maps.

    top[0]  data: (N, C, H, W)  N = `batch_size`; C = 3, or 1 without `is_color`
    top[1]  labels: (N, 1, H, W)  0 to 255
    top[2]  sizes: (N, 1, 1, 2)  of each whole image, at most H and W

    A line is "path labels x1 y1 x2 y2": what the second word says, `label_type` tells, as for
    ImageSegData, and with NONE it is not there. Of a window the last column x2 and the last row y2
    belong to it; what it sees beside the image is 0, and `ignore_label`. Where `new_height` and
    `new_width` are set, it is brought to that size, the labels by their nearest pixels. Then
    transform_param, `shuffle` and all else are as for ImageSegData.

    Proto: ImageDataParameter, TransformationParameter.
    Caffe: window_seg_data_layer.cpp of DeconvNet (HyeonwooNoh/caffe).
    """

    formula = "Windows of images and of their label maps, resized, cut out and flipped alike."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param, transform = self.layer_param_.image_data_param, self.layer_param_.transform_param
        self._check(param, transform)
        self.warn_of_legacy_fields(param, ("scale", "mean_file", "crop_size", "mirror"))
        with self._naming_errors():
            has_labels = param.label_type != ImageDataParameter.NONE
            windows = read_windows(Path(param.source), has_labels=has_labels)
            folder = absolute("", DataError)
        load = partial(
            _load,
            mode="color" if param.is_color else "gray",
            size=(param.new_height, param.new_width),
            label_type=param.label_type,
            ignore_label=_as_byte(param.ignore_label),
        )
        ignored = _as_byte(param.ignore_label)
        transform_pair = _Transform(transform, self.phase == TRAIN, ignored, self.dtype)
        start_pairs(self, top, param, windows, folder, load, transform_pair, with_sizes=True)


def read_windows(path: Path, *, has_labels: bool) -> ImageList:
    """A list of windows; the label of each image is its line without the path.

    Raises DataError where the list cannot be read, and for a line that is none.
    """
    text = read_text_file(path, DataError, setting="the list of windows")
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if not lines:
        raise DataError(
            explain(f"{shown(path)}: File is empty", expected='lines "image labels x1 y1 x2 y2"')
        )
    words = 6 if has_labels else 5
    for number, line in enumerate(lines, 1):
        if len(line) < words or not all(_is_place(word) for word in line[words - 4 : words]):
            raise DataError(
                explain(
                    f"{shown(path)}, line {number} of those that are not empty: not a window",
                    expected="a path, " + "the labels, " * has_labels + "then x1 y1 x2 y2",
                    got=f'"{shown(" ".join(line))}"',
                    fix="paths must not have blanks here; places are whole numbers",
                )
            )
        x1, y1, x2, y2 = map(int, line[words - 4 : words])
        if x2 < x1 or y2 < y1:
            raise DataError(
                explain(
                    f"{shown(path)}, line {number} of those that are not empty: an empty window",
                    expected="x1 <= x2 and y1 <= y2",
                    got=f"{x1} {y1} {x2} {y2}",
                )
            )
    behind = [" ".join(line[1:words]) for line in lines]
    return ImageList(str(path), [line[0] for line in lines], np.array(behind))


def _is_place(word: str) -> bool:
    return word.lstrip("+-").isdecimal() and len(word) < 10 and word.isascii()


def _load(
    source: ImagePairSource,
    record: Record,
    mode: ColorMode,
    size: tuple[int, int],
    label_type: int,
    ignore_label: int,
) -> tuple[Array, Array, Shape]:
    image = decode_image(record.datum.data, mode)
    *second, x1, y1, x2, y2 = str(record.label).split()
    if label_type == ImageDataParameter.PIXEL:
        labels = decode_image(source.read_labels(second[0]).data, "gray")
        if labels.shape[1:] != image.shape[1:]:
            raise DataError(
                explain(
                    "the image and its labels differ in size",
                    expected=f"labels of {image.shape[1]} x {image.shape[2]}",
                    got=f"{labels.shape[1]} x {labels.shape[2]}",
                )
            )
    else:
        is_stated = label_type == ImageDataParameter.IMAGE
        label = _as_byte(_whole_number(second[0])) if is_stated else ignore_label
        labels = np.full((1, *image.shape[1:]), label, np.uint8)
    places = int(x1), int(y1), int(x2), int(y2)
    window, of_labels = _window(image, places, 0), _window(labels, places, ignore_label)
    if all(size):
        window, of_labels = resize_image(window, *size), resize_nearest(of_labels, *size)
    return window, of_labels, image.shape[1:]


def _window(image: Array, places: tuple[int, int, int, int], beside: int) -> Array:
    """What lies in a window, its last row and column included; `beside` where there is no image."""
    x1, y1, x2, y2 = places
    shape = (image.shape[0], y2 - y1 + 1, x2 - x1 + 1)
    check_bytes(int(np.prod(shape, dtype=np.float64)), f"a window of {shape[1:]}", DataError)
    found = np.full(shape, beside, image.dtype)
    top, bottom = max(y1, 0), min(y2 + 1, image.shape[1])
    left, right = max(x1, 0), min(x2 + 1, image.shape[2])
    if top < bottom and left < right:
        target = found[:, top - y1 : bottom - y1, left - x1 : right - x1]
        target[...] = image[:, top:bottom, left:right]
    return found
