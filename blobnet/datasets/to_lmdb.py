"""Images as the databases that Caffe's Data layer reads, in the way Caffe's own tool writes them.

    key    the number of the image, eight digits (`%08d`): the order of the keys is that of the set
    value  a Datum: channels, height, width, data (the pixels, row by row), label
    store  a folder with data.mdb and lock.mdb

A store is whole or not there at all: see `database_writer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blobnet.datasets.database_writer import Database, check_place, new_database, new_databases
from blobnet.datasets.digit_data import Bytes, DigitData
from blobnet.errors import DataError, explain
from blobnet.proto import Datum

Progress = Callable[[int, int], None]
"""Called with the images written so far and with their number."""

TRAIN_NAME, TEST_NAME = "mnist_train_lmdb", "mnist_test_lmdb"
_BETWEEN_TICKS = 1000  # images


def write_lmdb(
    path: Path,
    images: Bytes,
    labels: NDArray[np.integer[Any]],
    *,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write images (N, height, width) and labels (N,) to a new store.

    With `overwrite`, a store of that name is replaced; nothing else ever is. Raises DataError
    where the name is taken, the disk is full or the folder cannot be written to.
    """
    _check(images, labels)
    with new_database(Path(path), overwrite=overwrite, is_told=False) as database:
        items = zip(images, labels, strict=True)
        fill(database, items, lambda done: progress(done, len(labels)))


def write_lmdb_stream(
    path: Path,
    items: Iterable[tuple[Bytes, int]],
    *,
    overwrite: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Write images and their labels to a new store as they come; returns how many there were.

    items  (image, label): images (height, width) or (channels, height, width) of uint8; what
           raises an error here leaves no store behind

    A thousand images are in memory at a time; `overwrite` and errors as in `write_lmdb`.
    """
    with new_database(Path(path), overwrite=overwrite, is_told=False) as database:
        fill(database, items, progress)
    return database.count


def check_mnist_place(out: Path, *, overwrite: bool = False) -> None:
    """Find out before a download whether `prepare_mnist` may write there. Raises DataError."""
    check_place([Path(out) / TRAIN_NAME, Path(out) / TEST_NAME], "lmdb", overwrite=overwrite)


def prepare_mnist(
    out: Path,
    data: DigitData,
    *,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> tuple[Path, Path]:
    """Write both parts into a folder, under the names of Caffe's example, and return their paths.

    Neither gets its name before both are complete.
    """
    train, test = Path(out) / TRAIN_NAME, Path(out) / TEST_NAME
    split = len(data.train_labels)
    total = split + len(data.test_labels)
    _check(data.train_images, data.train_labels)
    _check(data.test_images, data.test_labels)
    with new_databases([train, test], overwrite=overwrite, is_told=False) as (new_train, new_test):
        train_items = zip(data.train_images, data.train_labels, strict=True)
        test_items = zip(data.test_images, data.test_labels, strict=True)
        fill(new_train, train_items, lambda done: progress(done, total))
        fill(new_test, test_items, lambda done: progress(split + done, total))
    return train, test


def _check(images: Bytes, labels: NDArray[np.integer[Any]]) -> None:
    """Whether these are images and their labels at all."""
    fits = images.ndim == 3 and images.dtype == np.uint8 and images.size > 0
    if fits and labels.shape == images.shape[:1] and np.issubdtype(labels.dtype, np.integer):
        return
    raise DataError(
        explain(
            "these cannot be written as images and labels",
            expected="images (N, height, width) of uint8, labels (N,) of integers, N at least 1",
            got=f"images {images.shape} of {images.dtype}, labels {labels.shape} of {labels.dtype}",
        )
    )


def fill(
    database: Database,
    items: Iterable[tuple[Bytes, int]],
    tick: Callable[[int], None] = lambda done: None,
) -> None:
    """Write images and their labels; `tick` gets the number done, every thousand and at the end.

    items  (image, label): images (height, width) or (channels, height, width) of uint8
    """
    for index, (image, label) in enumerate(items):
        database.put_datum(b"%08d" % index, image_datum(image, label))
        if database.count % _BETWEEN_TICKS == 0:
            tick(database.count)
    if database.count % _BETWEEN_TICKS:
        tick(database.count)


def image_datum(image: Bytes, label: int) -> Datum:
    """A record of an image, (height, width) or (channels, height, width) of uint8."""
    channels, height, width = (1, *image.shape)[-3:]
    return Datum(
        channels=channels, height=height, width=width, data=image.tobytes(), label=int(label)
    )
