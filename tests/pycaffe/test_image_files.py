from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from blobnet.errors import BlobnetError
from blobnet.pycaffe.io import load_image

Image = pytest.importorskip("PIL.Image")

GRAY = (0.2125, 0.7154, 0.0721)


@pytest.fixture
def pixels(rng):
    return rng.integers(0, 256, (5, 7, 4), np.uint8)


def parts(values, most=255):
    """Values as parts of the largest, one by one."""
    return np.array([int(v) / most for v in values.ravel()], np.float32).reshape(values.shape)


def brightness(rgb):
    flat = [sum(w * int(v) / 255 for w, v in zip(GRAY, p, strict=True)) for p in rgb.reshape(-1, 3)]
    return np.array(flat).reshape(*rgb.shape[:2], 1)


def saved(image, name="image.png", **options):
    file = BytesIO()
    image.save(file, format=name.rpartition(".")[2], **options)
    file.seek(0)
    return file


def test_colours_are_parts_of_255_in_the_order_rgb(pixels, tmp_path):
    path = tmp_path / "x.png"
    Image.fromarray(pixels[:, :, :3]).save(path)
    for name in (path, str(path)):
        image = load_image(name)
        assert image.dtype == np.float32
        np.testing.assert_array_equal(image, parts(pixels[:, :, :3]))
    np.testing.assert_allclose(load_image(path, color=False), brightness(pixels[:, :, :3]), 1e-6)


def test_grey_is_repeated_or_has_one_channel(pixels):
    plane = pixels[:, :, 0]
    expected = parts(plane)[:, :, None]
    image = load_image(saved(Image.fromarray(plane)))
    np.testing.assert_array_equal(image, expected.repeat(3, axis=2))
    np.testing.assert_array_equal(load_image(saved(Image.fromarray(plane)), color=False), expected)


def test_alpha_is_dropped_and_not_blended(pixels):
    with_alpha = Image.fromarray(pixels)
    np.testing.assert_array_equal(load_image(saved(with_alpha)), parts(pixels[:, :, :3]))
    gray = load_image(saved(with_alpha), color=False)
    np.testing.assert_allclose(gray, brightness(pixels[:, :, :3]), 1e-6)
    two = Image.fromarray(pixels[:, :, :2])  # LA
    assert two.mode == "LA"
    expected = parts(pixels[:, :, :1]).repeat(3, axis=2)
    np.testing.assert_array_equal(load_image(saved(two)), expected)


def test_sixteen_bits_stay_sixteen(rng):
    plane = rng.integers(0, 65536, (4, 6), np.uint16)
    image = load_image(saved(Image.fromarray(plane)), color=False)
    np.testing.assert_array_equal(image[:, :, 0], parts(plane, 65535))
    tiff = load_image(saved(Image.fromarray(plane), "x.tiff"))
    np.testing.assert_array_equal(tiff[:, :, 1], parts(plane, 65535))


def test_palettes_become_their_colours(pixels):
    palette = Image.fromarray(pixels[:, :, :3]).quantize(8)
    expected = parts(np.asarray(palette.convert("RGB")))
    np.testing.assert_array_equal(load_image(saved(palette)), expected)
    for transparency in (2, bytes([0, 100, 200])):
        image = load_image(saved(palette, transparency=transparency))
        np.testing.assert_array_equal(image, expected)
    grey = Image.fromarray(pixels[:, :, 0]).convert("P")
    image = load_image(saved(grey), color=False)
    np.testing.assert_array_equal(image[:, :, 0], parts(pixels[:, :, 0]))


def test_black_and_white_and_whole_numbers_and_floats(rng):
    bits = rng.integers(0, 2, (4, 5)).astype(bool)
    image = load_image(saved(Image.fromarray(bits)), color=False)
    np.testing.assert_array_equal(image[:, :, 0], bits)
    whole = np.array([[0, 2**31 - 1, -(2**31)]], np.int32)
    image = load_image(saved(Image.fromarray(whole), "x.tiff"), color=False)
    np.testing.assert_allclose(image[0, :, 0], [0, 1, -1], atol=1e-9)
    floats = np.array([[0.5, -1, 1]], np.float32)
    image = load_image(saved(Image.fromarray(floats), "x.tiff"), color=False)
    np.testing.assert_array_equal(image[:, :, 0], floats)
    with pytest.raises(OSError, match="must be between -1 and 1"):
        load_image(saved(Image.fromarray(floats * 2), "x.tiff"))


def test_inks_are_mixed_by_pillow(pixels):
    inks = Image.merge("CMYK", [Image.fromarray(pixels[:, :, i]) for i in range(4)])
    expected = parts(np.asarray(inks.convert("RGB")))
    np.testing.assert_array_equal(load_image(saved(inks, "x.tiff")), expected)


def test_of_several_pictures_the_first_is_taken(pixels):
    first, second = (Image.fromarray(pixels[:, :, i]) for i in range(2))
    file = saved(first, "x.gif", save_all=True, append_images=[second])
    np.testing.assert_array_equal(load_image(file, color=False)[:, :, 0], parts(pixels[:, :, 0]))


def test_what_cannot_be_read_is_an_oserror_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no\.png: cannot be read"):
        load_image(tmp_path / "no.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.raises(OSError, match=r"broken\.png: the image cannot be decoded") as caught:
        load_image(tmp_path / "broken.png")
    assert isinstance(caught.value, BlobnetError)
    assert not isinstance(caught.value, FileNotFoundError)
    with pytest.raises(OSError, match="a folder"):
        load_image(tmp_path)
    with pytest.raises(OSError, match="an address is no file"):
        load_image("http://example.org/cat.jpg")


def test_an_image_that_is_too_large_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1K")
    with pytest.raises(OSError, match="too large"):
        load_image(saved(Image.new("L", (100, 100))))
