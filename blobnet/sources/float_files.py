"""Files of numbers that FlowNet2 reads and writes: .float3, .flo, .pfm, and pictures.

All take and give (C, H, W).
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.types import Array

_LARGEST = 2**31  # bytes of a file
_FLOAT32 = np.dtype("<f4")


def read_float3(path: Path) -> Array:
    """A .float3 file, which begins with lines "float", 3 (or 2), width, height and channels.

    Raises DataError.
    """
    content = read_file(path, DataError, setting="the file", largest=_LARGEST)
    head, *rest = content.split(b"\n", 2)
    if head != b"float" or len(rest) < 2 or rest[0].strip() not in (b"2", b"3"):
        raise _not(path, '.float3: lines "float", 3, width, height, channels')
    axes = int(rest[0])
    *sizes, data = rest[1].split(b"\n", axes)
    numbers = _whole_numbers(sizes)
    if numbers is None or len(numbers) != axes:
        raise _not(path, ".float3: whole numbers for width, height and channels")
    width, height, channels = (*numbers, 1)[:3]
    return _values(path, data, (channels, height, width), _FLOAT32)


def write_float3(x: Array) -> bytes:
    channels, height, width = x.shape
    head = f"float\n3\n{width}\n{height}\n{channels}\n".encode()
    return head + bytes(x.astype(_FLOAT32).tobytes())


def write_flo(flow: Array) -> bytes:
    """Middlebury's format of a flow (2, H, W)."""
    size = np.array(flow.shape[:0:-1], "<i4").tobytes()
    return b"PIEH" + size + bytes(flow.transpose(1, 2, 0).astype(_FLOAT32).tobytes())


def read_pfm(path: Path) -> Array:
    """A .pfm file, whose first row is the lowest one: (1, H, W) or (3, H, W). Raises DataError."""
    content = read_file(path, DataError, setting="the image", largest=_LARGEST)
    words = content.split(None, 4)
    sizes = _whole_numbers(words[1:3])
    if len(words) < 4 or words[0] not in (b"Pf", b"PF") or sizes is None:
        raise _not(path, ".pfm: Pf or PF, width, height, a number, then a newline")
    try:
        scale = float(words[3])
    except ValueError:
        raise _not(path, ".pfm: a number behind width and height") from None
    begin = 0
    for word in words[:4]:
        begin = content.index(word, begin) + len(word)
    channels = 1 if words[0] == b"Pf" else 3
    dtype = np.dtype("<f4" if scale < 0 else ">f4")
    shape = (sizes[1], sizes[0], channels)
    pixels = _values(path, content[begin + 1 :], shape, dtype)
    planes: Array = pixels[::-1].transpose(2, 0, 1).astype(np.float32)
    return planes


def write_pfm(x: Array) -> bytes:
    """(1, H, W) or (3, H, W), from the lowest row on, as CImg writes it."""
    kind = "f" if len(x) == 1 else "F"
    head = f"P{kind}\n{x.shape[2]} {x.shape[1]}\n1.0\n".encode()
    return head + bytes(x.transpose(1, 2, 0)[::-1].astype(">f4").tobytes())


def write_pnm(x: Array, scale: float, *, normalize: bool) -> bytes:
    """A .pgm picture of (1, H, W), or a .ppm of (3, H, W), whose channels are blue, green, red.

    With `normalize`, the smallest value becomes 0 and the largest 255; else `scale` is multiplied.
    """
    kind = "5" if len(x) == 1 else "6"
    space = " " if kind == "6" and not normalize else ""
    head = f"P{kind}{space}\n{x.shape[2]} {x.shape[1]} \n255\n".encode()
    if normalize and x.size:
        low, high = x.min(), max(x.max(), np.finfo(np.float32).tiny)
        values = 255 * (x - low) / (high - low) if high > low else np.zeros_like(x)
    else:
        values = x * x.dtype.type(scale)
    pixels = np.nan_to_num(values).clip(0, 255).astype(np.uint8)
    return head + bytes(pixels[::-1].transpose(1, 2, 0).tobytes())


def _whole_numbers(words: list[bytes]) -> list[int] | None:
    digits = [word.strip() for word in words]
    if not all(word.isdigit() and len(word) < 10 for word in digits):
        return None
    return [int(word) for word in digits]


def _values(path: Path, data: bytes, shape: tuple[int, ...], dtype: np.dtype[np.float32]) -> Array:
    needed = math.prod(shape) * dtype.itemsize
    if not needed or len(data) < needed:
        raise DataError(
            explain(
                f"{shown(path)}: File corrupted",
                expected=f"{needed} bytes for the shape {shape}, which has values",
                got=f"{len(data)} bytes",
            )
        )
    values: Array = np.frombuffer(data[:needed], dtype).reshape(shape)
    return values


def _not(path: Path, expected: str) -> DataError:
    return DataError(explain(f"{shown(path)}: File has invalid format", expected=expected))
