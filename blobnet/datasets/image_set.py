"""The images of a list as a database: what Caffe's convert_imageset does.

    key    the number of the line, eight digits, and the path in it: `00000000_cats/1.jpg`
    value  a Datum: the pixels, channel by channel, blue first; or the bytes of an image file

An image that cannot be read is told in the log and left out, as in Caffe. Caffe:
convert_imageset.cpp, io.cpp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np

from blobnet.datasets.database_writer import Backend, Database, new_database
from blobnet.datasets.image_encoding import check_encoding, encode_image
from blobnet.datasets.in_order import in_order
from blobnet.distributed.agreement import check_agreement
from blobnet.distributed.dealing import hand, in_turns
from blobnet.distributed.ranks import Ranks
from blobnet.errors import DataError, explain
from blobnet.extras import import_extra
from blobnet.input_files import read_file, shown, status
from blobnet.loggers import named_logger
from blobnet.proto import Datum
from blobnet.sources.image import decode_image, resize_image
from blobnet.sources.image_list import ImageList
from blobnet.sources.leveldb_format import written_varint
from blobnet.types import Array

_log = named_logger(__name__)

_DATA = bytes([Datum.DATA_FIELD_NUMBER << 3 | 2])  # begins the field: bytes with their number
_BETWEEN_LINES = 1000  # images written between two lines of the log


@dataclass(frozen=True)
class ImageSettings:
    """What is done with each image.

    gray           one channel instead of three
    min_dim        SSD's: images with a shorter side are enlarged to it, in proportion; 0: none
    max_dim        those with a longer side, after that, are reduced to it
    resize_height  with resize_width: the size it gets; 0 keeps it as it is
    crop           keeps proportions for that: the middle of what is too long is cut out
    encoded        the record holds an image file: the file's own bytes where nothing is to change
    encode_type    in which form, `png` for example; none: that of the file's name
    check_size     all images must have as many values as the first
    """

    gray: bool = False
    resize_height: int = 0
    resize_width: int = 0
    crop: bool = False
    min_dim: int = 0
    max_dim: int = 0
    encoded: bool = False
    encode_type: str = ""
    check_size: bool = False


MakeRecord = Callable[[int, Datum, tuple[int, ...]], bytes]


class Converted(NamedTuple):
    """How many images were written, and how many could not be read."""

    written: int
    left_out: int


class _Record(NamedTuple):
    """An image's record, and how many values its pixels are."""

    value: bytes
    values: int


def convert_image_set(
    root: str,
    images: ImageList,
    path: Path,
    backend: Backend = "lmdb",
    settings: ImageSettings | None = None,
    *,
    overwrite: bool = False,
    rng: np.random.Generator | None = None,
    progress: Callable[[int], None] = lambda done: None,
    record: MakeRecord | None = None,
    unreadable: Callable[[DataError], None] | None = None,
    ranks: Ranks | None = None,
) -> Converted:
    """Write the images of a list to a new database, decoded on all processors.

    root      put in front of every path of the list as it stands
    overwrite  a database of that kind and name is replaced
    rng       shuffles the list; None: its order
    progress  called with the number of images done, whether written or left out
    record    makes the record of a Datum, with the index in the list and the rows and columns of
              the file; None: the Datum is the record
    unreadable  called with what is wrong with an image that is left out; None: the log tells it
    ranks     the processes that decode images in turns, with the same list and order; the first of
              them writes, and tells how many

    Raises DataError where none can be read, where a size or a key does not fit, and where the
    database cannot be written; then there is none. Needs the extra `image`.
    """
    import_extra("PIL.Image", "image", "converting images")
    settings = settings or ImageSettings()
    if ranks is None or ranks.is_first:
        _announce(images, settings, shuffled=rng is not None)
    if ranks is not None:
        lines = map("{} {}".format, images.paths, images.labels)
        check_agreement(
            ranks, {"the settings": repr(settings), "the list of images": "\n".join(lines)}
        )
    order = range(len(images.paths)) if rng is None else rng.permutation(len(images.paths)).tolist()
    work = _Work(root, images, settings, record)
    own = in_order(work.record, hand(order, ranks), lambda made: len(getattr(made, "value", b"")))
    results = in_turns(own, len(order), ranks)
    if ranks is not None and not ranks.is_first:
        return Converted(len(list(results)), 0)
    with new_database(path, backend, overwrite=overwrite) as database:
        left_out = 0
        for number, (index, made) in enumerate(zip(order, results, strict=True)):
            if isinstance(made, DataError):
                (unreadable or _tell_error)(made)
                left_out += 1
            else:
                work.check(index, made)
                database.put(b"%08d_%b" % (number, _key(images.paths[index])), made.value)
                _tell(database, _BETWEEN_LINES)
            progress(number + 1)
        _check_any(database, left_out, root)
    if database.count % _BETWEEN_LINES:
        _log.info("Processed %d files.", database.count)
    if left_out and unreadable is None:
        _log.warning("%d of %d images could not be read and are left out", left_out, len(order))
    return Converted(database.count, left_out)


def _tell_error(error: DataError) -> None:
    _log.error("%s", error)


