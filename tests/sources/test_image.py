import io
import struct
import zlib

import numpy as np
import pytest

from blobnet import DataError, MissingExtraError
from blobnet.ops.images.resize import resize_linear
from blobnet.sources.image import decode_image, resize_image

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def rgb(rng):
    image = rng.integers(256, size=(5, 7, 3), dtype=np.uint8)
    image[0] = image[0, :, :1]  # some pixels without colour
    return image


def encode(pixels, file_format="PNG", mode=None, **options):
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    if mode:
        image = image.convert(mode)
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def weighted(rgb, weights, offset, shift):
    """Grey by integers, pixel by pixel."""
    return [
        [sum(w * int(v) for w, v in zip(weights, pixel, strict=True)) + offset >> shift
         for pixel in row]
        for row in rgb
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["stored", "color"])
@pytest.mark.parametrize("file_format", ["PNG", "BMP", "PPM", "TIFF"])
def test_colours_come_as_planes_of_blue_green_and_red(file_format, mode, rgb):
    decoded = decode_image(encode(rgb, file_format), mode)
    assert decoded.dtype == np.uint8
    assert decoded.flags.c_contiguous
    np.testing.assert_array_equal(decoded, rgb[:, :, ::-1].transpose(2, 0, 1))


def test_gray_of_a_png_is_cut_off_as_libpng_does(rgb):
    expected = weighted(rgb, (9797, 19234, 3737), 0, 15)
    expected[0] = rgb[0, :, 0].tolist()
    np.testing.assert_array_equal(decode_image(encode(rgb), "gray")[0], expected)


@pytest.mark.parametrize("file_format", ["BMP", "TIFF"])
def test_gray_of_other_formats_is_rounded_as_opencv_does(file_format, rgb):
    expected = weighted(rgb, (4899, 9617, 1868), 1 << 13, 14)
    np.testing.assert_array_equal(decode_image(encode(rgb, file_format), "gray")[0], expected)


def test_gray_of_a_jpeg_is_the_brightness_that_is_stored(rgb):
    data = encode(rgb, "JPEG", quality=90)
    with Image.open(io.BytesIO(data)) as image:
        image.draft("YCbCr", None)
        expected = np.asarray(image)[:, :, 0]
    np.testing.assert_array_equal(decode_image(data, "gray")[0], expected)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP"])
def test_a_gray_image_has_one_channel_unless_three_are_forced(file_format):
    data = encode(np.arange(64, dtype=np.uint8).reshape(8, 8), file_format)
    stored = decode_image(data)
    assert stored.shape == (1, 8, 8)
    np.testing.assert_array_equal(decode_image(data, "gray"), stored)
    np.testing.assert_array_equal(decode_image(data, "color"), np.repeat(stored, 3, axis=0))


def test_alpha_is_kept_as_stored_and_else_dropped(rgb):
    rgba = np.dstack([rgb, np.full((5, 7), 40, np.uint8)])
    data = encode(rgba)
    bgr = rgb[:, :, ::-1].transpose(2, 0, 1)
    stored = decode_image(data)
    np.testing.assert_array_equal(stored[:3], bgr)
    np.testing.assert_array_equal(stored[3], 40)
    np.testing.assert_array_equal(decode_image(data, "color"), bgr)
    np.testing.assert_array_equal(decode_image(data, "gray"), decode_image(encode(rgb), "gray"))


def test_gray_with_alpha():
    pixels = np.dstack([np.full((2, 3), 90, np.uint8), np.full((2, 3), 10, np.uint8)])
    data = encode(pixels, mode="LA")
    assert decode_image(data)[:, 0, 0].tolist() == [90, 90, 90, 10]
    assert decode_image(data, "gray")[:, 0, 0].tolist() == [90]
    assert decode_image(data, "color")[:, 0, 0].tolist() == [90, 90, 90]


def test_a_palette_is_looked_up():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putdata([1, 0])
    for mode in ("stored", "color"):
        assert decode_image(encode(image), mode)[:, 0].tolist() == [[50, 30], [100, 20], [200, 10]]
    see_through = encode(image, transparency=0)
    assert decode_image(see_through)[3, 0].tolist() == [255, 0]
    assert decode_image(see_through, "color").shape == (3, 1, 2)


def test_black_and_white():
    data = encode(np.array([[0, 255, 0]], np.uint8), mode="1")
    assert decode_image(data).tolist() == [[[0, 255, 0]]]


