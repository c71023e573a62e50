"""A folder for unfinished work: gone after its run, at the latest with the next run of its kind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.datasets import staging as module
from blobnet.datasets.digit_data import DigitData
from blobnet.datasets.staging import put_in_place, staging
from blobnet.datasets.to_lmdb import check_mnist_place, prepare_mnist, write_lmdb
from blobnet.errors import DataError
from blobnet.serialization import leftovers

WRITER = """
import sys
from pathlib import Path
import numpy as np
from blobnet.datasets.to_lmdb import write_lmdb

def wait(done, total):
    print(done, flush=True)
    sys.stdin.read()

images = np.full((3, 4, 4), int(sys.argv[2]), np.uint8)
write_lmdb(Path(sys.argv[1]), images, images[:, 0, 0], progress=wait)
"""


@contextmanager
def writer(path: Path, value: int = 1):
    """A process that has all of its store written, and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(value)],
        cwd=Path(blobnet.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout.readline() == "3\n"
            yield process
        finally:
            process.kill()


def kill_writer(path: Path) -> None:
    with writer(path) as process:
        process.kill()
        process.wait()


def write(path: Path, **options) -> None:
    images = np.zeros((2, 4, 4), np.uint8)
    write_lmdb(path, images, images[:, 0, 0], **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_run_left_goes_with_the_next_of_its_kind(tmp_path):
    kill_writer(tmp_path / "store")
    kill_writer(tmp_path / "other")
    left = [name for name in names(tmp_path) if name.startswith(".blobnet-other.")]
    assert len(names(tmp_path)) == 2
    write(tmp_path / "store")
    assert names(tmp_path) == [*left, "store"]
    write(tmp_path / "other")
    assert names(tmp_path) == ["other", "store"]


def test_it_goes_even_where_the_next_run_is_refused(tmp_path):
    kill_writer(tmp_path / "store")
    (tmp_path / "store").mkdir()
    with pytest.raises(DataError, match="exists already"):
        write(tmp_path / "store")
    assert names(tmp_path) == ["store"]


@pytest.mark.skipif(os.name != "posix", reason="a store cannot be moved there while it is open")
def test_a_run_that_is_working_keeps_its_folder(tmp_path):
    with writer(tmp_path / "store") as working:
        write(tmp_path / "store")
        assert len(names(tmp_path)) == 2
        working.stdin.close()
        working.wait()
        assert names(tmp_path) == ["store"]


def test_a_run_that_died_between_two_renames_is_finished_by_the_next(tmp_path, monkeypatch):
    """The old store has lost its name, the new one has not got it yet."""
    for name in ("store", "kept"):
        write(tmp_path / name)
    monkeypatch.setattr(module, "remove", lambda folder: None)  # as after a kill
    with staging(tmp_path, "store") as folder:
        write(folder / "store")
        (folder / "store" / "data.mdb").write_text("new")
        (tmp_path / "store").rename(folder / "old-store")
        write(folder / "kept")
        (folder / "old-kept").mkdir()
    monkeypatch.undo()
    kept = (tmp_path / "kept" / "data.mdb").read_bytes()
    with staging(tmp_path, "store"):
        assert (tmp_path / "store" / "data.mdb").read_text() == "new"
    assert names(tmp_path) == ["kept", "store"]
    assert (tmp_path / "kept" / "data.mdb").read_bytes() == kept, "who has a name keeps it"


def test_what_is_replaced_lies_in_the_folder_that_goes(tmp_path):
    (tmp_path / "name").write_text("old")
    with staging(tmp_path, "name") as folder:
        (folder / "name").write_text("new")
        put_in_place(folder / "name", tmp_path / "name")
        assert (folder / "old-name").read_text() == "old"
    assert names(tmp_path) == ["name"]
    assert (tmp_path / "name").read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rules for names")
@pytest.mark.parametrize("name", ["x" * 255, ".lock", "a b", "a.b"])
def test_any_name_will_do(name, tmp_path):
    write(tmp_path / name)
    assert names(tmp_path) == [name]


# --- before a download ----------------------------------------------------------------------------


def test_a_place_that_is_taken_is_known_before_the_digits_are(tmp_path):
    images = np.zeros((2, 4, 4), np.uint8)
    data = DigitData(images, images[:, 0, 0], images, images[:, 0, 0], "")
    check_mnist_place(tmp_path / "a" / "b")
    assert names(tmp_path) == []
    prepare_mnist(tmp_path, data)
    with pytest.raises(DataError, match="mnist_train_lmdb exists already"):
        check_mnist_place(tmp_path)
    check_mnist_place(tmp_path, overwrite=True)
    assert names(tmp_path) == ["mnist_test_lmdb", "mnist_train_lmdb"]


def test_a_place_where_nothing_can_be_is_known_before_the_digits_are(tmp_path):
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(DataError, match=r"cannot write a store in .*file"):
            check_mnist_place(out)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b", "n" * 150 + "\0"])
def test_a_name_that_no_system_takes(name, tmp_path):
    images, labels = np.zeros((2, 3, 3), np.uint8), np.zeros(2, np.int64)
    for path in (tmp_path / name, tmp_path / name / "store"):
        with pytest.raises(DataError, match="no path that the system can take"):
            write_lmdb(path, images, labels)
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_for_the_lock_keeps_no_folder(tmp_path, monkeypatch):
    def full(path, contents):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(leftovers, "_fill", full)
    with pytest.raises(OSError, match="No space"), staging(tmp_path, "mnist"):
        pass
    assert list(tmp_path.iterdir()) == []
