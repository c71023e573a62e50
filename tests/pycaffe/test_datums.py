from __future__ import annotations

import numpy as np
import pytest

from blobnet.proto import BlobProto, Datum
from blobnet.pycaffe import io


def test_a_blob_has_the_shape_that_it_states_in_either_form():
    old = BlobProto(num=1, channels=2, height=1, width=3, data=range(6), diff=range(6, 12))
    array = io.blobproto_to_array(old)
    assert (array.shape, array.dtype) == ((1, 2, 1, 3), np.float64)
    np.testing.assert_array_equal(array.ravel(), range(6))
    np.testing.assert_array_equal(io.blobproto_to_array(old, return_diff=True).ravel()[0], 6)
    new = BlobProto(data=range(6))
    new.shape.dim.extend([3, 2])
    np.testing.assert_array_equal(io.blobproto_to_array(new), [[0, 1], [2, 3], [4, 5]])


def test_without_a_shape_only_a_scalar_is_one():
    assert io.blobproto_to_array(BlobProto(data=[123])) == 123
    with pytest.raises(ValueError, match="cannot reshape array of size 2"):
        io.blobproto_to_array(BlobProto(data=[1, 2]))


def test_double_precision_serves_where_there_is_nothing_else():
    blob = BlobProto(double_data=[0.1, 0.2])
    blob.shape.dim.append(2)
    np.testing.assert_array_equal(io.blobproto_to_array(blob), [0.1, 0.2])


def test_blobs_and_vectors_of_them_come_back(rng):
    array = rng.standard_normal((2, 3, 4)).astype(np.float32)
    blob = io.array_to_blobproto(array, array * 2)
    np.testing.assert_array_equal(io.blobproto_to_array(blob), array)
    np.testing.assert_array_equal(io.blobproto_to_array(blob, True), array * 2)
    text = io.arraylist_to_blobprotovector_str([array, np.float32(3).reshape(())])
    first, second = io.blobprotovector_str_to_arraylist(text)
    np.testing.assert_array_equal(first, array)
    assert (second.shape, second) == ((), 3)
    with pytest.raises(ValueError, match="cannot be read"):
        io.blobprotovector_str_to_arraylist(b"\x0a\xff")


def test_bytes_stay_bytes_in_a_record_and_others_become_floats(rng):
    pixels = rng.integers(0, 256, (3, 2, 4), np.uint8)
    datum = io.array_to_datum(pixels, 7)
    assert (datum.data, datum.label) == (pixels.tobytes(), 7)
    back = io.datum_to_array(datum)
    assert back.dtype == np.uint8
    back[0] = 0  # a copy, to be written to
    np.testing.assert_array_equal(io.datum_to_array(datum), pixels)
    floats = io.array_to_datum(pixels[:, ::-1].astype(np.int32))
    assert not floats.HasField("label")
    assert io.datum_to_array(floats).dtype == np.float64
    np.testing.assert_array_equal(io.datum_to_array(floats), pixels[:, ::-1])


def test_what_is_no_record_is_refused():
    with pytest.raises(ValueError, match=r"Incorrect array shape\."):
        io.array_to_datum(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="cannot reshape array of size 3"):
        io.datum_to_array(Datum(channels=1, height=2, width=2, data=b"abc"))
    with pytest.raises(ValueError, match="compressed image"):
        io.datum_to_array(Datum(encoded=True, data=b"\xff\xd8..."))
