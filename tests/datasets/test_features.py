from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.datasets.database_writer import new_database
from blobnet.datasets.features import extract_features
from blobnet.errors import BlobError, DataError, NetError
from blobnet.proto import Datum
from tests.datasets.databases import names, records

IMAGES, BATCH = 7, 3
TEXT = """
layer {{ name: "data" type: "Data" top: "data" top: "label" data_param {{
  source: "{source}" backend: LMDB batch_size: 3 }} }}
layer {{ name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param {{ num_output: 4 kernel_size: 3 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "relu" type: "ReLU" bottom: "conv" top: "conv" }}
layer {{ name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
  inner_product_param {{ num_output: 5 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "deep" type: "Reshape" bottom: "ip" top: "deep"
  reshape_param {{ shape {{ dim: 0 dim: 1 dim: 1 dim: 1 dim: -1 }} }} }}
"""


@pytest.fixture
def source(tmp_path) -> Path:
    rng = np.random.default_rng(1)
    with new_database(tmp_path / "images") as database:
        for index in range(IMAGES):
            pixels = rng.integers(0, 256, 2 * 6 * 5, np.uint8).tobytes()
            datum = Datum(channels=2, height=6, width=5, data=pixels, label=index)
            database.put_datum(b"%08d" % index, datum)
    return tmp_path / "images"


def make_net(source: Path, **settings) -> blobnet.Net:
    text = TEXT.format(source=source.as_posix())
    return blobnet.Net(blobnet.parse_net(text), "TEST", seed=3, **settings)


def expected(source: Path, name: str, batches: int) -> list[np.ndarray]:
    """The values of each image, from forwards of a net like that."""
    net, values = make_net(source), []
    for _ in range(batches):
        net.forward()
        values += list(net.blobs[name].data.copy())
    return values


@pytest.mark.parametrize("backend", ["lmdb", "leveldb"])
def test_records_are_the_images_values(source, tmp_path, backend):
    outs = [tmp_path / "conv_db", tmp_path / "ip_db", tmp_path / "label_db"]
    blobs = ["conv", "ip", "label"]
    assert extract_features(make_net(source), blobs, outs, 3, backend) == 9
    shapes = {"conv": (4, 4, 3), "ip": (5, 1, 1), "label": (1, 1, 1)}
    for name, out in zip(blobs, outs, strict=True):
        channels, height, width = shapes[name]
        wanted = [
            Datum(channels=channels, height=height, width=width, float_data=image.ravel())
            for image in expected(source, name, 3)
        ]
        assert records(out, backend) == [
            (f"{index:010}", datum) for index, datum in enumerate(wanted)
        ]


def test_bytes_are_those_of_protobuf(source, tmp_path):
    lmdb = pytest.importorskip("lmdb")
    extract_features(make_net(source), ["conv"], [tmp_path / "out"], 1)
    with lmdb.open(str(tmp_path / "out"), readonly=True, lock=False) as store, store.begin() as txn:
        values = [bytes(value) for _, value in txn.cursor()]
    assert len(values) == BATCH
    for value, image in zip(values, expected(source, "conv", 1), strict=True):
        datum = Datum(channels=4, height=4, width=3, float_data=image.ravel())
        assert value == datum.SerializeToString()


def test_a_net_for_inference_serves_too(source, tmp_path):
    net = make_net(source, inference=True, keep=["conv"])
    extract_features(net, ["conv"], [tmp_path / "out"], 2)
    stored = [datum.float_data for _, datum in records(tmp_path / "out", "lmdb")]
    wanted = [image.ravel() for image in expected(source, "conv", 2)]
    np.testing.assert_allclose(np.array(stored), np.array(wanted), rtol=1e-5, atol=1e-4)


def test_progress_and_log_tell_of_images(source, tmp_path, caplog):
    caplog.set_level("INFO", "blobnet.datasets")
    seen = []
    extract_features(
        make_net(source), ["ip"], [tmp_path / "a"], 2, progress=lambda *both: seen.append(both)
    )
    assert seen == [(3, 6), (6, 6)]
    assert caplog.messages[1:] == ["Extracted features of 6 query images for feature blob ip"]


@pytest.mark.parametrize(
    ("blobs", "outs", "error", "message"),
    [
        (["ip"], ["a", "b"], DataError, "1 blobs, 2 databases"),
        ([], [], DataError, "must be equal"),
        (["ipp"], ["a"], NetError, "did you mean ip"),
        (["deep"], ["a"], BlobError, "at most 4 axes"),
        (["ip"], ["images"], DataError, "exists already"),
        (["ip", "conv"], ["a", "a"], DataError, "two databases of one name"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_work(
    source, tmp_path, blobs, outs, error, message
):
    net = make_net(source)
    net.forward = lambda: pytest.fail("the net must not run")
    with pytest.raises(error, match=message):
        extract_features(net, blobs, [tmp_path / out for out in outs], 1)
    assert names(tmp_path) == {"images"}


def test_what_fails_leaves_no_database(source, tmp_path):
    net = make_net(source)
    forward, calls = net.forward, []

    def fail_the_third_time():
        calls.append(1)
        if len(calls) == 3:
            raise DataError("broken")
        forward()

    net.forward = fail_the_third_time
    with pytest.raises(DataError, match="broken"):
        extract_features(net, ["ip", "conv"], [tmp_path / "a", tmp_path / "b"], 5)
    assert names(tmp_path) == {"images"}


def test_what_the_writer_meets_is_raised(source, tmp_path, monkeypatch):
    def refuse(self, key, value):
        raise DataError("the disk is full")

    monkeypatch.setattr("blobnet.datasets.database_writer.Database.put", refuse)
    with pytest.raises(DataError, match="the disk is full"):
        extract_features(make_net(source), ["ip"], [tmp_path / "a"], 1)
    assert names(tmp_path) == {"images"}
