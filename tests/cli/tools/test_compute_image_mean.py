"""`blobnet compute_image_mean`: Caffe's arguments and lines."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.datasets.database_writer import BACKENDS, new_database
from blobnet.datasets.to_lmdb import fill
from blobnet.serialization.blob_file import read_blob


@pytest.fixture
def images(tmp_path, monkeypatch):
    """The current folder, with the same images in the databases lmdb and leveldb."""
    monkeypatch.chdir(tmp_path)
    made = np.random.default_rng(1).integers(0, 256, (7, 3, 4, 5), np.uint8)
    for backend in BACKENDS:
        with new_database(tmp_path / backend, backend) as database:
            fill(database, ((image, 0) for image in made))
    return made


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_mean_is_written_and_told(images, run, backend):
    flags = [] if backend == "lmdb" else [f"-backend={backend}"]
    ran = run("compute_image_mean", *flags, backend, "mean.binaryproto")
    assert ran.code == 0
    mean = images.sum(0).astype(np.float32) / np.float32(7)
    assert np.array_equal(read_blob("mean.binaryproto", "mean_file").data[0], mean)
    assert ran.log[:4] == [
        f"Opened {backend} {backend}",
        "Starting iteration",
        "Processed 7 files.",
        "Write to mean.binaryproto",
    ]
    assert ran.log[4] == "Number of channels: 3"
    for channel, line in enumerate(ran.log[5:]):
        start, value = line.split("]: ")
        assert start == f"mean_value channel [{channel}"
        assert float(value) == pytest.approx(images[:, channel].mean(), rel=1e-5)


def test_without_a_file_nothing_is_written(images, run, tmp_path):
    ran = run("compute_image_mean", "lmdb")
    assert ran.code == 0
    assert ran.log[-1].startswith("mean_value channel [2]: ")
    assert {path.name for path in tmp_path.iterdir()} == {*BACKENDS}


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        ([], 2, "INPUT_DB"),
        (["leveldb"], 1, "-backend leveldb"),
        (["nothing"], 1, "no such folder"),
        (["lmdb", "no/mean"], 1, "make the folder first"),
        (["lmdb", "a", "b"], 2, "unexpected extra argument"),
    ],
)
def test_what_is_wrong_is_told(images, run, words, code, hint):
    ran = run("compute_image_mean", *words)
    assert (ran.code, hint in ran.err) == (code, True)
