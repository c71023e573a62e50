"""A small MNIST of four idx files, and the real one where it lies beside the checkout."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

REAL_MNIST = Path(__file__).parents[2].parent / "shared" / "mnist"

WriteIdx = Callable[..., Path]


def idx_bytes(values: np.ndarray) -> bytes:
    return struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.fixture
def small_mnist(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A folder with 30 training and 20 test images; one file is gzipped, one has a dotted name."""
    folder = tmp_path / "small_mnist"
    folder.mkdir()
    for part, number in (("train", 30), ("t10k", 20)):
        images = rng.integers(0, 256, (number, 28, 28), np.uint8)
        labels = rng.integers(0, 10, number, np.uint8)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    labels = folder / "train-labels-idx1-ubyte"
    labels.with_name(labels.name + ".gz").write_bytes(gzip.compress(labels.read_bytes()))
    labels.unlink()
    (folder / "t10k-images-idx3-ubyte").rename(folder / "t10k-images.idx3-ubyte")
    return folder


@pytest.fixture
def real_mnist() -> Path:
    if not REAL_MNIST.is_dir():
        pytest.skip("the real MNIST is not in ../shared/mnist beside the checkout")
    return REAL_MNIST
