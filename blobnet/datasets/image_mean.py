"""The mean image of a database, with the numbers of Caffe's compute_image_mean.

Sums are in float32, one image after the other as Caffe adds them: from some 66,000 images on they
are rounded, and in another order they would be rounded otherwise. Caffe: compute_image_mean.cpp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np

from blobnet.datasets.database_writer import Backend
from blobnet.datasets.in_order import in_order
from blobnet.errors import DataError, explain
from blobnet.input_files import is_file, shown
from blobnet.loggers import named_logger
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import BlobProto
from blobnet.serialization.files import atomic_write
from blobnet.sources.database_source import DatabaseSource
from blobnet.sources.datum import datum_to_array
from blobnet.sources.leveldb_source import LevelDbSource
from blobnet.sources.lmdb_source import LmdbSource
from blobnet.sources.source import Record
from blobnet.types import Array

_log = named_logger(__name__)

_BETWEEN_LINES = 10000  # images between two lines of the log


class _Image(NamedTuple):
    key: str
    values: Array


def open_database(path: Path, backend: Backend) -> DatabaseSource:
    """The records of a database. Raises DataError where there is none of that kind."""
    kinds = {"lmdb": ("data.mdb", LmdbSource), "leveldb": ("CURRENT", LevelDbSource)}
    for other, (mark, _) in kinds.items():
        if is_file(path / mark) and not is_file(path / kinds[backend][0]):
            raise DataError(
                explain(
                    f"{shown(path)}: a database of another kind",
                    expected=backend,
                    got=other,
                    fix=f"-backend {other}",
                )
            )
    source: DatabaseSource = kinds[backend][1](path)
    _log.info("Opened %s %s", backend, path)
    return source


def compute_mean(
    source: DatabaseSource, progress: Callable[[int, float], None] = lambda done, share: None
) -> Array:
    """The mean of all images from the source's position on: (channels, height, width), float32.

    progress  called with the images added, and the share of the database that was read

    Encoded images are decoded on all processors. Raises DataError for a record that is no image,
    and where shapes differ: Caffe adds what has as many values, whatever its shape.
    """
    total: Array | None = None
    count = 0
    for image in _images(source):
        if total is None:
            _log.info("Starting iteration")
            total = np.zeros(image.values.shape, np.float32)
        if image.values.shape != total.shape:
            raise _another_shape(source.name, image, total.shape)
        with overflow_allowed():
            np.add(total, image.values, out=total)
        count += 1
        if count % _BETWEEN_LINES == 0:
            _log.info("Processed %d files.", count)
        progress(count, source.share_passed())
    if count % _BETWEEN_LINES:
        _log.info("Processed %d files.", count)
    if total is None:
        raise DataError(explain(f"{source.name}: no image is left to read"))
    total /= np.float32(count)
    return total


def channel_means(mean: Array) -> list[float]:
    """The mean of each channel, added up in float32 from the first pixel to the last."""
    with overflow_allowed():
        rows = mean.reshape(len(mean), -1)
        sums = np.add.accumulate(rows, axis=1, dtype=np.float32)[:, -1]
        return [float(value) for value in sums / np.float32(rows.shape[1])]


def write_mean(mean: Array, path: str | PathLike[str]) -> None:
    """A .binaryproto as Caffe writes it, with the four sizes of 2014. Raises SnapshotError."""
    channels, height, width = mean.shape
    proto = BlobProto(num=1, channels=channels, height=height, width=width)
    proto.data.extend(mean.ravel().tolist())
    with atomic_write(path) as temporary:
        temporary.write_bytes(proto.SerializeToString())


def _images(source: DatabaseSource) -> Iterator[_Image]:
    def decode(record: Record) -> _Image:
        try:
            return _Image(record.key, datum_to_array(record.datum))
        except DataError as error:
            raise DataError(f'{source.name}, record "{record.key}": {error}') from error

    if not source.peek().datum.encoded:  # no work for threads
        return map(decode, source.rest())
    _log.info("Decoding Datum")
    return in_order(decode, source.rest(), lambda image: image.values.nbytes)


def _another_shape(name: str, image: _Image, shape: tuple[int, ...]) -> DataError:
    return DataError(
        explain(
            f'{name}, record "{image.key}": Incorrect data field size {image.values.size}',
            expected=f"{' x '.join(map(str, shape))} values, as the first record has",
            got=" x ".join(map(str, image.values.shape)),
            fix="make the database with images of one size (convert_imageset -resize_height "
            "-resize_width)",
        )
    )
