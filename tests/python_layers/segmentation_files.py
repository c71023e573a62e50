"""Images and labels in folders, as the data layers of FCN want them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from PIL import Image

CODES = {"u1": (9, 2), "u2": (11, 4), "f8": (6, 9), "i2": (10, 3)}  # class, type of the numbers


def element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def matrix(name: str, values: np.ndarray) -> bytes:
    """An array of MATLAB's: flags, sizes, name, numbers column by column."""
    kind, number = CODES[values.dtype.str[1:]]
    return element(
        14,
        element(6, struct.pack("<II", kind, 0))
        + element(5, struct.pack("<2i", *values.shape))
        + element(1, name.encode())
        + element(number, values.T.tobytes()),
    )


def structure(name: str, **fields: np.ndarray) -> bytes:
    names = b"".join(field.encode().ljust(32, b"\0") for field in fields)
    return element(
        14,
        element(6, struct.pack("<II", 2, 0))
        + element(5, struct.pack("<2i", 1, 1))
        + element(1, name.encode())
        + struct.pack("<HHi", 5, 4, 32)
        + element(1, names)
        + b"".join(matrix("", values) for values in fields.values()),
    )


def write_mat(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"made by a test".ljust(124) + struct.pack("<HH", 0x0100, 0x4D49) + content)


def write_image(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
