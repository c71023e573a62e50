import io

import numpy as np
import pytest

from blobnet import DataError
from blobnet.ops.images.resize import resize_linear
from blobnet.proto import Datum, YoloSegLabel
from blobnet.sources.pixel_labels import PixelLabels, tables_of

Image = pytest.importorskip("PIL.Image")


def record(mask):
    buffer = io.BytesIO()
    Image.fromarray(mask).save(buffer, "PNG")
    return Datum(encoded=True, seg_label=buffer.getvalue())


def listed(*numbers):
    return YoloSegLabel(item=[{"name": str(i), "label_id": n} for i, n in enumerate(numbers)])


@pytest.fixture
def mask(rng):
    return rng.integers(0, 5, size=(12, 8), dtype=np.uint8)


def test_a_class_may_have_several_values(mask):
    """Items 1 and 4 are class 2, item 0 is none, items behind the list are none."""
    labels = PixelLabels(tables_of(listed(0, 2, 1, 4)), 1, (0, 0))
    labels_with_all = PixelLabels(tables_of(listed(0, 2, 1, 4, 2)), 1, (0, 0))
    maps = labels.read(record(mask), None, (3, 12, 8))
    assert maps.shape == labels.shape((3, 12, 8)) == (4, 12, 8)
    expected = [mask == 2, mask == 1, mask == 9, mask == 3]
    np.testing.assert_array_equal(maps, np.float32(expected))
    maps = labels_with_all.read(record(mask), None, (3, 12, 8))
    np.testing.assert_array_equal(maps[1], np.float32((mask == 1) | (mask == 4)))


@pytest.mark.parametrize(("scale", "size"), [(4, (0, 0)), (1, (5, 7)), (4, (5, 7))])
def test_maps_are_made_smaller_one_by_one(mask, scale, size):
    tables = tables_of(listed(1, 2, 1))
    labels = PixelLabels(tables, scale, size)
    height, width = size if all(size) else (12 // scale, 16 // scale)
    maps = labels.read(record(mask), None, (3, 12, 16))
    for number, found in enumerate(maps):
        whole = np.zeros((1, 12, 8), np.uint8)
        for i, j in np.ndindex(mask.shape):
            if [1, 2, 1, 0, 0][mask[i, j]] == number + 1:
                whole[0, i, j] = 255
        np.testing.assert_allclose(found, resize_linear(whole, height, width)[0] / 255, rtol=1e-6)


def test_a_piece_is_cut_out_first(mask):
    labels = PixelLabels(tables_of(listed(0, 1)), 1, (0, 0))
    piece = np.array([0.25, 0.5, 1.5, 0.75], np.float32)  # columns 2 to 7, rows 6 to 8
    maps = labels.read(record(mask), piece, (3, 3, 6))
    np.testing.assert_array_equal(maps[0], np.float32(mask[6:9, 2:8] == 1))


def test_a_single_class_is_what_is_bright(rng):
    mask = rng.integers(0, 256, size=(6, 6), dtype=np.uint8)
    labels = PixelLabels(None, 2, (0, 0))
    maps = labels.read(record(mask), None, (3, 6, 6))
    assert maps.shape == (1, 3, 3)
    np.testing.assert_array_equal(maps, np.float32(resize_linear(mask[None], 3, 3) > 100))


def test_an_image_there_must_be():
    with pytest.raises(DataError, match="no seg_label"):
        PixelLabels(None, 1, (0, 0)).read(Datum(encoded=True), None, (3, 6, 6))
    with pytest.raises(DataError):
        PixelLabels(None, 1, (0, 0)).read(Datum(seg_label=b"none"), None, (3, 6, 6))


@pytest.mark.parametrize("numbers", [[], [0, 0], [-1], [10**6], [1] * 257])
def test_lists_that_are_none(numbers):
    with pytest.raises(DataError, match="no list of the classes of pixels"):
        tables_of(listed(*numbers))
