"""read_folder: four files under any of their names, or an error that says which is at fault."""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import pytest

from blobnet.datasets.mnist_folder import holds_mnist, read_folder
from blobnet.errors import DataError

TRAIN_IMAGES = "train-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"


def test_every_spelling_of_the_names_is_found(small_mnist):
    assert holds_mnist(small_mnist)
    data = read_folder(small_mnist, "here")
    assert data.train_images.shape == (30, 28, 28)
    assert data.test_images.shape == (20, 28, 28)
    assert data.train_images.tobytes() == (small_mnist / TRAIN_IMAGES).read_bytes()[16:]
    assert data.test_labels.tobytes() == (small_mnist / TEST_LABELS).read_bytes()[8:]
    assert data.source == "here"


def test_a_missing_file_is_named(small_mnist):
    (small_mnist / TEST_LABELS).unlink()
    assert not holds_mnist(small_mnist)
    with pytest.raises(DataError, match=f"no MNIST in .*\n.*\n.*without {TEST_LABELS}\n"):
        read_folder(small_mnist, "")


def test_a_missing_folder_and_a_file_are_told_apart(small_mnist):
    with pytest.raises(DataError, match="no such folder"):
        read_folder(small_mnist / "absent", "")
    with pytest.raises(DataError, match="a file, not a folder"):
        read_folder(small_mnist / TRAIN_IMAGES, "")


def test_labels_of_another_number_are_refused(small_mnist):
    (small_mnist / TEST_LABELS).write_bytes(struct.pack(">HBBI", 0, 8, 1, 19) + bytes(19))
    with pytest.raises(DataError, match=r"not the labels of these images\n.*20, one.*\n.*19"):
        read_folder(small_mnist, "")


def test_labels_above_nine_are_refused(small_mnist):
    labels = bytes([9] * 7 + [10] + [0] * 12)
    (small_mnist / TEST_LABELS).write_bytes(struct.pack(">HBBI", 0, 8, 1, 20) + labels)
    with pytest.raises(DataError, match=f"{TEST_LABELS}.*\n.*0 to 9\n.*10 for image 7"):
        read_folder(small_mnist, "")


def test_images_of_another_size_are_refused(small_mnist):
    header = struct.pack(">HBBIII", 0, 8, 3, 30, 8, 9)
    (small_mnist / TRAIN_IMAGES).write_bytes(header + bytes(30 * 8 * 9))
    with pytest.raises(DataError, match=r"28 x 28 pixels\n.*8 x 9"):
        read_folder(small_mnist, "")


def test_the_real_mnist(real_mnist):
    data = read_folder(real_mnist, "")
    assert np.bincount(data.train_labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert data.test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    unpacked = struct.pack(">HBBIII", 0, 8, 3, 10_000, 28, 28) + data.test_images.tobytes()
    md5 = hashlib.md5(unpacked, usedforsecurity=False).hexdigest()
    assert md5 == "2646ac647ad5339dbf082846283269ea"
