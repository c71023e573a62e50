"""write_lmdb: byte for byte what Caffe's own tool writes, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import lmdb
import numpy as np
import pytest

from blobnet.datasets import database_writer
from blobnet.datasets.digit_data import DigitData
from blobnet.datasets.to_lmdb import prepare_mnist, write_lmdb, write_lmdb_stream
from blobnet.errors import DataError
from blobnet.proto import Datum
from blobnet.sources import lmdb_writer


def digits(number: int, side: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(number)
    images = rng.integers(0, 256, (number, side, side), np.uint8)
    return images, rng.integers(0, 10, number, np.uint8)


def records(path: Path) -> list[tuple[bytes, bytes]]:
    with lmdb.open(str(path), readonly=True, lock=False) as store, store.begin() as transaction:
        return [(bytes(key), bytes(value)) for key, value in transaction.cursor()]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_record_has_the_bytes_that_caffe_writes(tmp_path):
    images, labels = digits(2, side=28)
    labels[:] = 0, 7
    write_lmdb(tmp_path / "store", images, labels)
    start = b"\x08\x01\x10\x1c\x18\x1c\x22\x90\x06"  # channels 1, height 28, width 28, 784 bytes
    assert records(tmp_path / "store") == [
        (b"00000000", start + images[0].tobytes() + b"\x28\x00"),
        (b"00000001", start + images[1].tobytes() + b"\x28\x07"),
    ]
    assert names(tmp_path) == {"store"}
    assert names(tmp_path / "store") == {"data.mdb", "lock.mdb"}


def test_a_store_grows_and_keeps_the_order(tmp_path):
    images, labels = digits(2345, side=28)  # some 2 MB, twice the first size
    steps: list[tuple[int, int]] = []
    write_lmdb(tmp_path / "store", images, labels, progress=lambda *step: steps.append(step))
    found = records(tmp_path / "store")
    assert [key for key, _ in found] == [f"{i:08d}".encode() for i in range(2345)]
    data = [Datum.FromString(value) for _, value in found]
    assert [datum.label for datum in data] == labels.tolist()
    assert b"".join(datum.data for datum in data) == images.tobytes()
    assert steps == [(1000, 2345), (2000, 2345), (2345, 2345)]


def test_one_image_larger_than_the_first_size_fits(tmp_path):
    images, labels = digits(1, side=2500)
    write_lmdb(tmp_path / "store", images, labels)
    assert len(records(tmp_path / "store")[0][1]) > 2500**2


def test_images_need_not_be_contiguous(tmp_path):
    images, labels = digits(3)
    write_lmdb(tmp_path / "store", images[::-1, :, ::2], labels[::-1].astype(np.int64))
    (_, value), *_ = records(tmp_path / "store")
    datum = Datum.FromString(value)
    assert (datum.height, datum.width, datum.label) == (4, 2, labels[2])
    assert datum.data == images[2][:, ::2].tobytes()


def test_images_may_come_one_at_a_time_and_have_channels(tmp_path):
    rng = np.random.default_rng(3)
    images = [rng.integers(0, 256, shape, np.uint8) for shape in ((3, 2, 5), (4, 6), (1, 1, 1))]
    steps: list[int] = []
    items = zip(images, (7, 0, 2), strict=True)
    assert write_lmdb_stream(tmp_path / "store", items, progress=steps.append) == 3
    data = [Datum.FromString(value) for _, value in records(tmp_path / "store")]
    assert [(d.channels, d.height, d.width) for d in data] == [(3, 2, 5), (1, 4, 6), (1, 1, 1)]
    assert [datum.data for datum in data] == [image.tobytes() for image in images]
    assert [datum.label for datum in data] == [7, 0, 2]
    assert steps == [3]


def test_a_stream_that_fails_leaves_the_old_store_and_nothing_else(tmp_path):
    def broken():
        yield np.zeros((2, 2), np.uint8), 1
        raise DataError("the source is broken")

    write_lmdb(tmp_path / "store", *digits(5))
    with pytest.raises(DataError, match="exists already"):
        write_lmdb_stream(tmp_path / "store", broken())
    with pytest.raises(DataError, match="the source is broken"):
        write_lmdb_stream(tmp_path / "store", broken(), overwrite=True)
    assert names(tmp_path) == {"store"}
    assert len(records(tmp_path / "store")) == 5


def test_a_store_is_replaced_only_when_asked(tmp_path):
    store = tmp_path / "store"
    write_lmdb(store, *digits(5))
    with pytest.raises(DataError, match=r"exists already\n.*\n.*an LMDB store\n.*overwrite"):
        write_lmdb(store, *digits(6))
    assert len(records(store)) == 5
    write_lmdb(store, *digits(6), overwrite=True)
    assert len(records(store)) == 6
    assert names(tmp_path) == {"store"}


@pytest.mark.parametrize("files", [[], ["precious"], ["data.mdb", "precious"]])
def test_a_folder_that_is_no_store_is_never_replaced(tmp_path, files):
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in files:
        (folder / name).touch()
    for target in (folder, *folder.iterdir()):
        with pytest.raises(DataError, match="not an LMDB store"):
            write_lmdb(target, *digits(5), overwrite=True)
    assert names(folder) == set(files)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (lmdb.DiskError("mdb_put: No space left on device"), "the disk is full\n.*\n.*make room"),
        (OSError(28, "No space left on device"), "the disk is full"),
        (OSError(5, "Input/output error"), "cannot write a store in .*\n.*Input/output error"),
        (lmdb.PanicError("broken"), "cannot write a store in .*\n.*broken"),
    ],
)
def test_a_failure_leaves_the_old_store_and_nothing_else(tmp_path, monkeypatch, error, message):
    write_lmdb(tmp_path / "store", *digits(5))

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(lmdb_writer, "commit", fail)
    with pytest.raises(DataError, match=message):
        write_lmdb(tmp_path / "store", *digits(6), overwrite=True)
    assert names(tmp_path) == {"store"}
    assert len(records(tmp_path / "store")) == 5


def test_a_disk_that_fills_up_is_told_from_a_broken_one(tmp_path, monkeypatch):
    """LMDB says the same of both: what it had to write came out short."""

    def fail(*_: object) -> None:
        raise lmdb.Error("mdb_txn_commit: Input/output error")

    monkeypatch.setattr(lmdb_writer, "commit", fail)
    for free, message in ((10**6, "the disk is full"), (10**9, "cannot write a store in [^:]*\n")):
        monkeypatch.setattr(database_writer, "_free", lambda _, free=free: free)
        with pytest.raises(DataError, match=message):
            write_lmdb(tmp_path / "store", *digits(5))


def test_an_interrupted_writing_leaves_nothing(tmp_path):
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_lmdb(tmp_path / "store", *digits(5), progress=interrupt)
    assert names(tmp_path) == set()


def test_a_folder_that_cannot_be_made_is_a_data_error(tmp_path):
    (tmp_path / "file").touch()
    for parent in (tmp_path / "file", tmp_path / "file" / "folder"):
        with pytest.raises(DataError, match=r"cannot write a store in .*file"):
            write_lmdb(parent / "store", *digits(1))


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((2, 4, 4), np.uint8), np.zeros(3, np.uint8)),
        (np.zeros((2, 4, 4), np.float32), np.zeros(2, np.uint8)),
        (np.zeros((2, 4, 4), np.uint8), np.zeros(2, np.float32)),
        (np.zeros((4, 4), np.uint8), np.zeros(4, np.uint8)),
        (np.zeros((0, 4, 4), np.uint8), np.zeros(0, np.uint8)),
    ],
)
def test_what_are_no_images_and_labels_is_refused(tmp_path, images, labels):
    with pytest.raises(DataError, match=r"cannot be written as images and labels\n.*uint8"):
        write_lmdb(tmp_path / "store", images, labels)
    assert names(tmp_path) == set()


def test_both_parts_are_written_under_caffe_s_names(tmp_path):
    data = DigitData(*digits(1500), *digits(20), source="")
    steps: list[tuple[int, int]] = []
    train, test = prepare_mnist(tmp_path / "out", data, progress=lambda *at: steps.append(at))
    assert train == tmp_path / "out" / "mnist_train_lmdb"
    assert test == tmp_path / "out" / "mnist_test_lmdb"
    assert (len(records(train)), len(records(test))) == (1500, 20)
    assert steps == [(1000, 1520), (1500, 1520), (1520, 1520)]
    assert names(tmp_path / "out") == {train.name, test.name}


def test_neither_part_is_written_where_one_may_not(tmp_path):
    data = DigitData(*digits(3), *digits(2), source="")
    write_lmdb(tmp_path / "mnist_test_lmdb", *digits(9))
    with pytest.raises(DataError, match="mnist_test_lmdb exists already"):
        prepare_mnist(tmp_path, data)
    assert names(tmp_path) == {"mnist_test_lmdb"}
    train, test = prepare_mnist(tmp_path, data, overwrite=True)
    assert (len(records(train)), len(records(test))) == (3, 2)
