"""`blobnet convert_mnist_data` and `convert_mnist_siamese_data`: Caffe's arguments."""

from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.conftest import idx_bytes
from tests.datasets.databases import records

FILES = ("images", "labels")


@pytest.fixture
def digits(tmp_path, monkeypatch):
    """The current folder, with ten images and their labels."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    (tmp_path / "images").write_bytes(idx_bytes(rng.integers(0, 256, (10, 3, 5), np.uint8)))
    labels = rng.integers(0, 3, 10, np.uint8)
    (tmp_path / "labels").write_bytes(idx_bytes(labels))
    return labels


@pytest.mark.parametrize("backend", ["lmdb", "leveldb"])
def test_digits_become_a_database(digits, run, backend):
    ran = run("convert_mnist_data", *FILES, "db", f"--backend={backend}")
    assert ran.code == 0
    assert ran.log[1:] == ["A total of 10 items.", "Rows: 3 Cols: 5", "Processed 10 files."]
    assert [datum.label for _, datum in records("db", backend)] == digits.tolist()


def test_pairs_become_a_leveldb_and_can_be_drawn_again(digits, run):
    ran = run("convert_mnist_siamese_data", *FILES, "one")
    assert ran.code == 0
    seed = ran.log[0].removeprefix("Random seed: ")
    again = run(
        "convert_mnist_siamese_data", *FILES, "two", "-backend", "lmdb", "-random_seed", seed
    )
    assert again.code == 0
    found = records("one", "leveldb")
    assert found == records("two", "lmdb")
    assert [datum.channels for _, datum in found] == [2] * 10


@pytest.mark.parametrize("name", ["convert_mnist_data", "convert_mnist_siamese_data"])
@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (FILES, 2, "OUTPUT_DB"),
        (("labels", "images", "db"), 1, "another number of dimensions"),
        (("no", "labels", "db"), 1, "nothing there"),
        ((*FILES, "images"), 1, "images exists already"),
    ],
)
def test_what_is_wrong_is_told(digits, run, tmp_path, name, words, code, hint):
    ran = run(name, *words)
    assert (ran.code, hint in ran.err) == (code, True)
    assert not (tmp_path / "db").exists()
