from __future__ import annotations

import pytest

from tests.datasets.databases import records

WORDS = ["extract_features", "weights.caffemodel", "net.prototxt"]


@pytest.mark.parametrize("backend", ["lmdb", "leveldb"])
def test_several_blobs_go_into_several_databases(weights, run, backend):
    ran = run(*WORDS, "ip,x", "ip_db,x_db", 2, backend)
    assert (ran.code, ran.out) == (0, "")
    assert ran.log == [
        "Use CPU.",
        "Extracting Features",
        f"Opened {backend} ip_db",
        f"Opened {backend} x_db",
        "Extracted features of 12 query images for feature blob ip",
        "Extracted features of 12 query images for feature blob x",
        "Successfully extracted the features!",
    ]
    for name, values in (("ip_db", 3), ("x_db", 4)):
        found = records(weights.parent / name, backend)
        assert [key for key, _ in found] == [f"{index:010}" for index in range(12)]
        assert {len(datum.float_data) for _, datum in found} == {values}


def test_a_gpu_is_answered_by_the_cpu(weights, run):
    ran = run(*WORDS, "ip", "ip_db", 1, "lmdb", "GPU", 1)
    assert ran.code == 0
    assert ran.log[0] == "GPU 1: blobnet runs on the CPU"
    assert run(*WORDS, "ip", "cpu_db", 1, "lmdb", "CPU").code == 0


def test_inference_writes_what_is_asked_for(weights, run):
    assert run(*WORDS, "ip", "ip_db", 1, "lmdb", "--inference").code == 0
    assert len(records(weights.parent / "ip_db", "lmdb")) == 6


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["ip", "ip_db", 1, "hdf5"], 2, "'hdf5' is not one of 'lmdb', 'leveldb'"),
        (["ip", "ip_db", 0, "lmdb"], 2, "x>=1"),
        (["ip", "ip_db", 1, "lmdb", "TPU"], 2, "'TPU' is not one of"),
        (["ipp", "ip_db", 1, "lmdb"], 1, "did you mean ip?"),
        (["ip,x", "ip_db", 1, "lmdb"], 1, "2 blobs, 1 databases"),
        (["ip", "net.prototxt", 1, "lmdb"], 1, "exists already"),
    ],
)
def test_what_is_wrong_is_said(weights, run, words, code, message):
    before = sorted(weights.parent.iterdir())
    ran = run(*WORDS, *words)
    assert ran.code == code
    assert message in ran.err
    assert sorted(weights.parent.iterdir()) == before
