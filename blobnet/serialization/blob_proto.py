"""A blob as a message and back. Caffe: Blob::ToProto, FromProto and ShapeEquals in blob.cpp."""

from __future__ import annotations

import math

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import BlobError, explain
from blobnet.proto import BlobProto, QuantizerParameter
from blobnet.serialization.small_numbers import from_bytes, is_in_bytes
from blobnet.shapes import as_shape, number_in_words, proto_is_legacy, proto_shape, shape_in_words
from blobnet.storage import cast
from blobnet.types import Array, Shape

_RAW: dict[int, str] = {BlobProto.DOUBLE: "<f8", BlobProto.FLOAT: "<f4", BlobProto.FLOAT16: "<f2"}
_PACKED: dict[int, str] = {
    QuantizerParameter.CAFFE_FLOAT: "<f4",
    QuantizerParameter.CAFFE_HALF: "<f2",
    QuantizerParameter.CAFFE_DOUBLE: "<f8",
}
"""What the bytes of NVCaffe and of the OpenCL branch are."""

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
    data, diff = stored_values(proto, "data"), stored_values(proto, "diff")
    if len(data) != count or (len(diff) and len(diff) != count):
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
    blob.data[...] = cast(data, blob.dtype).reshape(blob.shape)
    if len(diff):
        blob.diff[...] = cast(diff, blob.dtype).reshape(blob.shape)


def stored_values(proto: BlobProto, part: str) -> Array:
    """The numbers of "data" or "diff" in a message, as float32 or float64; none where it has none.

    Caffe has them as floats or doubles. NVCaffe and the OpenCL branch have them as bytes, too, of
    which half precision becomes float32; blobnet's own int8 has factors: see `small_numbers`.
    Raises BlobError for bytes that mean nothing here.
    """
    if part == "data" and is_in_bytes(proto):
        return from_bytes(proto)
    for field, dtype in ((f"double_{part}", np.float64), (part, np.float32)):
        values = getattr(proto, field)
        if values:
            return np.asarray(values, dtype)
    for content, kind, kinds, name in (
        (getattr(proto, f"raw_{part}"), getattr(proto, f"raw_{part}_type"), _RAW, "raw"),
        (getattr(proto, f"packed_{part}"), proto.data_type, _PACKED, "packed"),
    ):
        if content:
            return _from_bytes(content, kinds.get(int(kind)), f"{name} {part} of type {kind}")
    return np.zeros(0, np.float32)


def _from_bytes(content: bytes, dtype: str | None, what: str) -> Array:
    if dtype is None or len(content) % np.dtype(dtype).itemsize:
        raise BlobError(
            explain(
                "a stored blob holds bytes that are no numbers",
                expected="floats, doubles or numbers of half precision",
                got=f"{len(content)} bytes, {what}",
            )
        )
    values = np.frombuffer(content, dtype)
    return values.astype(np.float64 if values.itemsize == 8 else np.float32)


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
    """Whether a stored blob has this shape; files of 2014 store every shape with 4 axes, or 5."""
    if proto_is_legacy(proto):
        shape = proto_shape(proto)
        return (1,) * (len(shape) - blob.num_axes) + blob.shape == shape
    return tuple(proto.shape.dim) == blob.shape
