"""Batches of images with several labels each, and of faces with their points.

Caffe: multi_label_image_data_layer.cpp of happynear/caffe-windows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.proto import Datum
from blobnet.sources.batches import DatumBatches
from blobnet.sources.face_crops import FaceCrops
from blobnet.sources.image_list import ImageList, read_image_list
from blobnet.sources.source import Record, RecordSource
from blobnet.sources.transformer import DataTransformer
from blobnet.text_files import read_text_file
from blobnet.types import Array, Shape


def read_labelled_images(path: Path, label_count: int = 0) -> ImageList:
    """Lines "path number number ...", as many numbers as the first line has, unless stated.

    Raises DataError where the list cannot be read, or a line is not like that.
    """
    if not label_count:
        text = read_text_file(path, DataError, setting="the list of images")
        label_count = len(text.partition("\n")[0].split()) - 1
        if label_count < 1:
            raise DataError(
                explain(f"{shown(path)}, line 1: no image with its labels", expected="path label")
            )
    return read_image_list(path, label_count)


class LabelledImages(DatumBatches):
    """Batches of which the first and the last labels may be left out.

    cut    so many labels are left out at either end of a batch
    faces  how faces are cut out of images; those with points at the edge are left out
    """

    def __init__(
        self,
        open_source: Callable[[], RecordSource],
        decode: Callable[[Datum], Array],
        transformer: DataTransformer,
        rng: np.random.Generator,
        *,
        batch_size: int,
        cut: int,
        faces: FaceCrops | None,
        faces_tried: int,
    ) -> None:
        super().__init__(open_source, decode, transformer, rng, batch_size=batch_size)
        self._cut, self._faces, self._faces_tried = cut, faces, faces_tried

    def _shapes_of(self, record: Record, image: Array) -> list[Shape]:
        if self._faces is not None:
            image, _ = self._faces.apply(image, np.asarray(record.label), np.random.default_rng(0))
        return super()._shapes_of(record, image)

    def shapes(self) -> list[Shape]:
        data, label = super().shapes()
        return [data, (label[0] - 2 * self._cut, *label[1:])]

    def read(self) -> list[Array]:
        data, label = super().read() if self._faces is None else self._read_faces(self._faces)
        return [data, label[self._cut : len(label) - self._cut]]

    def skip_batch(self) -> None:
        if self._faces is None:
            super().skip_batch()
        else:  # which images are left out, only a look at them says
            self.read()

    def _read_faces(self, faces: FaceCrops) -> list[Array]:
        batch: list[Array] = []
        for index in range(self._batch_size):
            record, image, labels = self._next_face(faces)
            if not batch:
                batch = self._empty_batch(record, self._values(record))
            self._transformer.transform([image], self._rng, batch[0][index : index + 1])
            batch[1][index] = labels
        return batch

    def _next_face(self, faces: FaceCrops) -> tuple[Record, Array, Array]:
        for _ in range(self._faces_tried):
            record = self._source.read()
            try:
                before = np.asarray(record.label)
                image, labels = faces.apply(self._values(record), before, self._rng)
            except DataError as error:
                raise DataError(self._naming(record, error)) from error
            if faces.is_within(labels):
                return record, image, labels
        raise DataError(
            explain(
                f"{self._source.name}: no face of the list has its points within the image",
                fix="change less at random, or make new_height and new_width larger",
            )
        )
