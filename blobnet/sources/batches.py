"""From records to batches: arrays for the tops of a data layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.limits import in_words, machine_bytes, max_bytes
from blobnet.proto import Datum
from blobnet.sources.source import Record, RecordSource, State
from blobnet.sources.source_batches import SourceBatches
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, DType, Shape

PIECE = 1024
"""Records held at a time, beside the batch that they become part of."""


def empty(shape: Shape, dtype: DType) -> Array:
    """Memory for a batch, before anything is read for it. Raises DataError where there is none."""
    size = math.prod(shape) * dtype.itemsize
    try:
        if size > max(machine_bytes(), max_bytes()):  # some systems promise any amount
            raise MemoryError
        return np.empty(shape, dtype)
    except (MemoryError, ValueError) as error:  # ValueError: more than there are addresses
        raise DataError(
            explain(
                "not enough memory for a batch",
                got=f"shape {shape}, {in_words(size)}",
                fix="use a smaller batch_size",
            )
        ) from error


class BatchReader(Protocol):
    """What makes batches one after the other, and can be put back to where it was."""

    @property
    def draws(self) -> np.random.Generator | None:
        """What random changes of a batch come from: `deal.py` gives each batch its own stream."""

    def shapes(self) -> list[Shape]:
        """The shapes of the next batch, which is not used up by this."""

    def read(self) -> list[Array]:
        """The next batch: an array for each top."""

    def skip_batch(self) -> None:
        """Move on as `read` does, reading as little as may be."""

    def get_state(self) -> State:
        """What decides the batches to come, in types that JSON has."""

    def set_state(self, state: State) -> None:
        """Go on from a state that `get_state` gave."""

    def close(self) -> None:
        """Let go of files."""


class DatumBatches(SourceBatches[RecordSource]):
    """Batches of transformed records, with or without their labels.

    open_source  gives the records' source, standing at its first record
    decode       gives a record's values, (channels, height, width)
    rng          where random crops and flips begin; it is copied, not drawn from
    """

    def __init__(
        self,
        open_source: Callable[[], RecordSource],
        decode: Callable[[Datum], Array],
        transformer: DataTransformer,
        rng: np.random.Generator,
        *,
        batch_size: int,
        with_label: bool = True,
    ) -> None:
        super().__init__(open_source(), rng, batch_size)
        self._decode, self._transformer, self._with_label = decode, transformer, with_label

    def shapes(self) -> list[Shape]:
        record = self._source.peek()
        return self._shapes_of(record, self._values(record))

    def _shapes_of(self, record: Record, image: Array) -> list[Shape]:
        shape = self._output_shape(record, image)
        shapes = [(self._batch_size, *shape), (self._batch_size, *np.shape(record.label))]
        return shapes[: 1 + self._with_label]

    def read(self) -> list[Array]:
        first: tuple[Record, Array] | None = None
        batch: list[Array] = []
        for start in range(0, self._batch_size, PIECE):
            end = min(start + PIECE, self._batch_size)
            records = [self._source.read() for _ in range(start, end)]
            images = [self._values(record) for record in records]
            if first is None:
                first = records[0], images[0]
                batch = self._empty_batch(*first)
            self._check_shapes(first, records, images)
            self._write(records, images, [array[start:end] for array in batch])
        return batch

    def _write(self, records: Sequence[Record], images: Sequence[Array], out: list[Array]) -> None:
        """Some records' part of a batch."""
        self._transformer.transform(images, self._rng, out[0])
        if self._with_label:
            out[1][...] = [record.label for record in records]

    def _empty_batch(self, record: Record, image: Array) -> list[Array]:
        shapes = self._shapes_of(record, image)
        return [empty(shape, self._transformer.dtype) for shape in shapes]

    def _values(self, record: Record) -> Array:
        try:
            return self._decode(record.datum)
        except DataError as error:
            raise DataError(self._naming(record, error)) from error

    def _output_shape(self, record: Record, image: Array) -> Shape:
        try:
            return self._transformer.output_shape(image.shape)
        except LayerError as error:
            raise LayerError(self._naming(record, error)) from error

    def _naming(self, record: Record, error: Exception) -> str:
        return f'{self._source.name}, record "{record.key}": {error}'

    def _check_shapes(
        self, first: tuple[Record, Array], records: Sequence[Record], images: Sequence[Array]
    ) -> None:
        """Whether all records fit into one array; the batch's first decides, as in Caffe."""
        if all(image.shape == first[1].shape for image in images):
            return
        wanted = self._output_shape(*first)
        for record, image in zip(records, images, strict=True):
            shape = self._output_shape(record, image)
            if shape != wanted:
                raise LayerError(
                    explain(
                        f"{self._source.name}: records of different shape in one batch",
                        expected=f'shape {wanted}, as of record "{first[0].key}"',
                        got=f'shape {shape} of record "{record.key}"',
                        fix=f"{self._source.same_shape_hint}, set a crop_size, or use "
                        "batch_size: 1",
                    )
                )
