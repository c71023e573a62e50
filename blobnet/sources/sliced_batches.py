"""Batches of records whose channels are cut into several tops, in an order of one's own.

Caffe: custom_data_layer.cpp of FlowNet2.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.proto import DataParameter, Datum
from blobnet.sources.batches import empty
from blobnet.sources.database_source import DatabaseSource
from blobnet.sources.source import Record, State, restore_rng, whole_number
from blobnet.types import Array, DType, IntArray, Shape

_UNKNOWN = 32767
"""What stands for NaN among flows of 16 bits."""

_STEPS = 32
"""Of a pixel, in such flows."""


@dataclass(frozen=True)
class Order:
    """Which records come, and how they are shuffled.

    chosen     numbers of records that come at all
    cut        the part of them that is used
    cut_first  whether it is cut out before shuffling
    shuffles   whether they are shuffled; `every` so many batches again, 0: once
    block      that many at a time are shuffled among themselves, but for the last; 0: all
    """

    chosen: IntArray
    cut: slice
    cut_first: bool
    shuffles: bool
    every: int
    block: int

    def drawn(self, rng: np.random.Generator) -> IntArray:
        order = self.chosen[self.cut] if self.cut_first else self.chosen.copy()
        if self.shuffles:
            if not self.block:
                rng.shuffle(order)
            else:
                for begin in range(0, len(order), self.block):
                    end = min(begin + self.block, len(order)) - 1
                    rng.shuffle(order[begin:end])
        found: IntArray = order if self.cut_first else order[self.cut]
        return found


@dataclass(frozen=True)
class Slices:
    """How records are read: where channels are cut, and how each part is stored."""

    points: Sequence[int]
    encodings: Sequence[int]
    scale: float
    mean: Array | None  # (channels, 1, 1) or (channels, height, width), of the first channels

    def of(self, datum: Datum, dtype: DType) -> list[Array]:
        """The parts of a record, each (channels, height, width). Raises DataError."""
        shape = (datum.channels, datum.height, datum.width)
        ends = [0, *self.points, datum.channels]
        if min(shape) < 1 or any(end <= begin for begin, end in pairwise(ends)):
            raise DataError(
                explain("slice_point does not cut the channels", got=f"{ends[1:-1]} of {shape}")
            )
        values = self._values(datum, ends).astype(dtype)
        if self.mean is not None:
            part = values[: len(self.mean)]
            if len(self.mean) > len(values) or self.mean.shape[1:] not in ((1, 1), shape[1:]):
                raise DataError(
                    explain("the mean does not fit", expected=shape, got=self.mean.shape)
                )
            part -= self.mean
        values *= self.scale
        return [values[begin:end] for begin, end in pairwise(ends)]

    def _values(self, datum: Datum, ends: Sequence[int]) -> Array:
        shape = (datum.channels, datum.height, datum.width)
        count = datum.height * datum.width
        if datum.float_data:
            if self.encodings:
                raise DataError("Encoded layers must be stored as uint8 in LMDB.")
            values = np.array(datum.float_data, np.float32)
            if values.size != shape[0] * count:
                raise _wrong_size(values.size, shape[0] * count)
            return values.reshape(shape)
        data, at, parts = datum.data, 0, []
        for i, (begin, end) in enumerate(pairwise(ends)):
            kind = self.encodings[i] if i < len(self.encodings) else DataParameter.UINT8
            size = _size(kind, end - begin, count)
            part = data[at : at + size]
            if len(part) < size:
                raise _wrong_size(len(data), at + size)
            parts.append(_decoded(kind, part, (end - begin, *shape[1:])))
            at += size
        return np.concatenate(parts)


def _size(kind: int, channels: int, count: int) -> int:
    """The bytes of a part."""
    if kind == DataParameter.UINT16FLOW:
        return 2 * channels * count
    if kind == DataParameter.BOOL1:
        if channels != 1:
            raise DataError(explain("BOOL1 is of one channel", got=f"{channels} channels"))
        return (count - 1) // 8 + 1
    return channels * count


def _decoded(kind: int, part: bytes, shape: tuple[int, ...]) -> Array:
    if kind == DataParameter.UINT16FLOW:
        steps = np.frombuffer(part, "<i2")
        flow: Array = np.where(steps == _UNKNOWN, np.float32(np.nan), steps / np.float32(_STEPS))
        return flow.reshape(shape)
    if kind == DataParameter.BOOL1:
        bits = np.unpackbits(np.frombuffer(part, np.uint8), bitorder="little")
        return bits[: shape[1] * shape[2]].reshape(shape).astype(np.float32)
    return np.frombuffer(part, np.uint8).reshape(shape).astype(np.float32)


def _wrong_size(got: int, expected: int) -> DataError:
    return DataError(explain("the values do not fit the shape", expected=expected, got=got))


class SlicedBatches:
    """Batches of parts of records, with or without their labels, (N, 1, 1, 1)."""

    def __init__(
        self,
        open_database: Callable[[], DatabaseSource],
        order: Order,
        slices: Slices,
        rng: np.random.Generator,
        *,
        batch_size: int,
        dtype: DType,
        with_label: bool,
    ) -> None:
        self._database = open_database()
        self._index = self._database.index()
        self._rules, self._slices, self._rng = order, slices, copy.deepcopy(rng)
        self._batch_size, self._dtype, self._with_label = batch_size, dtype, with_label
        self._begin_order()
        self._at = self._batches = 0

    def shapes(self) -> list[Shape]:
        parts = self._parts(self._record())
        shapes: list[Shape] = [(self._batch_size, *part.shape) for part in parts]
        return [*shapes, *[(self._batch_size, 1, 1, 1)] * self._with_label]

    @property
    def draws(self) -> None:
        """Nothing: only orders are drawn, some for many batches."""

    def skip_batch(self) -> None:
        self._at = (self._at + self._batch_size) % len(self._order)
        self._end_batch()

    def read(self) -> list[Array]:
        batch = [empty(shape, self._dtype) for shape in self.shapes()]
        for n in range(self._batch_size):
            record = self._record()
            parts = self._parts(record)
            for whole, part in zip(batch, parts, strict=False):
                if whole.shape[1:] != part.shape:
                    raise DataError(
                        explain(
                            self._named(record, "another shape than the batch's first"),
                            expected=whole.shape[1:],
                            got=part.shape,
                        )
                    )
                whole[n] = part
            if self._with_label:
                batch[-1][n] = record.datum.label
            self._at = (self._at + 1) % len(self._order)
        self._end_batch()
        return batch

    def _end_batch(self) -> None:
        self._batches += 1
        if self._rules.shuffles and self._rules.every and not self._batches % self._rules.every:
            self._begin_order()

    def get_state(self) -> State:
        return {"rng": self._rng_state, "at": self._at, "batches": self._batches}

    def set_state(self, state: State) -> None:
        at, batches = whole_number(state, "at"), whole_number(state, "batches")
        if at >= len(self._order):
            raise ValueError("there are fewer records")
        restore_rng(self._rng, state)
        self._begin_order()
        self._at, self._batches = at, batches

    def close(self) -> None:
        self._database.close()

    def _begin_order(self) -> None:
        self._rng_state = self._rng.bit_generator.state
        self._order = self._rules.drawn(self._rng)

    def _record(self) -> Record:
        return self._database.read_at(self._index, int(self._order[self._at]))

    def _parts(self, record: Record) -> list[Array]:
        try:
            return self._slices.of(record.datum, self._dtype)
        except DataError as error:
            raise DataError(self._named(record, str(error))) from error

    def _named(self, record: Record, what: str) -> str:
        return f'{self._database.name}, record "{record.key}": {what}'
