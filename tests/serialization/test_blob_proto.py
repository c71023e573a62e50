from __future__ import annotations

import numpy as np
import pytest

from blobnet import BlobError
from blobnet.blob import Blob
from blobnet.proto import BlobProto
from blobnet.serialization import blob_proto
from blobnet.serialization.blob_proto import blob_from_proto, blob_to_proto, shape_equals
from blobnet.shapes import proto_shape


def filled(*shape: int, dtype: str = "f4") -> Blob:
    blob = Blob(shape, dtype=dtype)
    blob.data[...] = np.arange(blob.count).reshape(shape)
    blob.diff[...] = -blob.data
    return blob


def stored(
    dims: list[int] | None = None, legacy: tuple[int, ...] = (), **numbers: list[float]
) -> BlobProto:
    proto = BlobProto(**numbers)
    proto.shape.dim.extend(dims or [])
    for field, value in zip(("num", "channels", "height", "width"), legacy, strict=False):
        setattr(proto, field, value)
    return proto


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (1, 2, 1, 2, 1), (2, 0)])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("write_diff", [False, True])
def test_a_message_and_back_is_the_same_blob(shape, dtype, write_diff, rng):
    blob = Blob(shape, dtype=dtype)
    blob.data[...] = rng.normal(size=shape)
    blob.diff[...] = rng.normal(size=shape)
    proto = BlobProto.FromString(blob_to_proto(blob, write_diff).SerializeToString())
    back = Blob(dtype=dtype)
    blob_from_proto(back, proto)
    assert back.shape == shape
    np.testing.assert_array_equal(back.data, blob.data)
    np.testing.assert_array_equal(back.diff, blob.diff if write_diff else np.zeros(shape))


def test_float32_goes_to_data_and_float64_to_double_data():
    single, double = blob_to_proto(filled(2), True), blob_to_proto(filled(2, dtype="f8"), True)
    assert (list(single.data), list(single.diff)) == ([0, 1], [0, -1])
    assert not single.double_data
    assert (list(double.double_data), list(double.double_diff)) == ([0, 1], [0, -1])
    assert not double.data
    assert not blob_to_proto(filled(2)).diff


def test_a_blob_of_many_values_is_written_whole(monkeypatch):
    monkeypatch.setattr(blob_proto, "_CHUNK", 3)
    for size in (2, 3, 4, 7):
        assert list(blob_to_proto(filled(size)).data) == list(range(size))


def test_double_data_wins_as_in_caffe():
    blob = Blob()
    blob_from_proto(blob, stored([1], data=[1], double_data=[2], diff=[3], double_diff=[4]))
    assert (blob.data[0], blob.diff[0]) == (2, 4)


def test_the_four_axes_of_2014_are_read():
    blob = Blob()
    proto = stored(legacy=(1, 1, 2, 3), data=list(range(6)))
    assert proto_shape(proto) == (1, 1, 2, 3)
    blob_from_proto(blob, proto)
    assert blob.shape == (1, 1, 2, 3)


def test_one_legacy_field_makes_the_message_legacy_and_the_others_zero():
    assert proto_shape(stored([5], legacy=(7,))) == (7, 0, 0, 0)


@pytest.mark.parametrize(
    ("shape", "legacy", "fits"),
    [
        ((2, 3), (1, 1, 2, 3), True),
        ((3,), (1, 1, 1, 3), True),
        ((), (1, 1, 1, 1), True),
        ((4, 3, 2, 1), (4, 3, 2, 1), True),
        ((2, 3), (2, 3, 1, 1), False),
        ((3,), (3, 1, 1, 1), False),
        ((1, 1, 1, 2, 3), (1, 1, 2, 3), False),
    ],
)
def test_legacy_shapes_are_compared_from_the_last_axis_on(shape, legacy, fits):
    assert shape_equals(Blob(shape), stored(legacy=legacy)) is fits


def test_a_modern_shape_must_be_equal_axis_by_axis():
    assert shape_equals(Blob(2, 3), stored([2, 3]))
    assert not shape_equals(Blob(2, 3), stored([1, 2, 3]))
    assert shape_equals(Blob(()), BlobProto())


def test_without_reshape_another_shape_is_refused_and_a_legacy_one_keeps_ours():
    blob = filled(2, 3)
    with pytest.raises(BlobError, match=r"another shape\n.*\(2, 3\)\n.*\(3, 2\)"):
        blob_from_proto(blob, stored([3, 2], data=[0] * 6), reshape=False)
    blob_from_proto(blob, stored(legacy=(1, 1, 2, 3), data=[8] * 6), reshape=False)
    np.testing.assert_array_equal(blob.data, np.full((2, 3), 8))


@pytest.mark.parametrize(
    "proto",
    [
        stored([2**40, 2**40], data=[1]),
        stored([2**31 - 1, 2**31 - 1, 1000], data=[1]),
        stored(legacy=(2**31 - 1, 2**31 - 1, 2**31 - 1, 1), data=[1]),
        stored([-1, -1], data=[1]),
        stored([-1], data=[]),
        stored([1] * 33, data=[1]),
        stored([2, 2], data=[1, 2, 3]),
        stored([2], data=[1, 2], diff=[1]),
        stored([], data=[]),
    ],
)
def test_a_hostile_message_is_refused_before_anything_changes(proto):
    blob = filled(2, 3)
    with pytest.raises(BlobError):
        blob_from_proto(blob, proto)
    assert blob.shape == (2, 3)
    np.testing.assert_array_equal(blob.data.ravel(), np.arange(6))
