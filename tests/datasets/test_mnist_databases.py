"""MNIST's files as databases: digits one by one, and pairs of them."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from blobnet.datasets.database_writer import BACKENDS
from blobnet.datasets.mnist_databases import convert_digits, convert_pairs
from blobnet.errors import DataError
from tests.datasets.conftest import idx_bytes
from tests.datasets.databases import names, records


@pytest.fixture
def digits(tmp_path, rng):
    """Forty images of 3 x 5, and their labels."""
    images = rng.integers(0, 256, (40, 3, 5), np.uint8)
    labels = rng.integers(0, 4, 40, np.uint8)
    (tmp_path / "images").write_bytes(idx_bytes(images))
    (tmp_path / "labels").write_bytes(idx_bytes(labels))
    return images, labels


@pytest.mark.parametrize("backend", BACKENDS)
def test_digits_are_written_in_their_order(tmp_path, digits, backend, caplog):
    steps = []
    with caplog.at_level(logging.INFO, "blobnet"):
        convert_digits(
            tmp_path / "images",
            tmp_path / "labels",
            tmp_path / "db",
            backend,
            progress=lambda *step: steps.append(step),
        )
    found = records(tmp_path / "db", backend)
    assert [key for key, _ in found] == [f"{number:08d}" for number in range(40)]
    for (_, datum), image, label in zip(found, *digits, strict=True):
        expected = b"\x08\x01\x10\x03\x18\x05\x22\x0f" + image.tobytes() + bytes([0x28, label])
        assert datum.SerializeToString() == expected
    assert caplog.messages == [
        f"Opened {backend} {tmp_path / 'db'}",
        "A total of 40 items.",
        "Rows: 3 Cols: 5",
        "Processed 40 files.",
    ]
    assert steps == [(40, 40)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_pairs_are_drawn_with_and_without_the_same_digit(tmp_path, digits, backend):
    images, labels = digits
    paths = (tmp_path / "images", tmp_path / "labels")
    assert convert_pairs(*paths, tmp_path / "db", backend, rng=np.random.default_rng(1)) == 40
    convert_pairs(*paths, tmp_path / "other", backend)
    found = records(tmp_path / "db", backend)
    assert [key for key, _ in found] == [f"{number:08d}" for number in range(40)]
    places = {image.tobytes(): number for number, image in enumerate(images)}
    drawn = set()
    for _, datum in found:
        assert (datum.channels, datum.height, datum.width) == (2, 3, 5)
        one, other = places[datum.data[:15]], places[datum.data[15:]]
        assert datum.label == (labels[one] == labels[other])
        drawn.add((one, other))
    assert len(drawn) > 30
    assert {datum.label for _, datum in found} == {0, 1}
    assert found != records(tmp_path / "other", backend)


@pytest.mark.parametrize("convert", [convert_digits, convert_pairs])
def test_files_that_are_not_what_they_should_be_leave_nothing(tmp_path, digits, convert):
    images, labels, out = tmp_path / "images", tmp_path / "labels", tmp_path / "db"
    for files, message in (
        ((labels, images), "another number of dimensions"),
        ((tmp_path / "no", labels), "nothing there"),
    ):
        with pytest.raises(DataError, match=message):
            convert(*files, out)
    labels.write_bytes(idx_bytes(digits[1][:39]))
    with pytest.raises(DataError, match=r"not the labels of these images\n.*40, one for each"):
        convert(images, labels, out)
    assert names(tmp_path) == {"images", "labels"}
    out.mkdir()
    with pytest.raises(DataError, match="exists already"):
        convert(images, labels, out)
