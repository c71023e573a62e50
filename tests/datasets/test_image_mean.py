"""The mean of a database: Caffe's numbers, to the last bit."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from blobnet.datasets.database_writer import BACKENDS, new_database
from blobnet.datasets.image_encoding import encode_image
from blobnet.datasets.image_mean import channel_means, compute_mean, open_database, write_mean
from blobnet.errors import DataError, SnapshotError
from blobnet.proto import BlobProto, Datum
from blobnet.serialization.blob_file import read_blob


def write(path, data, backend="lmdb"):
    with new_database(path, backend) as database:
        for number, datum in enumerate(data):
            database.put_datum(b"%08d" % number, datum)
    return path


def mean_of(path, backend="lmdb", progress=lambda done, share: None):
    source = open_database(path, backend)
    try:
        return compute_mean(source, progress)
    finally:
        source.close()


def raw(image):
    channels, height, width = image.shape
    return Datum(channels=channels, height=height, width=width, data=image.tobytes())


def floats(values):
    return Datum(channels=1, height=1, width=len(values), float_data=values)


@pytest.mark.parametrize("backend", BACKENDS)
def test_bytes_are_averaged(tmp_path, rng, backend):
    images = rng.integers(0, 256, (50, 3, 4, 5), np.uint8)
    write(tmp_path / "db", map(raw, images), backend)
    mean = mean_of(tmp_path / "db", backend)
    assert mean.dtype == np.float32
    assert np.array_equal(mean, (images.sum(0).astype(np.float32) / np.float32(50)))


def test_sums_are_rounded_in_the_order_of_the_records(tmp_path, rng):
    rows = (rng.standard_normal((300, 4)) * 10.0 ** rng.integers(-4, 8, (300, 4))).astype("f4")
    write(tmp_path / "db", (floats(row.tolist()) for row in rows))
    expected = []
    for column in rows.T:
        total = np.float32(0)
        for value in column:
            total = np.float32(total + value)
        expected.append(np.float32(total / np.float32(300)))
    assert mean_of(tmp_path / "db").ravel().tolist() == expected
    assert expected != rows.mean(0, dtype=np.float64).astype("f4").tolist()


def test_encoded_images_are_decoded_as_they_are_stored(tmp_path, rng, caplog):
    images = rng.integers(0, 256, (9, 3, 4, 5), np.uint8)
    write(tmp_path / "db", (Datum(data=encode_image(i, "png"), encoded=True) for i in images))
    with caplog.at_level(logging.INFO, "blobnet"):
        mean = mean_of(tmp_path / "db")
    assert np.array_equal(mean, images.sum(0).astype(np.float32) / np.float32(9))
    assert caplog.messages[1:] == ["Decoding Datum", "Starting iteration", "Processed 9 files."]


def test_channels_are_added_up_in_float32(rng):
    mean = (rng.standard_normal((2, 30, 40)) * 1e6).astype("f4")
    expected = []
    for channel in mean:
        total = np.float32(0)
        for value in channel.ravel():
            total = np.float32(total + value)
        expected.append(float(total / np.float32(1200)))
    assert channel_means(mean) == expected


def test_a_mean_is_written_with_the_sizes_of_2014(tmp_path):
    mean = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    write_mean(mean, tmp_path / "mean.binaryproto")
    data = (tmp_path / "mean.binaryproto").read_bytes()
    # num 1, channels 1, height 2, width 3, then 24 bytes of floats
    assert data == b"\x08\x01\x10\x01\x18\x02\x20\x03\x2a\x18" + mean.tobytes()
    assert BlobProto.FromString(data).data == list(range(6))
    assert np.array_equal(read_blob(tmp_path / "mean.binaryproto", "mean_file").data, mean[None])
    with pytest.raises(SnapshotError, match="cannot be written"):
        write_mean(mean, tmp_path / "no" / "mean.binaryproto")


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (raw(np.zeros((1, 2, 4), np.uint8)), 'record "00000001": Incorrect data field size 8'),
        (raw(np.zeros((1, 3, 2), np.uint8)), r"Incorrect data field size 6\n.*1 x 2 x 3"),
        (Datum(channels=1, height=2, width=3, data=b"12345"), "values do not fit the shape"),
        (Datum(data=b"no image", encoded=True), 'record "00000001": the image cannot be decoded'),
    ],
)
def test_a_record_of_another_size_is_refused(tmp_path, second, message):
    write(tmp_path / "db", [raw(np.zeros((1, 2, 3), np.uint8)), second])
    with pytest.raises(DataError, match=message):
        mean_of(tmp_path / "db")


def test_another_kind_of_database_is_told(tmp_path):
    for backend, other in (BACKENDS, BACKENDS[::-1]):
        write(tmp_path / backend, [floats([1])], backend)
        with pytest.raises(DataError, match=rf"another kind\n.*{other}\n.*{backend}\n.*-backend"):
            open_database(tmp_path / backend, other)
        with pytest.raises(DataError, match="no such folder"):
            open_database(tmp_path / "nothing", backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_log_and_the_progress(tmp_path, backend, caplog):
    write(tmp_path / "db", (floats([float(n % 251)] * 40) for n in range(20001)), backend)
    steps = []
    with caplog.at_level(logging.INFO, "blobnet"):
        mean_of(tmp_path / "db", backend, lambda *step: steps.append(step))
    assert caplog.messages[0] == f"Opened {backend} {tmp_path / 'db'}"
    assert caplog.messages[1:] == [
        "Starting iteration",
        *(f"Processed {count} files." for count in (10000, 20000, 20001)),
    ]
    assert [count for count, _ in steps] == list(range(1, 20002))
    shares = [share for _, share in steps[:19000]]
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert 0.4 < shares[10000] < 0.6
