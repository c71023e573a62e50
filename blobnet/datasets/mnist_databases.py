"""MNIST's files as the databases of Caffe's examples: single digits, and pairs of them.

Caffe: convert_mnist_data.cpp, convert_mnist_siamese_data.cpp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from blobnet.datasets.database_writer import Backend, check_free, new_database
from blobnet.datasets.digit_data import Bytes
from blobnet.datasets.idx import read_idx
from blobnet.datasets.to_lmdb import fill
from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.loggers import named_logger

_log = named_logger(__name__)

Progress = Callable[[int, int], None]
"""Called with the records written so far and with their number."""


def convert_digits(
    images: Path,
    labels: Path,
    database: Path,
    backend: Backend = "lmdb",
    *,
    progress: Progress = lambda done, total: None,
) -> int:
    """Write the images of an idx file and their labels; returns how many there were.

    Raises DataError where a file is not what it should be, and where nothing can be written.
    """
    check_free([database], backend)
    digits = _read(images, labels)
    with new_database(database, backend) as new:
        _announce(digits[0])
        total = len(digits[0])
        fill(new, zip(*digits, strict=True), lambda done: progress(done, total))
    _log.info("Processed %d files.", total)
    return total


def convert_pairs(
    images: Path,
    labels: Path,
    database: Path,
    backend: Backend = "leveldb",
    *,
    rng: np.random.Generator | None = None,
    progress: Progress = lambda done, total: None,
) -> int:
    """Write as many pairs as there are images, both drawn: two channels, and whether they show
    the same digit (1) or not (0). Returns and raises like `convert_digits`.
    """
    check_free([database], backend)
    digits = _read(images, labels)
    with new_database(database, backend) as new:
        _announce(digits[0])
        total = len(digits[0])
        pairs = _pairs(*digits, rng or np.random.default_rng())
        fill(new, pairs, lambda done: progress(done, total))
    return total


def _pairs(images: Bytes, labels: Bytes, rng: np.random.Generator) -> Iterator[tuple[Bytes, int]]:
    for pair in rng.integers(len(images), size=(len(images), 2)):
        one, other = labels[pair]
        yield images[pair], int(one == other)


def _read(images: Path, labels: Path) -> tuple[Bytes, Bytes]:
    pixels, classes = read_idx(images, rank=3), read_idx(labels, rank=1)
    if len(pixels) != len(classes):
        raise DataError(
            explain(
                f"{shown(labels)}: not the labels of these images",
                expected=f"{len(pixels):,}, one for each image in {shown(images)}",
                got=f"{len(classes):,}",
                fix="take the images and the labels of the same part: train or t10k",
            )
        )
    return pixels, classes


def _announce(images: Bytes) -> None:
    count, rows, columns = images.shape
    _log.info("A total of %d items.", count)
    _log.info("Rows: %d Cols: %d", rows, columns)
