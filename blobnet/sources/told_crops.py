"""Batches of records, whose labels tell how each was cut out.

Caffe: data_layer.cpp of ZhiwenShao/JAANet.
"""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.sources.batches import DatumBatches
from blobnet.sources.source import Record
from blobnet.sources.transformer import Window
from blobnet.types import Array, Shape


class CropTellingBatches(DatumBatches):
    """In the place of labels: flipped or not, the width of the crop, its first row and column."""

    def _shapes_of(self, record: Record, image: Array) -> list[Shape]:
        data, *_ = super()._shapes_of(record, image)
        return [data, (data[0], 4, 1, 1)]

    def _write(self, records: Sequence[Record], images: Sequence[Array], out: list[Array]) -> None:
        told: list[Window] = []
        self._transformer.transform(images, self._rng, out[0], told)
        width = self._transformer.crop_width
        cuts = [[flip, width, top, left] for flip, top, left in told]
        out[1].reshape(len(images), 4)[...] = cuts
