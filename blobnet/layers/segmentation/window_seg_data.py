"""WindowSegData: batches of windows of images, with a label for each pixel."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation.image_seg_data import ImageSegData, PairSettings
from blobnet.limits import check_bytes
from blobnet.proto import ImageDataParameter
from blobnet.sources.image import decode_image, resize_image
from blobnet.sources.image_list import ImageList
from blobnet.sources.label_maps import ImagePairSource, LoadedPair, resize_nearest
from blobnet.sources.source import Record
from blobnet.text_files import read_text_file
from blobnet.types import Array


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

    @staticmethod
    def _read_list(path: Path, label_type: int) -> ImageList:
        return read_windows(path, has_labels=label_type != ImageDataParameter.NONE)

    @staticmethod
    def _load(source: ImagePairSource, record: Record, settings: PairSettings) -> LoadedPair:
        image = decode_image(record.datum.data, settings.mode)
        *words, x1, y1, x2, y2 = str(record.label).split()
        labels = settings.labels(source, " ".join(words), image.shape)
        if labels.shape[1:] != image.shape[1:]:
            raise DataError(
                explain(
                    "the image and its labels differ in size",
                    expected=f"labels of {image.shape[1]} x {image.shape[2]}",
                    got=f"{labels.shape[1]} x {labels.shape[2]}",
                )
            )
        places = int(x1), int(y1), int(x2), int(y2)
        window, of_labels = (
            _window(image, places, 0),
            _window(labels, places, settings.ignore_label),
        )
        if all(settings.size):
            window = resize_image(window, *settings.size)
            of_labels = resize_nearest(of_labels, *settings.size)
        return window, of_labels, image.shape[1:]


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
