"""Bytes of an image file to pixels, exactly as Caffe gets them from OpenCV.

Two things OpenCV does in its own way are done here by hand: grey from colours, where every file
format has its formula, and CMYK. How the picture was held (EXIF) is ignored. Needs the extra
`image`. Caffe: ReadImageToCVMat and DecodeDatumToCVMat in io.cpp.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.extras import import_extra
from blobnet.limits import VARIABLE, check_bytes, max_bytes
from blobnet.ops.images.interpolation import resize
from blobnet.ops.images.resize import resize_linear
from blobnet.types import Array

ColorMode = Literal["stored", "color", "gray"]
"""As many channels as the file has, or always three (blue, green, red), or always one."""

_FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_BYTES_PER_PIXEL = 16  # held for a pixel, at most, from what is decoded to what is handed out
_MOST_PASSES = 16  # over the largest image; smaller ones may be stored in as many more
_SCAN = b"\xff\xda"  # begins each pass in a JPEG, and cannot stand within one
_WITH_ALPHA = ("RGBA", "LA", "PA", "La", "RGBa")


def decode_image(data: bytes, mode: ColorMode = "stored") -> Array:
    """An image file's pixels: (channels, height, width), uint8.

    Raises DataError where the bytes are no image, a broken one, or one that is too large.
    """
    with opened_image(data) as image:
        pixels = _pixels(image, mode)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def jpeg_again(image: Array, quality: int = 95, *, colored: bool = False) -> Array:
    """What is left of an image, (channels, height, width), that is stored as a JPEG and read again.

    quality  0 to 100; 95 is OpenCV's where nothing is stated
    colored  whether three channels come back even from one

    Caffe: EncodeCVMatToDatum in io.cpp.
    """
    Image = import_extra("PIL.Image", "image", "encoding images")
    if len(image) not in (1, 3):
        expected, got = "1 or 3 channels", f"{len(image)}"
        raise DataError(explain("no image for a JPEG", expected=expected, got=got))
    planes = [Image.fromarray(np.ascontiguousarray(plane)) for plane in image[::-1]]
    buffer = io.BytesIO()
    try:
        whole = planes[0] if len(planes) == 1 else Image.merge("RGB", planes)
        whole.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    except (OSError, ValueError) as error:
        raise DataError(explain("the image cannot be encoded", got=error)) from error
    with opened_image(buffer.getvalue()) as stored:  # plane by plane: twice as fast as pixels
        made = np.stack([np.asarray(plane) for plane in reversed(stored.split())])
    return made.repeat(3, axis=0) if colored and len(made) == 1 else made


@contextmanager
def opened_image(data: bytes, formats: Sequence[str] = _FORMATS) -> Iterator[Any]:
    """Pillow's image of an image file, of one of the formats, for a `with` block that decodes it.

    Raises DataError where the bytes are no image, a broken one, or one that is too large, and for
    whatever decoding it raises.
    """
    Image = import_extra("PIL.Image", "image", "decoding images")
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            _check_size(image, data)
            yield image
    except DataError:
        raise
    except MemoryError as error:
        raise DataError(explain("not enough memory to decode the image")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        expected = f"at most {max_bytes() // _BYTES_PER_PIXEL} pixels"
        raise DataError(explain("the image is too large", expected=expected, got=error)) from error
    except Image.UnidentifiedImageError as error:  # whose text shows our own buffer's address
        raise _undecodable(formats, f"{len(data)} bytes that are none of these") from error
    except Exception as error:  # a broken file can make a decoder fail in any way
        raise _undecodable(formats, f"{error} ({len(data)} bytes)") from error


def _undecodable(formats: Sequence[str], got: str) -> DataError:
    expected = f"a whole image: {', '.join(formats)}"
    return DataError(explain("the image cannot be decoded", expected=expected, got=got))


def _check_size(image: Any, data: bytes) -> None:
    """Before anything is decoded: a few bytes may claim many pixels, or write them many times."""
    width, height = image.size
    allowed = max_bytes() // _BYTES_PER_PIXEL
    fix = "if the image is sound, set {}={}GiB"
    if width * height > allowed:
        wanted = -(-_BYTES_PER_PIXEL * width * height // 2**30)
        raise DataError(
            explain(
                "the image is too large",
                expected=f"at most {allowed} pixels",
                got=f"{width} x {height} pixels",
                fix=fix.format(VARIABLE, wanted),
            )
        )
    passes = data.count(_SCAN) if image.format in ("JPEG", "MPO") else 1
    if passes * width * height > _MOST_PASSES * allowed:
        wanted = -(-_BYTES_PER_PIXEL * passes * width * height // (_MOST_PASSES * 2**30))
        raise DataError(
            explain(
                "the image takes too long to decode",
                expected=f"at most {_MOST_PASSES * allowed // (width * height)} scans over "
                f"{width} x {height} pixels",
                got=f"{passes} scans",
                fix=fix.format(VARIABLE, wanted),
            )
        )


def resize_image(
    image: Array, height: int, width: int, step: float | None = None, *, cubic: bool = False
) -> Array:
    """`resize_linear` for sizes that a file states, or of four pixels each way if `cubic`.

    Raises DataError where they are too large.
    """
    channels, rows, _ = image.shape
    who = f"an image of {height} x {width} pixels, made from one of {rows} x {image.shape[2]},"
    asked = 4 * channels * width * (rows + height)
    check_bytes(asked, who, DataError, stored=image.nbytes)
    try:
        if cubic:
            return resize(image, height, width, "cubic")
        return resize_linear(image, height, width, step)
    except MemoryError as error:
        raise DataError(explain(f"not enough memory for {who.rstrip(',')}")) from error


def _pixels(image: Any, mode: ColorMode) -> Array:
    """(height, width, channels), colours in the order blue, green, red."""
    if mode == "stored" and _has_alpha(image):
        return np.asarray(image.convert("RGBA"))[:, :, [2, 1, 0, 3]]
    if image.mode.startswith(("1", "L", "I", "F")):
        gray = _bytes_of_gray(image, mode)[:, :, None]
        return gray.repeat(3, axis=2) if mode == "color" else gray
    if mode == "gray" and image.format == "JPEG" and image.mode == "RGB":
        image.draft("L", None)  # the brightness as it is stored
        return np.asarray(image)[:, :, None]
    if image.mode == "CMYK":
        colors = _bgr_from_cmyk(np.asarray(image))
    else:
        colors = np.asarray(_without_alpha(image))[:, :, ::-1]
    if mode != "gray":
        return colors
    to_gray = _gray_of_libpng if image.format == "PNG" else gray_of_opencv
    return to_gray(colors.astype(np.int32))[:, :, None]


def _has_alpha(image: Any) -> bool:
    return image.mode in _WITH_ALPHA or (
        image.mode in ("P", "RGB") and "transparency" in image.info
    )


def _without_alpha(image: Any) -> Any:
    """RGB: alpha is dropped, not blended."""
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return image if image.mode == "RGB" else image.convert("RGB")  # which would be a copy


def _bytes_of_gray(image: Any, mode: ColorMode) -> Array:
    """(height, width), uint8: of 16 bits the upper 8, where a number of channels is forced."""
    if image.mode in ("1", "L", "LA", "La"):
        return np.asarray(image.convert("L"))
    if image.mode.startswith("I") and mode != "stored":
        return (np.asarray(image).astype(np.int64) >> 8).astype(np.uint8)
    raise DataError(
        explain(
            "Image data type must be unsigned byte",
            got=f"pixels of type {image.mode}",
            fix="force_color or force_gray reduces 16 bits to 8",
        )
    )


def _bgr_from_cmyk(inverted: Array) -> Array:
    """Colours from the four inks; Pillow hands them out inverted."""
    inks = 255 - inverted.astype(np.int32)
    black = inks[:, :, 3:]
    rgb = black - ((255 - inks[:, :, :3]) * black >> 8)
    return rgb[:, :, ::-1].astype(np.uint8)


def _gray_of_libpng(bgr: Array) -> Array:
    """0.299 R + 0.587 G + 0.114 B as libpng rounds it: weights and result are cut off."""
    gray = (bgr @ np.array([3737, 19234, 9797], np.int32)) >> 15
    same = (bgr[:, :, 0] == bgr[:, :, 1]) & (bgr[:, :, 0] == bgr[:, :, 2])
    return np.where(same, bgr[:, :, 0], gray).astype(np.uint8)


def gray_of_opencv(bgr: Array) -> Array:
    """The same weights as OpenCV itself rounds them, to the nearest."""
    weights = np.array([1868, 9617, 4899], np.int32)
    return ((bgr @ weights + (1 << 13)) >> 14).astype(np.uint8)