class _Work:
    """From a line of the list to a record."""

    def __init__(
        self, root: str, images: ImageList, settings: ImageSettings, make: MakeRecord | None
    ) -> None:
        self._root, self._images, self._settings, self._make = root, images, settings, make
        self._first_count: int | None = None

    def record(self, index: int) -> _Record | DataError:
        """The record of an image, or why it cannot be read. Raises DataError for a form of
        encoding that is not known."""
        name, label = self._images.paths[index], int(self._images.labels[index])
        path = self._root + name
        try:
            data = read_file(_without_blanks(path), DataError)
            stored = decode_image(data, "gray" if self._settings.gray else "color")
            pixels = self._resized(stored)
        except DataError as error:
            return DataError(f"Could not open or find file {shown(path)}: {_reason(error, path)}")
        datum = self._encoded(name, data, pixels)
        if datum is None and self._make is None:
            return _Record(_raw(pixels, label), pixels.size)
        datum = datum or Datum(data=pixels.tobytes(), encoded=False)
        datum.label = label
        if self._make is not None:
            datum.channels, datum.height, datum.width = pixels.shape
            return _Record(self._make(index, datum, stored.shape[1:]), pixels.size)
        return _Record(datum.SerializeToString(), pixels.size)

    def check(self, index: int, record: _Record) -> None:
        """With `check_size`: whether there are as many values as in the first image."""
        self._first_count = self._first_count or record.values
        if self._settings.check_size and record.values != self._first_count:
            raise DataError(
                explain(
                    f"{self._images.name}, line {index + 1}: "
                    f"Incorrect data field size {record.values}",
                    expected=f"{self._first_count} values, as the first image has",
                    got=f"{record.values} of {self._images.paths[index]}",
                    fix="resize the images: -resize_height and -resize_width",
                )
            )

    def _resized(self, pixels: Array) -> Array:
        settings = self._settings
        if settings.min_dim > 0 or settings.max_dim > 0:
            factor = _factor(pixels.shape[1:], settings.min_dim, settings.max_dim)
            if factor == 1:
                return pixels
            height, width = (max(round(side * factor), 1) for side in pixels.shape[1:])
            return resize_image(pixels, height, width, step=1 / factor)
        if settings.resize_height > 0 and settings.resize_width > 0:
            size = settings.resize_height, settings.resize_width
            return _covering(pixels, *size) if settings.crop else resize_image(pixels, *size)
        return pixels

    def _encoded(self, name: str, data: bytes, pixels: Array) -> Datum | None:
        """A record with an image file in it, where one is wanted.

        The file's bytes are kept even where `gray` is wanted and they hold colours, as in Caffe.
        """
        settings = self._settings
        ending = PurePath(name).name.rpartition(".")[2].lower()
        wanted = settings.encode_type or (ending if settings.encoded else "")
        if not wanted:
            return None
        is_that = wanted.lower() == ending or (wanted.lower(), ending) == ("jpg", "jpeg")
        changes = (
            settings.resize_height,
            settings.resize_width,
            settings.min_dim,
            settings.max_dim,
        )
        if not is_that or any(changes):
            data = encode_image(pixels, wanted)
        return Datum(data=data, encoded=True)


def _covering(pixels: Array, height: int, width: int) -> Array:
    """The middle of an image that is resized, in proportion, until it covers the size."""
    rows, columns = pixels.shape[1:]
    tall = rows * width > columns * height  # rows / height > columns / width
    new_height = max(round(rows * width / columns), height) if tall else height
    new_width = width if tall else max(round(columns * height / rows), width)
    top, left = (new_height - height) // 2, (new_width - width) // 2
    resized = resize_image(pixels, new_height, new_width)
    return np.ascontiguousarray(resized[:, top : top + height, left : left + width])


def _factor(sides: Sequence[int], min_dim: int, max_dim: int) -> float:
    """By which an image is enlarged or reduced, as a float32 has it."""
    factor = np.float32(1)
    if min_dim > 0 and min(sides) < min_dim:
        factor = np.float32(min_dim) / np.float32(min(sides))
    if 0 < max_dim < int(factor * np.float32(max(sides))):
        factor = np.float32(max_dim) / np.float32(max(sides))
    return float(factor)


def _without_blanks(path: str) -> str:
    """The path, without the blanks around it that a list leaves, unless a file is called so."""
    stripped = path.strip()
    return path if stripped == path or status(path) else stripped


def _reason(error: DataError, path: str) -> str:
    """Why an image cannot be read, in one line, as many images may have it."""
    what, *details = str(error).split("\n")
    got = [line.partition("got:")[2].strip() for line in details if "got:" in line]
    return " ".join([what.removeprefix(f"{shown(path)}: "), *(f"({text})" for text in got)])


def _raw(pixels: Array, label: int) -> bytes:
    """A Datum of pixels, put together by hand: a message would copy them twice more."""
    channels, height, width = pixels.shape
    shape = Datum(channels=channels, height=height, width=width).SerializeToString()
    data = _DATA + written_varint(pixels.size)
    rest = Datum(label=label, encoded=False).SerializeToString()
    return b"".join((shape, data, pixels.data, rest))


def _key(path: str) -> bytes:
    """The path as the list's bytes have it."""
    return path.encode("utf-8", "surrogateescape")


def _announce(images: ImageList, settings: ImageSettings, *, shuffled: bool) -> None:
    if settings.encode_type:
        check_encoding(settings.encode_type)
    if shuffled:
        _log.info("Shuffling data")
    _log.info("A total of %d images.", len(images.paths))
    if settings.encode_type and not settings.encoded:
        _log.info("encode_type specified, assuming encoded=true.")
    if (settings.resize_height > 0) != (settings.resize_width > 0):
        _log.warning("Images keep their sizes: that needs both resize_height and resize_width")


def _tell(database: Database, between: int) -> None:
    if database.count % between == 0:
        _log.info("Processed %d files.", database.count)


def _check_any(database: Database, left_out: int, root: str) -> None:
    """An empty database is of no use to anybody."""
    if not database.count:
        raise DataError(
            explain(
                "not one of the images can be read",
                expected=f"files under {shown(root)}",
                got=f"{left_out} that cannot be read; the log says why",
                fix="ROOTFOLDER and the paths in the list are put together as they stand: does the "
                "folder end in a slash?",
            )
        )
