"""A blob as a message and back. Caffe: Blob::ToProto, FromProto and ShapeEquals in blob.cpp."""

from __future__ import annotations

import math

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import BlobError, explain
from blobnet.proto import BlobProto
from blobnet.shapes import as_shape, number_in_words, proto_is_legacy, proto_shape, shape_in_words
from blobnet.storage import cast
from blobnet.types import Shape

_CHUNK = 2**20  # values turned into Python's numbers at a time: those take 32 bytes each


def blob_to_proto(blob: Blob, write_diff: bool = False) -> BlobProto:
    """The blob as a message: float32 goes to `data`, float64 to `double_data`."""
    proto = BlobProto()
    proto.shape.dim.extend(blob.shape)
    prefix = "double_" if blob.dtype == np.float64 else ""
    for part in ("data", "diff") if write_diff else ("data",):
        numbers, values = getattr(proto, prefix + part), getattr(blob, part).ravel()
        for start in range(0, values.size, _CHUNK):
            numbers.extend(values[start : start + _CHUNK].tolist())
    return proto


def blob_from_proto(blob: Blob, proto: BlobProto, reshape: bool = True) -> None:
    """Give a blob the values, and the gradient where there is one, of a message.

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
        blob.reshape(shape)
    elif not shape_equals(blob, proto):
        raise BlobError(
            explain(
                "a stored blob has another shape",
                expected=f"shape {blob.shape}",
                got=f"shape {shape}",
            )
        )
    values = np.asarray(data, np.float64 if proto.double_data else np.float32)
    blob.data[...] = cast(values, blob.dtype).reshape(blob.shape)
    if diff:
        values = np.asarray(diff, np.float64 if proto.double_diff else np.float32)
        blob.diff[...] = cast(values, blob.dtype).reshape(blob.shape)


def fit_stored(blob: Blob, proto: BlobProto, shape: Shape, what: str) -> None:
    """Give a blob that holds what a message stores the shape that it means, all axes told.

    Raises BlobError, which speaks of `what`, where the message states another shape.
    """
    if not shape_equals(Blob(shape), proto):
        raise BlobError(
            explain(
                f"{what} do not fit",
                expected=f"shape {shape}",
                got=f"shape {shape_in_words(proto_shape(proto))}",
            )
        )
    blob.reshape(shape)


def shape_equals(blob: Blob, proto: BlobProto) -> bool:
    """Whether a stored blob has this shape; files of 2014 store every shape with 4 axes."""
    if proto_is_legacy(proto):
        if blob.num_axes > 4:
            return False
        return tuple(blob.legacy_shape(axis) for axis in range(-4, 0)) == proto_shape(proto)
    return tuple(proto.shape.dim) == blob.shape
