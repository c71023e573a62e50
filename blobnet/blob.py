"""Blob: the N-dimensional array that layers pass on, its values and their gradient.

Caffe: blob.hpp, blob.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from blobnet.errors import BlobError, explain
from blobnet.proto import BlobProto
from blobnet.shapes import Count, as_shape, number_in_words, proto_is_legacy, proto_shape
from blobnet.storage import Storage, cast, take_shared
from blobnet.types import Array, DType, Shape

_CHUNK = 2**20  # values turned into Python's numbers at a time: those take 32 bytes each


class Blob:
    """An array `data` and its gradient `diff`, of one shape.

    Both read as zero until something is written; neither takes memory before its first use.
    Write *into* them (`blob.data[...] = x`, `blob.diff += g`): blobs may share memory, and
    views handed out earlier stay valid.

    Blob(2, 3)                 shape (2, 3), float32
    Blob((2, 3), dtype="f8")   the same in float64
    Blob()                     shape (0,): empty, until a layer gives it a shape
    """

    __slots__ = ("_count", "_data", "_data_storage", "_diff", "_diff_storage", "_shape")

    def __init__(self, *shape: int | Iterable[int], dtype: DTypeLike = np.float32) -> None:
        self._shape: Shape = as_shape(shape) if shape else (0,)
        capacity = math.prod(self._shape)
        self._data_storage = Storage(capacity, np.dtype(dtype))
        self._diff_storage = Storage(capacity, np.dtype(dtype))
        self._data: Array | None = None  # the views last handed out
        self._diff: Array | None = None
        self._count: Count | None = None

    def __repr__(self) -> str:
        return f"Blob(shape={self._shape}, dtype={self.dtype})"

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
        if self._diff_storage.is_forgotten:
            self._diff_storage.clear()
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

    @property
    def diff_storage(self) -> Storage:
        """The memory of `diff`."""
        return self._diff_storage

    def clear_diff(self) -> None:
        """Set `diff` to zero, without taking memory where it was never used."""
        self._diff_storage.clear()

    def forget_diff(self) -> None:
        """Like `clear_diff`, but zeros are written only when somebody looks at `diff`.

        A layer that knows can do without them: see `take_diff`. An array that was `diff` before
        shows its old values until then.
        """
        self._diff_storage.is_forgotten = self._diff_storage.allocated

    def take_diff(self) -> tuple[Array, bool]:
        """`diff`, and whether to write a gradient there instead of adding it: all of it."""
        forgotten, self._diff_storage.is_forgotten = self._diff_storage.is_forgotten, False
        return self.diff, forgotten

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

    @property
    def num(self) -> int:
        return self.legacy_shape(0)

    @property
    def channels(self) -> int:
        return self.legacy_shape(1)

    @property
    def height(self) -> int:
        return self.legacy_shape(2)

    @property
    def width(self) -> int:
        return self.legacy_shape(3)

    def legacy_shape(self, axis: int) -> int:
        """An axis of the blob read as N, C, H, W: missing axes count 1; at most 4 axes."""
        if self.num_axes > 4 or not -4 <= axis < 4:
            raise BlobError(
                explain(
                    "num, channels, height and width belong to blobs of at most 4 axes",
                    got=f"axis {axis} of shape {self._shape}",
                    fix="use `shape`",
                )
            )
        return self._shape[axis] if -self.num_axes <= axis < self.num_axes else 1

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
            self._data_storage, self._data = other._data_storage, None

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

    # --- files --------------------------------------------------------------------------------

    def to_proto(self, write_diff: bool = False) -> BlobProto:
        """The blob as a message: float32 goes to `data`, float64 to `double_data`."""
        proto = BlobProto()
        proto.shape.dim.extend(self._shape)
        prefix = "double_" if self.dtype == np.float64 else ""
        for part in ("data", "diff") if write_diff else ("data",):
            numbers, values = getattr(proto, prefix + part), getattr(self, part).ravel()
            for start in range(0, values.size, _CHUNK):
                numbers.extend(values[start : start + _CHUNK].tolist())
        return proto

    def from_proto(self, proto: BlobProto, reshape: bool = True) -> None:
        """Take values, and the gradient where there is one, from a message.

        Raises BlobError where the message's shape does not fit (with `reshape=False`), or where
        it does not hold as many numbers as its shape says; nothing is allocated before that.
        Raises it, too, where a number is too large for the blob's dtype.
        """
        shape = as_shape(proto_shape(proto))
        count = math.prod(shape)
        data = proto.double_data or proto.data
        diff = proto.double_diff or proto.diff
        if len(data) != count or (diff and len(diff) != count):
            raise BlobError(
                explain(
                    "a stored blob does not hold the numbers that its shape promises",
                    expected=f"{number_in_words(count)} numbers for shape {shape}",
                    got=f"{len(data)} values and {len(diff)} gradients",
                    fix="the file may be damaged: fetch or save it again",
                )
            )
        if reshape:
            self.reshape(shape)
        elif not self.shape_equals(proto):
            raise BlobError(
                explain(
                    "a stored blob has another shape",
                    expected=f"shape {self._shape}",
                    got=f"shape {shape}",
                )
            )
        values = np.asarray(data, np.float64 if proto.double_data else np.float32)
        self.data[...] = cast(values, self.dtype).reshape(self._shape)
        if diff:
            values = np.asarray(diff, np.float64 if proto.double_diff else np.float32)
            self.diff[...] = cast(values, self.dtype).reshape(self._shape)

    def shape_equals(self, proto: BlobProto) -> bool:
        """Whether a stored blob has this shape; files of 2014 store every shape with 4 axes."""
        if proto_is_legacy(proto):
            if self.num_axes > 4:
                return False
            return tuple(self.legacy_shape(axis) for axis in range(-4, 0)) == proto_shape(proto)
        return tuple(proto.shape.dim) == self._shape


Blobs = Sequence[Blob]


def share_memory(lifetimes: Iterable[tuple[Blob, int, int]]) -> None:
    """Let the data of blobs share memory where their lifetimes, first to last, do not overlap.

    Blobs that share memory already stay together. Memory that has been used before keeps its
    blobs to itself: somebody may have written there what has to stay.
    """
    together: dict[int, list[Any]] = {}  # by storage: its blobs, from when to when it is needed
    for blob, first, last in lifetimes:
        storage = blob._data_storage
        group = together.setdefault(id(storage), [[], first, last])
        group[0].append(blob)
        group[1], group[2] = min(group[1], first), max(group[2], last)
    free_from: list[tuple[Storage, int]] = []  # shared memory, and the last one to need it
    for blobs, first, last in sorted(together.values(), key=lambda group: int(group[1])):
        storage = blobs[0]._data_storage
        if storage.allocated and not storage.is_shared:
            continue
        count = max(math.prod(blob.shape) for blob in blobs)
        shared = take_shared(free_from, count, storage.dtype, first, last)
        for blob in blobs:
            blob._data_storage, blob._data = shared, None
