"""Blob: the N-dimensional array that layers pass on, its values and their gradient.

Caffe: blob.hpp, blob.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from blobnet.errors import BlobError, explain
from blobnet.legacy_axes import LegacyAxes
from blobnet.shapes import Count, as_shape, by_axes
from blobnet.storage import Spread, Storage
from blobnet.tables import Shown, Table, numbered
from blobnet.types import Array, DType, Shape


class Blob(LegacyAxes, Shown):
    """An array `data` and its gradient `diff`, of one shape.

    Both read as zero until something is written; neither takes memory before its first use.
    Write *into* them (`blob.data[...] = x`, `blob.diff += g`): blobs may share memory, and
    views handed out earlier stay valid.

    Blob(2, 3)                 shape (2, 3), float32
    Blob((2, 3), dtype="f8")   the same in float64
    Blob()                     shape (0,): empty, until a layer gives it a shape
    """

    __slots__ = ("__dict__", "_count", "_data", "_data_storage", "_diff", "_diff_storage", "_shape")
    # __dict__: a script may note something on a blob; it is as fast, and made when first used

    def __init__(self, *shape: int | Iterable[int], dtype: DTypeLike = np.float32) -> None:
        self._shape: Shape = as_shape(shape) if shape else (0,)
        capacity = math.prod(self._shape)
        self._data_storage = Storage(capacity, np.dtype(dtype))
        self._diff_storage = Storage(capacity, np.dtype(dtype))
        self._data: Array | None = None  # the views last handed out
        self._diff: Array | None = None
        self._count: Count | None = None

    def __repr__(self) -> str:
        values = "; ".join(f"{name} {spread}" for name, spread in self.spreads().items())
        return f"<Blob {by_axes(self._shape)} {self.dtype}{': ' * bool(values)}{values}>"

    def table(self) -> Table:
        """What a notebook shows: between which values it lies."""
        title = f"Blob {by_axes(self._shape)}, {self.dtype}: {numbered(self.count, 'value')}"
        return Table(title, ("", "values"), [*self.spreads().items()])

    def spreads(self) -> dict[str, Spread]:
        """Between which values `data` and `diff` lie; of an empty blob nothing is said."""
        kept = {"data": self._data_storage, "diff": self._diff_storage}
        return {name: one.spread(self.count) for name, one in kept.items() if self.count}

    def __getstate__(self) -> tuple[Shape, Storage, Storage]:
        """For copies: the memory, without the views handed out; blobs that share it still do."""
        return self._shape, self._data_storage, self._diff_storage

    def __setstate__(self, state: tuple[Shape, Storage, Storage]) -> None:
        self._shape, self._data_storage, self._diff_storage = state
        self._data = self._diff = self._count = None

    # --- values -------------------------------------------------------------------------------

    @property
    def data(self) -> Array:
        """The values: a view that stays valid until the blob outgrows its memory."""
        if self._data is None:
            self._data = self._data_storage.view(self._shape)
        return self._data

    @data.setter
    def data(self, values: ArrayLike) -> None:
        if values is not self._data:  # `blob.data += x` has already written through the view
            self.data[...] = values

    @property
    def diff(self) -> Array:
        """The gradient of the loss with respect to `data`."""
        if self._diff is None:
            self._diff = self._diff_storage.view(self._shape)
        return self._diff

    @diff.setter
    def diff(self, values: ArrayLike) -> None:
        if values is not self._diff:
            self.diff[...] = values

    @property
    def dtype(self) -> DType:
        return self._data_storage.dtype

    def let_go_of_data(self) -> None:
        """Make `data` anew when it is next asked for, so that asking can be noticed."""
        self._data = None

    @property
    def data_storage(self) -> Storage:
        """The memory of `data`: blobs that share it have the same one."""
        return self._data_storage

    @data_storage.setter
    def data_storage(self, storage: Storage) -> None:
        self._data_storage, self._data = storage, None

    @property
    def diff_storage(self) -> Storage:
        """The memory of `diff`."""
        return self._diff_storage

    @diff_storage.setter
    def diff_storage(self, storage: Storage) -> None:
        self._diff_storage, self._diff = storage, None

    def clear_diff(self) -> None:
        """Set `diff` to zero, without taking memory where it was never used."""
        self._diff_storage.clear()

    def update(self) -> None:
        """data -= diff: the last step of an iteration."""
        np.subtract(self.data, self.diff, out=self.data)

    # --- shape --------------------------------------------------------------------------------

    @property
    def shape(self) -> Shape:
        return self._shape

    @property
    def count(self) -> Count:
        """The number of values; `count(start, end)` counts a range of axes."""
        if self._count is None:
            self._count = Count(self._shape)
        return self._count

    @property
    def num_axes(self) -> int:
        return len(self._shape)

    def canonical_axis(self, axis: int) -> int:
        """`axis` as an index from the front: -1 becomes the last axis. Raises BlobError."""
        if not -self.num_axes <= axis < self.num_axes:
            raise BlobError(
                explain(
                    f"axis {axis} is out of range",
                    expected=f"an axis from {-self.num_axes} to {self.num_axes - 1}",
                    got=f"axis {axis} of a blob of shape {self._shape}",
                )
            )
        return axis % self.num_axes if self.num_axes else 0

    def reshape(self, *shape: int | Iterable[int]) -> None:
        """Give the blob a new shape: `reshape(2, 3)` or `reshape((2, 3))`.

        Memory never shrinks, so values stay where they are as long as the new shape fits
        into it; a larger shape gets new memory, filled with zeros.
        """
        if len(shape) == 1 and type(shape[0]) is tuple and shape[0] == self._shape:
            return  # the usual case, and a quick one: this is called before every forward
        new_shape = as_shape(shape)
        if new_shape == self._shape:  # views handed out stay the blob's own
            return
        self._shape = new_shape
        self._data = self._diff = self._count = None
        count = math.prod(new_shape)
        if count > self._data_storage.capacity:
            self._data_storage = Storage(count, self.dtype)
        if count > self._diff_storage.capacity:
            self._diff_storage = Storage(count, self.dtype)

    def reshape_like(self, other: Blob) -> None:
        self.reshape(other.shape)

    # --- sharing ------------------------------------------------------------------------------

    def share_data(self, other: Blob) -> None:
        """Use the memory of `other.data` from now on; both must hold equally many values."""
        self._check_can_share(other)
        if self._data_storage is not other._data_storage:
            self.data_storage = other._data_storage

    def share_diff(self, other: Blob) -> None:
        """Use the memory of `other.diff` from now on; both must hold equally many values."""
        self._check_can_share(other)
        if self._diff_storage is not other._diff_storage:
            self._diff_storage, self._diff = other._diff_storage, None

    def _check_can_share(self, other: Blob) -> None:
        same_size = self._shape == other._shape or self.count == other.count
        if not same_size or self.dtype != other.dtype:
            raise BlobError(
                explain(
                    "blobs of different size or dtype cannot share memory",
                    expected=f"{int(self.count)} values of {self.dtype}, shape {self._shape}",
                    got=f"{int(other.count)} values of {other.dtype}, shape {other._shape}",
                )
            )


Blobs = Sequence[Blob]
