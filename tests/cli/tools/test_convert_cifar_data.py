"""`blobnet convert_cifar_data`: Caffe's arguments."""

from __future__ import annotations

import pytest

from blobnet.datasets.cifar import TEST_FILE, TRAIN_FILES
from tests.datasets.databases import names, records


@pytest.fixture
def batches(tmp_path, monkeypatch):
    """The current folder, with six files of two images in in/."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for number, name in enumerate((*TRAIN_FILES, TEST_FILE)):
        record = bytes([number]) + bytes(3072)
        (tmp_path / "in" / name).write_bytes(2 * record)
    return tmp_path


@pytest.mark.parametrize("backend", ["lmdb", "leveldb"])
def test_the_files_become_two_databases(batches, run, backend):
    ran = run("convert_cifar_data", "in", ".", backend)
    assert ran.code == 0
    assert names(batches) == {"in", f"cifar10_train_{backend}", f"cifar10_test_{backend}"}
    train = records(f"cifar10_train_{backend}", backend)
    assert [datum.label for _, datum in train] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert ran.log[-1] == "Writing Testing data"


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["in", "."], 2, "DB_TYPE"),
        (["in", ".", "hdf5"], 2, "leveldb"),
        (["nothing", ".", "lmdb"], 1, "data_batch_1.bin"),
    ],
)
def test_what_is_wrong_is_told(batches, run, words, code, hint):
    ran = run("convert_cifar_data", *words)
    assert (ran.code, hint in ran.err) == (code, True)
    assert names(batches) == {"in"}
