"""Files of MATLAB, version 5, as far as layers need them: one array of numbers by its name.

A file is a header of 128 bytes and elements: a type and a number of bytes, 4 bytes each, and the
data, filled up to 8 bytes; up to 4 bytes of data may stand in the place of the number. An array is
an element of elements: flags, sizes, name and numbers, the first size changing fastest. It may be
packed by zlib. "MAT-File Format", MathWorks. Caffe: matio_io.cpp of PSPNet.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.limits import check_bytes
from blobnet.serialization.files import atomic_write
from blobnet.shapes import is_possible
from blobnet.types import Array, Shape

_HEADER = 128
_MATRIX, _PACKED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"}
_NUMBERS |= {12: "i8", 13: "u8"}
_CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4"}
_SINGLE, _DOUBLE, _STRUCTURE = 7, 6, 2
_COMPLEX = 1 << 11
_LARGEST_SIZE = 2**31 - 1


def write_mat(path: Path, name: str, array: Array) -> None:
    """A file with one array of float32 or float64; its axes are in MATLAB's order, the last first.

    Raises SnapshotError for what the file system refuses.
    """
    is_single = array.dtype.itemsize == 4
    kind, number = (_SINGLE, 7) if is_single else (_DOUBLE, 9)
    little = array.astype("<f4" if is_single else "<f8")
    body = b"".join(
        (
            _element(6, struct.pack("<II", kind, 0)),
            _element(5, struct.pack(f"<{array.ndim}i", *array.shape[::-1])),
            _element(1, name.encode("ascii")),
            _element(number, little.tobytes()),
        )
    )
    text = b"MATLAB 5.0 MAT-file, written by blobnet".ljust(116) + bytes(8)
    with atomic_write(path) as temporary:
        temporary.write_bytes(text + struct.pack("<HH", 0x0100, 0x4D49) + _element(_MATRIX, body))


def read_mat(path: Path, name: str) -> Array:
    """The array of that name, with its axes in our order. Raises DataError where there is none.

    "GTcls.Segmentation" is the field of a structure.
    """
    data = read_file(path, DataError)
    try:
        for array_name, array in _arrays(data, path):
            if array_name == name:
                return array
    except (struct.error, zlib.error, ValueError, LookupError) as error:
        raise DataError(
            explain(
                f"{shown(path)}: not a whole file of MATLAB",
                expected="version 5, as Caffe's MatWrite makes it; -v7 of MATLAB does as well",
                got=str(error) or type(error).__name__,
            )
        ) from error
    raise DataError(explain(f"{shown(path)}: Field '{name}' not present in MAT file"))


def _element(kind: int, data: bytes) -> bytes:
    if 0 < len(data) <= 4:
        return struct.pack("<HH", kind, len(data)) + data.ljust(4, b"\0")
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def _arrays(data: bytes, path: Path) -> Iterator[tuple[str, Array]]:
    mark = data[_HEADER - 2 : _HEADER]
    if mark not in (b"IM", b"MI"):
        raise ValueError("no mark of its byte order")
    order = "<" if mark == b"IM" else ">"
    for kind, content in _elements(data[_HEADER:], order):
        if kind == _PACKED:
            content = _unpacked(content, path)
            kind, content = _next(_elements(content, order))
        if kind == _MATRIX:
            yield from _fields(content, order)
            found = _array(content, order)
            if found is not None:
                yield found


def _fields(content: bytes, order: str) -> Iterator[tuple[str, Array]]:
    """The arrays of numbers within a single structure, as "structure.field"; of others nothing."""
    parts = _elements(content, order)
    (flags,) = struct.unpack_from(order + "I", _next(parts)[1])
    if flags & 0xFF != _STRUCTURE:
        return
    sizes, name = _next(parts)[1], _next(parts)[1].decode("latin-1")
    if any(size != 1 for size in struct.unpack(f"{order}{len(sizes) // 4}i", sizes)):
        return
    (length,) = struct.unpack_from(order + "i", _next(parts)[1])
    names = _next(parts)[1]
    if length < 1:
        raise ValueError(f"names of {length} characters")
    for at in range(0, len(names), length):
        field = names[at : at + length].partition(b"\0")[0].decode("latin-1")
        kind, inner = _next(parts)
        found = _array(inner, order) if kind == _MATRIX and inner else None
        if found is not None:
            yield f"{name}.{field}", found[1]


def _unpacked(content: bytes, path: Path) -> bytes:
    unpacker, parts, size = zlib.decompressobj(), [], 0
    while content and not unpacker.eof:
        parts.append(unpacker.decompress(content, 2**20))
        size += len(parts[-1])
        check_bytes(size, f"{shown(path)}: a packed array", DataError, stored=len(content))
        content = unpacker.unconsumed_tail
    return b"".join(parts)


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from(order + "II", data, at)
        if kind >> 16:
            kind, size, begin, end = kind & 0xFFFF, kind >> 16, at + 4, at + 8
            if size > 4:
                raise ValueError("a small element has more than 4 bytes")
        else:
            begin = at + 8
            end = begin + size + (0 if kind == _PACKED else -size % 8)
        if begin + size > len(data):
            raise ValueError(f"an element of {size} bytes, {len(data) - begin} are left")
        yield kind, data[begin : begin + size]
        at = end


def _next(elements: Iterator[tuple[int, bytes]]) -> tuple[int, bytes]:
    for element in elements:
        return element
    raise ValueError("an element is missing")


def _array(content: bytes, order: str) -> tuple[str, Array] | None:
    """The name and the numbers of an array; None for what holds no real numbers."""
    parts = _elements(content, order)
    (flags,) = struct.unpack_from(order + "I", _next(parts)[1])
    sizes_data = _next(parts)[1]
    sizes = struct.unpack(f"{order}{len(sizes_data) // 4}i", sizes_data)
    name = _next(parts)[1].decode("latin-1")
    if flags & 0xFF not in _CLASSES or flags & _COMPLEX:
        return None
    shape: Shape = sizes[::-1]
    if not is_possible(shape) or any(not 0 <= size <= _LARGEST_SIZE for size in shape):
        raise ValueError(f"sizes {sizes}")
    kind, numbers = _next(parts)
    values = np.frombuffer(numbers, order + _NUMBERS[kind])
    if len(values) != math.prod(shape):
        raise ValueError(f"{len(values)} numbers for sizes {sizes}")
    array: Array = values.astype(_CLASSES[flags & 0xFF]).reshape(shape)
    return name, array
