"""CIFAR-10's files as databases."""

from __future__ import annotations

import gzip
import logging

import numpy as np
import pytest

from blobnet.datasets.cifar import TEST_FILE, TRAIN_FILES, convert_cifar
from blobnet.datasets.database_writer import BACKENDS
from blobnet.errors import DataError
from tests.datasets.databases import names, records

FILES = (*TRAIN_FILES, TEST_FILE)


@pytest.fixture
def batches(tmp_path, rng):
    """Six files of four images; one is gzipped."""
    made = {}
    (tmp_path / "in").mkdir()
    for name in FILES:
        made[name] = rng.integers(0, 256, (4, 3073), np.uint8)
        made[name][:, 0] %= 10
        (tmp_path / "in" / name).write_bytes(made[name].tobytes())
    zipped = tmp_path / "in" / FILES[1]
    zipped.write_bytes(gzip.compress(zipped.read_bytes()))
    return made


@pytest.mark.parametrize("backend", BACKENDS)
def test_both_parts_are_written_under_caffe_s_names(tmp_path, batches, backend, caplog):
    steps = []
    with caplog.at_level(logging.INFO, "blobnet"):
        done = convert_cifar(tmp_path / "in", tmp_path / "out", backend, progress=steps.append)
    assert done == (20, 4)
    assert names(tmp_path / "out") == {f"cifar10_{part}_{backend}" for part in ("train", "test")}
    for part, files in (("train", TRAIN_FILES), ("test", [TEST_FILE])):
        found = records(tmp_path / "out" / f"cifar10_{part}_{backend}", backend)
        rows = np.concatenate([batches[name] for name in files])
        assert [key for key, _ in found] == [f"{number:05d}" for number in range(len(rows))]
        for (_, datum), row in zip(found, rows, strict=True):
            expected = b"\x08\x03\x10\x20\x18\x20\x22\x80\x18" + row[1:].tobytes()
            assert datum.SerializeToString() == expected + bytes([0x28, row[0]])
    told = [text for text in caplog.messages if not text.startswith("Opened")]
    training = [f"Training Batch {number}" for number in range(1, 6)]
    assert told == ["Writing Training data", *training, "Writing Testing data"]
    assert steps == list(range(1, 25))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (FILES[3], None, "data_batch_4.bin"),
        (FILES[3], b"", "not a file of CIFAR-10"),
        (FILES[5], bytes(3073 + 100), r"image 1 of 100 bytes"),
        (FILES[5], b"\x0a" + bytes(3072), r"image 0 of 3073 bytes, label 10"),
        (FILES[0], gzip.compress(bytes(3073), mtime=0)[:20], "cannot read"),
    ],
)
def test_a_file_that_is_none_of_these_leaves_nothing(tmp_path, batches, name, content, message):
    (tmp_path / "in" / name).unlink()
    if content is not None:
        (tmp_path / "in" / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        convert_cifar(tmp_path / "in", tmp_path / "out")
    assert names(tmp_path / "out") == set()


def test_where_one_is_there_already_neither_is_written(tmp_path, batches):
    (tmp_path / "out" / "cifar10_test_lmdb").mkdir(parents=True)
    with pytest.raises(DataError, match="cifar10_test_lmdb exists already"):
        convert_cifar(tmp_path / "in", tmp_path / "out")
    assert names(tmp_path / "out") == {"cifar10_test_lmdb"}
