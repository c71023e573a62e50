import numpy as np
import pytest

from blobnet import DataError
from blobnet.proto import Datum
from blobnet.sources.datum import datum_to_array, mat_to_array
from tests.sources.lmdb_files import make_datum


def test_bytes_are_planes(rng):
    image = rng.integers(256, size=(3, 4, 5), dtype=np.uint8)
    array = datum_to_array(make_datum(image))
    assert array.dtype == np.uint8
    np.testing.assert_array_equal(array, image)


def test_floats(rng):
    image = rng.normal(size=(2, 3, 4)).astype(np.float32)
    array = datum_to_array(make_datum(image))
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, image)


def test_bytes_win_over_floats():
    datum = Datum(channels=1, height=1, width=2, data=b"\x01\x02", float_data=[7, 8])
    assert datum_to_array(datum).tolist() == [[[1, 2]]]


@pytest.mark.parametrize(
    "datum",
    [
        Datum(),
        Datum(channels=1, height=2, width=2, data=b"abc"),
        Datum(channels=1, height=2, width=2, float_data=[1, 2, 3]),
        Datum(channels=-1, height=-2, width=2, data=b"abcd"),
        Datum(channels=2**30, height=2**30, width=2**30, data=b"abcd"),
        Datum(channels=1, height=0, width=4),
    ],
)
def test_values_that_do_not_fit_the_shape(datum):
    with pytest.raises(DataError, match=r"do not fit the shape\n.*expected:.*values\n.*got:"):
        datum_to_array(datum)


def test_an_image_file_that_is_not_marked_as_one():
    with pytest.raises(DataError, match="marked as `encoded`"):
        datum_to_array(Datum(data=b"\x89PNG..."))


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 3), (1, 2, 4)])
def test_mats_have_their_channels_last(shape, rng):
    mat = rng.integers(256, size=shape, dtype=np.uint8)
    image = mat_to_array(mat)
    assert image.shape == (1 if len(shape) == 2 else shape[2], *shape[:2])
    for channel in range(len(image)):
        np.testing.assert_array_equal(image[channel], mat if mat.ndim == 2 else mat[..., channel])


@pytest.mark.parametrize("mat", [np.zeros((2, 2)), np.zeros(3, np.uint8), [[1, 2]], 3])
def test_mats_of_other_types_are_refused(mat):
    with pytest.raises(DataError, match=r"must be unsigned byte\n.*uint8, \(height.*\n.*got:"):
        mat_to_array(mat)
