"""Images from a text file that lists them with a second word each: a file of labels, or one label.

Caffe: dense_image_data_layer.cpp of SegNet, image_seg_data_layer.cpp of PSPNet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.input_files import read_file, shown
from blobnet.proto import Datum
from blobnet.sources.batches import empty
from blobnet.sources.image_list import ImageList, ImageListSource
from blobnet.sources.source import Record
from blobnet.sources.source_batches import SourceBatches
from blobnet.text_files import read_text_file
from blobnet.types import Array, DType, Shape

LARGEST_LABEL = 255
"""Label maps are images of bytes."""


def read_pairs(path: Path, words: int) -> ImageList:
    """A list with so many words a line, 1 or 2; the second words are the labels, "" without.

    Raises DataError where the list cannot be read or is empty, and for a line with fewer words.
    """
    text = read_text_file(path, DataError, setting="the list of images")
    lines = [line.split() for line in text.splitlines()]
    if not any(lines):
        raise DataError(explain(f"{shown(path)}: File is empty", expected='lines "image labels"'))
    while not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if len(line) < words:
            raise DataError(
                explain(
                    f"{shown(path)}, line {number}: not an image with its labels",
                    expected="a path" + ", a blank and the labels" * (words == 2),
                    got=f'"{shown(" ".join(line))}"' if line else "an empty line",
                    fix="paths must not have blanks here" if line else "take it out",
                )
            )
    seconds = [line[1] if words == 2 else "" for line in lines]
    return ImageList(str(path), [line[0] for line in lines], np.array(seconds))


class ImagePairSource(ImageListSource):
    """The images of such a list; a record's label is the second word."""

    def read_labels(self, word: str) -> Datum:
        """The file of labels that a second word names. Raises DataError."""
        path = self._folder / (self._root + word)
        try:
            return Datum(encoded=True, data=read_file(path, DataError))
        except DataError as error:
            raise DataError(f"{self.name}: Could not load {error}") from error


class PairTransform(Protocol):
    """What becomes of an image (C, H, W) and its labels (1, h, w), both of bytes."""

    def shapes(self, image: Shape, labels: Shape) -> tuple[Shape, Shape]:
        """The shapes that both have then. Raises LayerError where they do not fit."""

    def __call__(
        self, image: Array, labels: Array, rng: np.random.Generator, out: Sequence[Array]
    ) -> None:
        """Write both into `out`; all random numbers are drawn from `rng`."""


LoadedPair = tuple[Array, Array] | tuple[Array, Array, Shape]
"""An image and its labels; and the size to tell of the image, unless it is its own."""

LoadPair = Callable[[ImagePairSource, Record], LoadedPair]
"""Gives the image and the labels of a record."""


class PairBatches(SourceBatches[ImagePairSource]):
    """Batches of images, of their labels and, where wanted, of the images' sizes.

    open_source  gives the source, standing at its first record
    load         gives the image and the labels of a record
    rng          where random crops and flips begin; it is copied, not drawn from
    """

    def __init__(
        self,
        open_source: Callable[[], ImagePairSource],
        load: LoadPair,
        transform: PairTransform,
        rng: np.random.Generator,
        *,
        batch_size: int,
        dtype: DType,
        with_sizes: bool,
    ) -> None:
        super().__init__(open_source(), rng, batch_size)
        self._load, self._transform = load, transform
        self._dtype, self._with_sizes = dtype, with_sizes

    def shapes(self) -> list[Shape]:
        record = self._source.peek()
        return self._shapes_of(record, *self._loaded(record)[:2])

    def read(self) -> list[Array]:
        batch: list[Array] = []
        first, shapes = "", []
        for index in range(self._batch_size):
            record = self._source.read()
            image, labels, *told = self._loaded(record)
            its = self._shapes_of(record, image, labels)
            if not index:
                first, shapes = record.key, its
                batch = [empty(shape, self._dtype) for shape in shapes]
            elif its != shapes:
                raise self._misfit(record.key, its[0][1:], first, shapes[0][1:])
            self._transform(image, labels, self._rng, [array[index] for array in batch[:2]])
            if self._with_sizes:
                size = told[0] if told else image.shape[1:]
                sizes = zip(size, shapes[0][2:], strict=True)
                batch[2][index] = [[[min(of_both) for of_both in sizes]]]
        return batch

    def _loaded(self, record: Record) -> LoadedPair:
        try:
            return self._load(self._source, record)
        except DataError as error:
            raise DataError(self._naming(record, error)) from error

    def _shapes_of(self, record: Record, image: Array, labels: Array) -> list[Shape]:
        try:
            shapes = self._transform.shapes(image.shape, labels.shape)
        except LayerError as error:
            raise LayerError(self._naming(record, error)) from error
        n = self._batch_size
        return [(n, *shape) for shape in shapes] + [(n, 1, 1, 2)] * self._with_sizes

    def _naming(self, record: Record, error: Exception) -> str:
        return f'{self._source.name}, record "{record.key}": {error}'

    def _misfit(self, key: str, shape: Shape, first: str, wanted: Shape) -> LayerError:
        return LayerError(
            explain(
                f"{self._source.name}: records of different shape in one batch",
                expected=f'shape {wanted}, as of record "{first}"',
                got=f'shape {shape} of record "{key}"',
                fix=f"{self._source.same_shape_hint}, set a crop, or use batch_size: 1",
            )
        )


def resize_nearest(image: Array, height: int, width: int) -> Array:
    """A (channels, rows, columns) image of which each new pixel is one of the old ones.

    OpenCV: cv::resize with INTER_NEAREST.
    """
    places = []
    for old, new in ((image.shape[1], height), (image.shape[2], width)):
        step = 1 / (new / old)
        places.append(np.minimum(np.floor(np.arange(new) * step).astype(np.intp), old - 1))
    return image[:, places[0][:, None], places[1]]
