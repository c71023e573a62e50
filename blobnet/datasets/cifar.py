"""CIFAR-10's binary files as databases, with the names and keys of Caffe's example.

data_batch_1.bin ... data_batch_5.bin, test_batch.bin: an image is its label, a byte, and 32 x 32
values of red, of green and of blue. Caffe: convert_cifar_data.cpp.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from blobnet.datasets.database_writer import Backend, Database, new_databases
from blobnet.datasets.digit_data import Bytes
from blobnet.datasets.to_lmdb import image_datum
from blobnet.datasets.unpacked import open_unpacked
from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.loggers import named_logger

_log = named_logger(__name__)

TRAIN_FILES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST_FILE = "test_batch.bin"
IMAGES = 60000
"""In all files of the published set."""

_SHAPE = (3, 32, 32)
_RECORD = 1 + 3 * 32 * 32  # bytes
_CLASSES = 10


def convert_cifar(
    folder: Path,
    out: Path,
    backend: Backend = "lmdb",
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[int, int]:
    """Write cifar10_train_lmdb and cifar10_test_lmdb, or ..._leveldb, into the folder `out`.

    progress  called with the images written so far

    Returns how many images there were to train and to test with. Raises DataError where a file is
    missing or damaged, and where nothing can be written; then there is neither database.
    """
    paths = [out / f"cifar10_{part}_{backend}" for part in ("train", "test")]
    with new_databases(paths, backend) as (train, test):
        _log.info("Writing Training data")
        for number, name in enumerate(TRAIN_FILES, 1):
            _log.info("Training Batch %d", number)
            _fill(train, folder / name, progress)
        _log.info("Writing Testing data")
        _fill(test, folder / TEST_FILE, lambda done: progress(train.count + done))
    return train.count, test.count


def _fill(database: Database, path: Path, progress: Callable[[int], None]) -> None:
    for image, label in read_batch(path):
        database.put_datum(b"%05d" % database.count, image_datum(image, label))
        progress(database.count)


def read_batch(path: Path) -> Iterator[tuple[Bytes, int]]:
    """The images of a file, (3, 32, 32), and their labels. Raises DataError."""
    number = 0
    try:
        with open_unpacked(path, "a file of CIFAR-10") as stream:
            while record := stream.read(_RECORD):
                label = record[0]
                if len(record) < _RECORD or label >= _CLASSES:
                    raise _foreign(path, number, record)
                yield np.frombuffer(record, np.uint8, offset=1).reshape(_SHAPE), label
                number += 1
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(explain(f"cannot read {shown(path)}", got=error)) from error
    if not number:
        raise _foreign(path, 0, b"")


def _foreign(path: Path, number: int, record: bytes) -> DataError:
    return DataError(
        explain(
            f"{shown(path)}: not a file of CIFAR-10",
            expected=f"records of {_RECORD} bytes, the first a label from 0 to {_CLASSES - 1}",
            got=f"image {number} of {len(record)} bytes"
            + (f", label {record[0]}" if record else ""),
            fix="take the binary version of CIFAR-10: cifar-10-binary.tar.gz",
        )
    )
