"""Images as lines of text: the form in which MNIST is often handed around.

label,1x1,1x2,...        a first line of names may be there
5,0,0,0,12,255,...       an image: its label, then its pixels from 0 to 255, row by row
0,0,18,30,7,0,...        (of several channels: one after the other)

csv_to_lmdb(Path("mnist_train.csv"), Path("mnist_train_lmdb"))
"""

from __future__ import annotations

import io
import math
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from blobnet.characters import unseen
from blobnet.datasets.digit_data import Bytes
from blobnet.datasets.to_lmdb import write_lmdb_stream
from blobnet.datasets.unpacked import bytes_taken, open_unpacked
from blobnet.errors import DataError, explain
from blobnet.input_files import check_file, shown
from blobnet.text_files import encoding_of
from blobnet.types import Shape

MAX_LINE = 2**24
"""Characters in a line: what has more is no image, and must not be read at once."""

MOST_EMPTY_LINES = 10**6
"""In a row: a gzip file of a few bytes can hold them without an end."""

_MANY = 2**20  # fields, which take far more memory than their line: counted first
_START = 4096  # bytes that tell the encoding
_NOTHING = " \t\r\n\f\v\0\x1a\ufeff\u00a0"  # around a line
_NUMBER = re.compile(r'\s*"?([+-]?[\d.]+(?:[eE][+-]?\d+)?)"?\s*', re.ASCII)
_LABELS = range(-(2**31), 2**31)  # what a Datum can hold
_PIXELS = range(256)


class CsvImages:
    """The images in a CSV file, gzipped or not, one at a time: a loop gives (image, label).

    path    the file
    shape   (channels, height, width); when left out, every line holds a square image of one
            channel

    What the loop has found so far:

    header       the first line, where it is one: its first field is no number
    shape        of the images, None before the first
    labels       (smallest, largest), None before the first
    bytes_read   how much of the file, of `size` bytes

    A line that is no image is a DataError with its number.
    """

    def __init__(self, path: Path, shape: Shape | None = None) -> None:
        self.path = Path(path)
        self.shape = shape
        self.header: str | None = None
        self.labels: tuple[int, int] | None = None
        self.bytes_read = 0
        self.size = 0
        self._first_line = 0  # the number of the first image's line

    def __iter__(self) -> Iterator[tuple[Bytes, int]]:
        for number, line in self._lines():
            if number == 1 and not _NUMBER.fullmatch(line.partition(",")[0]):
                self.header = line
                continue
            if line.count(",") > _MANY:
                self._check_length(number, line.count(","))
            label, pixels = self._parse(number, line.split(","))
            self._check_length(number, len(pixels))
            smallest, largest = self.labels or (label, label)
            self.labels = min(smallest, label), max(largest, label)
            yield np.frombuffer(pixels, np.uint8).reshape(self.shape or ()), label
        if self.labels is None:
            raise DataError(
                explain(
                    f"{shown(self.path)} holds no image",
                    expected="lines of a label and its pixels: 5,0,0,12,255,...",
                    got="an empty file" if self.header is None else "a header and nothing else",
                )
            )

    def _lines(self) -> Iterator[tuple[int, str]]:
        """The lines that are not empty, with their numbers."""
        try:
            with open_unpacked(self.path, "a CSV file") as stream:
                self.size = check_file(self.path, DataError)
                encoding, _ = encoding_of(stream.peek(_START))
                text = io.TextIOWrapper(stream, encoding=encoding, errors="replace")
                number = empty = 0
                while line := text.readline(MAX_LINE):
                    number += 1
                    self.bytes_read = bytes_taken(stream)
                    if len(line) == MAX_LINE:
                        raise self._error(number, "too long for an image", got=f"{line[:40]}...")
                    empty += 1
                    if empty > MOST_EMPTY_LINES:
                        raise self._error(number, f"{empty:,} empty lines in a row")
                    if line := line.strip(_NOTHING):
                        empty = 0
                        yield number, line
        except (OSError, EOFError, zlib.error, MemoryError) as error:
            got = "not enough memory" if isinstance(error, MemoryError) else error
            raise DataError(explain(f"cannot read {shown(self.path)}", got=got)) from error

    def _parse(self, number: int, fields: list[str]) -> tuple[int, bytes]:
        """The label and the pixels of a line."""
        try:
            label, pixels = int(fields[0]), bytes(map(int, fields[1:]))
        except ValueError:  # whole numbers in another spelling, or something else
            label = self._whole_number(number, "the label", fields[0], _LABELS)
            pixels = bytes(
                self._whole_number(number, f"pixel {index}", field, _PIXELS)
                for index, field in enumerate(fields[1:], start=1)
            )
        if label not in _LABELS:
            self._whole_number(number, "the label", fields[0], _LABELS)
        return label, pixels

    def _whole_number(self, number: int, name: str, field: str, allowed: range) -> int:
        """The value of a field such as `7`, `"7"`, `7.0` or `7.0e+00`."""
        value = _value(field)
        if value.is_integer() and allowed[0] <= value <= allowed[-1]:
            return int(value)
        words = unseen(field.strip()[:40])
        raise self._error(
            number,
            f"{name} is not what it should be",
            expected=f"a whole number from {allowed[0]} to {allowed[-1]}",
            got=repr(field.strip()[:40]) + (f", which holds {words}" if words else ""),
            fix="the file must hold whole pixels; scale them in the prototxt (transform_param)"
            if 0 < value < 1
            else None,
        )

    def _check_length(self, number: int, pixels: int) -> None:
        """Whether the pixels fill the shape, which the first image may settle."""
        if self.shape is None:
            self.shape = self._square(number, pixels)
        if pixels == math.prod(self.shape):
            self._first_line = self._first_line or number
            return
        like = f"in line {self._first_line}" if self._first_line else f"shape {self.shape} has"
        raise self._error(
            number,
            "another number of pixels",
            expected=f"{math.prod(self.shape)} pixels, as {like}",
            got=f"{pixels}",
        )

    def _square(self, number: int, pixels: int) -> Shape:
        side = math.isqrt(pixels)
        if pixels and side * side == pixels:
            return (1, side, side)
        no_label = math.isqrt(pixels + 1) ** 2 == pixels + 1 and pixels > 0
        raise self._error(
            number,
            "these pixels are no square",
            expected="a label and height x width pixels, with commas between them",
            got=f"{pixels} pixels after the label",
            fix="the label comes first in each line, and seems to be missing"
            if no_label
            else "state the shape: `--shape channels,height,width`, shape=(...)",
        )

    def _error(self, number: int, what: str, **details: str | None) -> DataError:
        return DataError(explain(f"{shown(self.path)}:{number}: {what}", **details))


def _value(field: str) -> float:
    """A number as a table may spell it; NaN for anything else."""
    match = _NUMBER.fullmatch(field)
    try:
        return float(match[1]) if match else math.nan
    except ValueError:  # two points, for example
        return math.nan


def csv_to_lmdb(
    source: Path,
    out: Path,
    *,
    shape: Shape | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int, int], None] = lambda images, read, size: None,
) -> tuple[int, CsvImages]:
    """Write the images of a CSV file to a new store, a thousand in memory at a time.

    progress  called with the images done, the bytes read and the bytes there are

    Returns the number of images and what was found on the way. Raises DataError for a line that
    is no image, and where the store cannot be written; then there is no new store.
    """
    images = CsvImages(source, shape)
    number = write_lmdb_stream(
        out,
        images,
        overwrite=overwrite,
        progress=lambda done: progress(done, images.bytes_read, images.size),
    )
    return number, images
