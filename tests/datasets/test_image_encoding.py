"""encode_image: what was encoded is what is decoded."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from blobnet.datasets.image_encoding import encode_image
from blobnet.errors import DataError
from blobnet.sources.image import decode_image


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["png", "PNG", "bmp", "dib", "ppm", "pgm", "tif", "tiff"])
def test_nothing_is_lost(rng, name, channels):
    pixels = rng.integers(0, 256, (channels, 5, 7), np.uint8)
    assert np.array_equal(decode_image(encode_image(pixels, name)), pixels)


@pytest.mark.parametrize("name", ["jpg", "jpeg", "JPE"])
def test_a_jpeg_is_that_of_quality_95_and_blue_comes_first(name):
    pixels = np.zeros((3, 16, 16), np.uint8)
    pixels[0] = 200
    expected = io.BytesIO()
    Image.new("RGB", (16, 16), (0, 0, 200)).save(expected, "JPEG", quality=95, subsampling="4:2:0")
    assert encode_image(pixels, name) == expected.getvalue()


@pytest.mark.parametrize("name", ["", "gif", ".png", "x" * 100, "\x1b"])
def test_other_forms_are_refused(name):
    with pytest.raises(DataError, match=r"cannot be encoded like that\n.*bmp, dib, jpe, jpeg, jpg"):
        encode_image(np.zeros((1, 2, 2), np.uint8), name)


def test_what_a_form_cannot_take_is_refused():
    with pytest.raises(DataError, match="1 x 70000 pixels cannot be encoded as JPEG"):
        encode_image(np.zeros((1, 1, 70000), np.uint8), "jpg")
