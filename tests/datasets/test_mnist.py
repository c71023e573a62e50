"""The search: which place is taken, and what is said about the others. No internet."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from blobnet.datasets import mnist
from blobnet.datasets.mnist import find_digits, load_mnist
from blobnet.errors import DataError, explain

MIRROR = "https://mirror.example/"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of one's own, no environment, and no internet."""

    def no_internet(folder: Path) -> str:
        raise DataError(explain("no mirror could be downloaded from", got=f"{MIRROR}: no route"))

    cache = tmp_path / "cache"
    monkeypatch.delenv("BLOBNET_DATA", raising=False)
    monkeypatch.setattr(mnist, "cache_folder", lambda: cache)
    monkeypatch.setattr(mnist, "download_mnist", no_internet)
    return cache


def test_the_named_folder_comes_first(small_mnist, cache, monkeypatch):
    monkeypatch.setenv("BLOBNET_DATA", "/absent")
    data = find_digits(small_mnist)
    assert len(data.train_labels) == 30
    assert data.source == f"MNIST from {small_mnist} (--data)"
    assert data.passed_over == ()


def test_a_named_folder_without_mnist_is_an_error(small_mnist, tmp_path, cache, monkeypatch):
    shutil.copytree(small_mnist, cache)
    with pytest.raises(DataError, match="no MNIST in"):
        find_digits(tmp_path)
    monkeypatch.setenv("BLOBNET_DATA", str(tmp_path))
    with pytest.raises(DataError, match="no MNIST in"):
        find_digits()


@pytest.mark.parametrize("where", [".", "mnist"])
def test_the_variable_names_the_folder_or_the_one_above(
    small_mnist, tmp_path, cache, monkeypatch, where
):
    folder = tmp_path / "data" / where
    shutil.copytree(small_mnist, folder)
    monkeypatch.setenv("BLOBNET_DATA", str(tmp_path / "data"))
    assert find_digits().source == f"MNIST from {folder} (BLOBNET_DATA)"


def test_an_empty_variable_is_no_variable(cache, monkeypatch):
    monkeypatch.setenv("BLOBNET_DATA", "")
    assert "come with blobnet" in find_digits().source


def test_the_cache_comes_before_the_download(small_mnist, cache):
    shutil.copytree(small_mnist, cache)
    data = find_digits()
    assert data.source == f"MNIST from the cache, {cache}"
    assert data.passed_over == ()


def test_a_download_is_named_with_its_mirror(small_mnist, cache, monkeypatch):
    def fetch(folder: Path) -> str:
        shutil.copytree(small_mnist, folder)
        return MIRROR

    monkeypatch.setattr(mnist, "download_mnist", fetch)
    data = find_digits()
    assert data.source == f"MNIST from {MIRROR}, now in the cache, {cache}"
    assert data.passed_over == (f"nothing in the cache, {cache}",)


def test_a_damaged_cache_is_fetched_again(small_mnist, cache, monkeypatch):
    shutil.copytree(small_mnist, cache)
    (cache / "train-images-idx3-ubyte").write_bytes(b"\0\0")
    assert load_mnist(download=False) is None

    def fetch(folder: Path) -> str:
        shutil.copytree(small_mnist, folder, dirs_exist_ok=True)
        return MIRROR

    monkeypatch.setattr(mnist, "download_mnist", fetch)
    data = find_digits()
    assert len(data.train_images) == 30
    assert "the cache is damaged" in data.passed_over[0]


def test_a_cache_that_a_download_cannot_mend_is_told(small_mnist, cache, monkeypatch):
    shutil.copytree(small_mnist, cache)
    (cache / "train-images-idx3-ubyte").write_bytes(b"\0\0")
    monkeypatch.setattr(mnist, "download_mnist", lambda folder: MIRROR)
    data = find_digits()
    assert len(data.train_images) == 1437
    assert "train-images-idx3-ubyte is not an idx file" in data.passed_over[1]


def test_without_internet_the_digits_on_board_are_taken_and_the_reasons_told(cache):
    told: list[str] = []
    data = find_digits(report=told.append)
    assert data.train_images.shape == (1437, 28, 28)
    assert "1,797 small digits that come with blobnet" in data.source
    assert data.passed_over == (
        f"nothing in the cache, {cache}",
        f"no mirror could be downloaded from (got: {MIRROR}: no route)",
    )
    assert told == list(data.passed_over)


def test_a_download_that_is_not_wanted_is_not_tried(cache, monkeypatch):
    monkeypatch.setattr(mnist, "download_mnist", lambda folder: pytest.fail("downloaded"))
    assert load_mnist(download=False) is None
    assert find_digits(download=False).passed_over[1] == "no download: it was not wanted"


def test_without_pooch_the_reasons_say_how_to_get_it(monkeypatch):
    monkeypatch.delenv("BLOBNET_DATA", raising=False)
    monkeypatch.setitem(sys.modules, "pooch", None)
    (reason,) = find_digits().passed_over
    assert 'pip install "blobnet[download]"' in reason


def test_the_real_mnist_is_taken_where_it_is_named(real_mnist, cache):
    assert find_digits(real_mnist).train_images.shape == (60_000, 28, 28)
