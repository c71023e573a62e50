"""Images as the databases that Caffe's Data layer reads, in the way Caffe's own tool writes them.

    key    the number of the image, eight digits (`%08d`): the order of the keys is that of the set
    value  a Datum: channels, height, width, data (the pixels, row by row), label
    store  a folder with data.mdb and lock.mdb

A store is written under another name and renamed when it is complete: what has the name is whole.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from blobnet.datasets.digit_data import Bytes, DigitData
from blobnet.datasets.staging import put_in_place, staging, tidy
from blobnet.errors import DataError, explain
from blobnet.input_files import absolute
from blobnet.proto import Datum

if TYPE_CHECKING:
    import lmdb

Progress = Callable[[int, int], None]
"""Called with the images written so far and with their number."""

TRAIN_NAME, TEST_NAME = "mnist_train_lmdb", "mnist_test_lmdb"
_MNIST = "mnist"  # both together
_BATCH = 1000  # images in a transaction
_FIRST_MAP_SIZE = 2**20  # on Windows the file has this size at once, so start small and double
_NO_ROOM = 2**20  # bytes; less than this is a full disk
_STORE_FILES = {"data.mdb", "lock.mdb"}


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
    path = Path(path)
    _check(images, labels)
    _check_place(path.parent, path.name, [path], overwrite)
    with _staging(path.parent, path.name) as folder:
        items = zip(images, labels, strict=True)
        _write(folder / path.name, items, lambda done: progress(done, len(labels)))
        put_in_place(folder / path.name, path)


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
    path = Path(path)
    _check_place(path.parent, path.name, [path], overwrite)
    with _staging(path.parent, path.name) as folder:
        number = _write(folder / path.name, items, progress)
        put_in_place(folder / path.name, path)
    return number


def check_mnist_place(out: Path, *, overwrite: bool = False) -> None:
    """Find out before a download whether `prepare_mnist` may write there. Raises DataError."""
    out = Path(out)
    _check_place(out, _MNIST, [out / TRAIN_NAME, out / TEST_NAME], overwrite)
    above = absolute(out, DataError).parents
    there = next(folder for folder in (out, *above) if os.path.lexists(folder))
    try:
        with staging(there, _MNIST):
            pass
    except OSError as error:
        raise _write_error(out, error, error.errno == errno.ENOSPC) from error


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
    _check_place(Path(out), _MNIST, [train, test], overwrite)
    with _staging(Path(out), _MNIST) as folder:
        new_train, new_test = folder / TRAIN_NAME, folder / TEST_NAME
        train_items = zip(data.train_images, data.train_labels, strict=True)
        test_items = zip(data.test_images, data.test_labels, strict=True)
        _write(new_train, train_items, lambda done: progress(done, total))
        _write(new_test, test_items, lambda done: progress(split + done, total))
        put_in_place(new_train, train)
        put_in_place(new_test, test)
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


def _check_place(parent: Path, name: str, paths: Iterable[Path], overwrite: bool) -> None:
    """Whether the paths are free, once what dead runs have left is out of the way."""
    tidy(parent, name)
    for path in paths:
        _refuse_to_overwrite(path, overwrite)


def _refuse_to_overwrite(path: Path, overwrite: bool) -> None:
    if not os.path.lexists(path):
        return
    is_store = _is_store(path)
    if is_store and overwrite:
        return
    raise DataError(
        explain(
            f"{path} exists already",
            expected="a name that is free",
            got="an LMDB store" if is_store else "something that is not an LMDB store",
            fix="use it as it is, or replace it: `--overwrite`, overwrite=True"
            if is_store
            else "choose another name",
        )
    )


def _is_store(path: Path) -> bool:
    try:
        names = {entry.name for entry in path.iterdir()}
    except OSError:
        return False
    return "data.mdb" in names and names <= _STORE_FILES


def _write(folder: Path, items: Iterable[tuple[Bytes, int]], tick: Callable[[int], None]) -> int:
    """Fill a new store, a transaction at a time; `tick` gets the number of images done."""
    import lmdb

    folder.mkdir()
    done = 0
    records = (_record(index, image, label) for index, (image, label) in enumerate(items))
    # sync once at the end: a half-written store is thrown away in any case
    with lmdb.open(os.fsencode(folder), map_size=_FIRST_MAP_SIZE, mode=0o644, sync=False) as store:
        while batch := list(islice(records, _BATCH)):
            _commit(store, batch)
            done += len(batch)
            tick(done)
        store.sync(True)
    return done


def _record(index: int, image: Bytes, label: int) -> tuple[bytes, bytes]:
    """Key and value of one image."""
    channels, height, width = (1, *image.shape)[-3:]
    datum = Datum(
        channels=channels, height=height, width=width, data=image.tobytes(), label=int(label)
    )
    return b"%08d" % index, datum.SerializeToString()


def _commit(store: lmdb.Environment, records: list[tuple[bytes, bytes]]) -> None:
    """One transaction; where the store is too small for it, make it larger and start over."""
    import lmdb

    while True:
        try:
            with store.begin(write=True) as transaction:
                for key, value in records:
                    transaction.put(key, value, append=True)
        except lmdb.MapFullError:
            store.set_mapsize(2 * store.info()["map_size"])
        else:
            return


@contextmanager
def _staging(parent: Path, name: str) -> Iterator[Path]:
    """A folder to write in, beside the result; gone afterwards, whatever happened."""
    import lmdb

    try:
        with staging(parent, name) as folder:
            try:
                yield folder
            except lmdb.Error as error:  # explained here, while the disk is still full
                # a disk that fills up in the middle of a write is an input/output error to LMDB
                full = isinstance(error, lmdb.DiskError) or _free(parent) < _NO_ROOM
                raise _write_error(parent, error, full) from error
    except OSError as error:
        raise _write_error(parent, error, error.errno == errno.ENOSPC) from error


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _write_error(parent: Path, error: Exception, full: bool) -> DataError:
    return DataError(
        explain(
            f"cannot write a store in {parent}" + (": the disk is full" if full else ""),
            got=error,
            fix="make room on that disk, or name a folder on another" if full else None,
        )
    )