def test_sixteen_bits_are_reduced_only_when_asked():
    data = encode(np.array([[0x1234, 0xFF80]], np.uint16))
    assert decode_image(data, "gray").tolist() == [[[0x12, 0xFF]]]
    assert decode_image(data, "color").shape == (3, 1, 2)
    with pytest.raises(DataError, match="must be unsigned byte"):
        decode_image(data)


def test_cmyk_is_mixed_as_opencv_does():
    inks = np.zeros((8, 8, 4), np.uint8)
    inks[:, :] = [200, 100, 50, 128]
    data = encode(Image.fromarray(inks, "CMYK"), "JPEG", quality=100, subsampling=0)
    with Image.open(io.BytesIO(data)) as image:
        c, m, y, k = 255 - np.asarray(image)[0, 0].astype(int)  # Pillow turns them round
    expected = [k - ((255 - ink) * k >> 8) for ink in (y, m, c)]
    assert decode_image(data)[:, 0, 0].tolist() == expected


@pytest.mark.parametrize("data", [b"", b"no image", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(20)])
def test_bytes_that_are_no_image(data):
    with pytest.raises(DataError, match="cannot be decoded"):
        decode_image(data)


def test_what_is_no_image_is_told_without_addresses_of_python():
    with pytest.raises(DataError, match=r"got: +4 bytes that are none of these$"):
        decode_image(b"text")


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "TIFF"])
def test_an_image_that_is_cut_short(file_format, rng):
    data = encode(rng.integers(256, size=(40, 40, 3), dtype=np.uint8), file_format)
    with pytest.raises(DataError, match="cannot be decoded"):
        decode_image(data[: len(data) // 2])


@pytest.mark.parametrize("side", [8_193, 13_000, 100_000])
@pytest.mark.filterwarnings("default::PIL.Image.DecompressionBombWarning")
def test_a_few_bytes_that_claim_a_huge_image(side, recwarn):
    with pytest.raises(DataError, match=r"too large\n.*at most 67108864 pixels"):
        decode_image(png_header(side))


def test_the_limit_is_the_users(monkeypatch):
    data = encode(np.zeros((20, 30, 3), np.uint8), "PNG")
    monkeypatch.setenv("BLOBNET_MAX_BYTES", str(16 * 600))
    assert decode_image(data).shape == (3, 20, 30)
    monkeypatch.setenv("BLOBNET_MAX_BYTES", str(16 * 600 - 1))
    with pytest.raises(
        DataError, match=r"(?s)too large.*at most 599 pixels.*BLOBNET_MAX_BYTES=1GiB"
    ):
        decode_image(data)


def test_a_jpeg_that_says_everything_a_thousand_times(monkeypatch):
    stream = io.BytesIO()
    pixels = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
    Image.fromarray(pixels).save(stream, "JPEG", progressive=True)
    data = stream.getvalue()
    scans = data.count(b"\xff\xda")
    last = data[data.rindex(b"\xff\xda") : -2]
    monkeypatch.setenv("BLOBNET_MAX_BYTES", str(16 * 64 * 64 * 10))  # ten such images, 160 scans
    expected = decode_image(data)
    np.testing.assert_array_equal(
        decode_image(data[:-2] + last * (160 - scans) + data[-2:]), expected
    )
    with pytest.raises(DataError, match=r"(?s)too long to decode.*at most 160 scans.*161 scans"):
        decode_image(data[:-2] + last * (161 - scans) + data[-2:])


@pytest.mark.parametrize("size", [(100_000, 100_000), (2, 2**30), (2**30, 2)])
def test_a_size_that_takes_too_much_memory(size):
    with pytest.raises(
        DataError, match=r"(?s)an image of \d+ x \d+ pixels, made from one of 2 x 4"
    ):
        resize_image(np.zeros((3, 2, 4), np.uint8), *size)


def test_another_size_is_as_resize_linear_has_it(rng):
    image = rng.integers(256, size=(3, 5, 7), dtype=np.uint8)
    np.testing.assert_array_equal(resize_image(image, 9, 4), resize_linear(image, 9, 4))


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    with pytest.raises(MissingExtraError, match=r'pip install "blobnet\[image\]"'):
        decode_image(b"")


def png_header(side):
    def chunk(name, data):
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )
