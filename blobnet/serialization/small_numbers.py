"""Weights in fewer bytes: half precision, and whole numbers of eight bits.

float16  as NVCaffe stores it: `raw_data_type` FLOAT16 and little-endian bytes in `raw_data`, which
         NVCaffe and OpenCV read, too
int8     blobnet's own: `packed_data` has a signed byte for every number, `data_type` is
         CAFFE_INT8_QUANTIZED, and `data` has a float32 for every index of the first axis, in
         convolutions and inner products the output channels: weight = factor of its channel * byte

Blobs of one axis (biases, statistics) stay in float32, and what has no finite value in the smaller
form: they are few, and all else is computed with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from blobnet.errors import BlobError, WeightsError, explain, printable
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import BlobProto, QuantizerParameter
from blobnet.shapes import proto_shape
from blobnet.types import Array

Numbers = Literal["float16", "int8"]
FORK_OF: Mapping[str, str | None] = {"float16": "NVCaffe", "int8": None}
"""Whose numbers of fields the file has, so that others read it."""

_LARGEST = 127  # a byte of -128 is not used, so that both signs reach as far


def check_numbers(numbers: str) -> None:
    """Raise WeightsError for a form that there is not."""
    if numbers not in FORK_OF:
        what = "weights cannot be written in such numbers"
        expected, got = " or ".join(FORK_OF), printable(str(numbers)[:40])
        raise WeightsError(explain(what, expected=expected, got=got))


def small_proto(data: Array, numbers: Numbers) -> BlobProto | None:
    """An array as a message in that form; None where it stays as it is."""
    if data.ndim < 2 or not data.size or not np.isfinite(data).all():
        return None
    proto = BlobProto()
    proto.shape.dim.extend(data.shape)
    return _half(data, proto) if numbers == "float16" else _bytes(data, proto)


def _half(data: Array, proto: BlobProto) -> BlobProto | None:
    with overflow_allowed():
        half = data.astype("<f2")
    if not np.isfinite(half).all():
        return None
    proto.raw_data_type = BlobProto.FLOAT16
    proto.raw_data = half.tobytes()
    return proto


def _bytes(data: Array, proto: BlobProto) -> BlobProto:
    rows = data.reshape(len(data), -1).astype(np.float64)
    factors = (np.abs(rows).max(axis=1) / _LARGEST).astype(np.float32)
    divisors = np.where(factors > 0, factors, 1).astype(np.float64)
    whole = np.rint(rows / divisors[:, None]).clip(-_LARGEST, _LARGEST)
    proto.data_type = QuantizerParameter.CAFFE_INT8_QUANTIZED
    proto.packed_data = whole.astype(np.int8).tobytes()
    proto.data.extend(factors.tolist())
    return proto


def is_in_bytes(proto: BlobProto) -> bool:
    """Whether a message holds int8 numbers with their factors."""
    is_int8 = proto.data_type == QuantizerParameter.CAFFE_INT8_QUANTIZED
    return proto.HasField("data_type") and is_int8 and bool(proto.packed_data)


def from_bytes(proto: BlobProto) -> Array:
    """The numbers of such a message, float32. Raises BlobError where factors do not fit them."""
    values = np.frombuffer(proto.packed_data, np.int8)
    factors = np.asarray(proto.data, np.float32)
    shape = proto_shape(proto)
    if not shape or len(factors) != shape[0] or not len(factors) or len(values) % len(factors):
        raise BlobError(
            explain(
                "a stored blob of bytes does not have the factors that it needs",
                expected=f"one for each index of the first axis of shape {tuple(shape)}",
                got=f"{len(factors)} factors for {len(values)} bytes",
            )
        )
    product: Array = values.reshape(len(factors), -1) * factors[:, None]
    return product.reshape(-1)
