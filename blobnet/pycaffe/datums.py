"""Arrays to Caffe's messages and back. Caffe: python/caffe/io.py."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from blobnet.errors import explain
from blobnet.proto import BlobProto, BlobProtoVector, Datum
from blobnet.pycaffe.input_errors import InputError
from blobnet.shapes import proto_shape
from blobnet.types import Array, Shape


def blobproto_to_array(blob: BlobProto, return_diff: bool = False) -> NDArray[np.float64]:
    """The values of a blob (its diff, where `return_diff`), in the shape that it states.

    Where it states none, a single value is taken for a scalar. Double precision values serve where
    there are no others. Raises ValueError where the values are not as many as the shape says.
    """
    values = (blob.diff or blob.double_diff) if return_diff else (blob.data or blob.double_data)
    return _shaped(np.array(values, np.float64), proto_shape(blob))


def array_to_blobproto(arr: Array, diff: Array | None = None) -> BlobProto:
    """A blob with the shape and the values of `arr`; `diff`, of the same size, may go along.

    Values are kept as float32. That `diff` fits is not checked.
    """
    blob = BlobProto()
    blob.shape.dim.extend(arr.shape)
    blob.data.extend(arr.astype(float).ravel().tolist())
    if diff is not None:
        blob.diff.extend(diff.astype(float).ravel().tolist())
    return blob


def arraylist_to_blobprotovector_str(arraylist: Iterable[Array]) -> bytes:
    """Arrays as the bytes of a BlobProtoVector."""
    return BlobProtoVector(blobs=map(array_to_blobproto, arraylist)).SerializeToString()


def blobprotovector_str_to_arraylist(str: bytes) -> list[NDArray[np.float64]]:
    """The arrays in the bytes of a BlobProtoVector. Raises ValueError for other bytes."""
    try:
        vector = BlobProtoVector.FromString(str)
    except DecodeError as error:
        expected = "bytes of a BlobProtoVector"
        raise InputError(
            explain("these bytes cannot be read", expected=expected, got=error)
        ) from error
    return [blobproto_to_array(blob) for blob in vector.blobs]


def array_to_datum(arr: Array, label: int | None = None) -> Datum:
    """A record with the values of `arr`, (channels, height, width): bytes of uint8, else floats.

    Raises ValueError for another number of axes.
    """
    if arr.ndim != 3:
        expected = "(channels, height, width)"
        raise InputError(explain("Incorrect array shape.", expected=expected, got=arr.shape))
    channels, height, width = arr.shape
    datum = Datum(channels=channels, height=height, width=width)
    if arr.dtype == np.uint8:
        datum.data = arr.tobytes()
    else:
        datum.float_data.extend(arr.astype(float).ravel().tolist())
    if label is not None:
        datum.label = label
    return datum


def datum_to_array(datum: Datum) -> Array:
    """The values of a record, (channels, height, width): a copy, uint8 or else float64.

    Its label is `datum.label`. As in Caffe an encoded image is not decoded. Raises ValueError where
    the values are not as many as the shape says, which is so with encoded ones.
    """
    values: Array = (
        np.frombuffer(datum.data, np.uint8).copy()
        if datum.data
        else np.array(datum.float_data, np.float64)
    )
    fix = (
        "it holds a compressed image: caffe.io.load_image(io.BytesIO(datum.data)) reads it"
        if datum.encoded
        else None
    )
    return _shaped(values, (datum.channels, datum.height, datum.width), fix)


def _shaped(values: Array, shape: Shape, fix: str | None = None) -> Array:
    try:
        return values.reshape(shape)
    except (ValueError, OverflowError) as error:
        raise InputError(
            explain(
                f"cannot reshape array of size {values.size} into shape {shape}",
                expected="as many values as the shape says",
                fix=fix,
            )
        ) from error
