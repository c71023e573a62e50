"""`blobnet test` and `extract_features` by several ranks: what one process tells and writes."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import blobnet
from blobnet.sources.lmdb_source import LmdbSource
from tests.distributed import trainings
from tests.distributed.engines import each_engine

pytest.importorskip("h5py")
pytest.importorskip("PIL")
pytest.importorskip("lmdb")

STAMP = re.compile(r"^[IWE]\d{4} [^\]]*\] ")


def told(output):
    """The lines of a log without their times."""
    return [STAMP.sub("", line) for line in output.splitlines() if STAMP.match(line)]


@each_engine
def test_seven_batches_by_three_ranks(engine, tmp_path):
    trainings.write_data(tmp_path)
    text = trainings.plain_lmdb(tmp_path).replace("mirror: true", "")  # nothing is drawn
    (tmp_path / "net.prototxt").write_text(text)
    blobnet.Net(blobnet.parse_net(text), "TEST", seed=1).save(tmp_path / "net.caffemodel")
    words = ["-m", "blobnet", "test", "--model", "net.prototxt", "--weights", "net.caffemodel"]
    words += ["--iterations", "7"]
    theirs = engine.run(tmp_path, 3, *words)
    assert told(theirs) == told(alone(engine, tmp_path, *words))
    assert sum("Batch" in line for line in told(theirs)) == 7
    words = ["-m", "blobnet", "extract_features", "net.caffemodel", "net.prototxt", "ip,conv"]
    engine.run(tmp_path, 3, *words, "ip3,conv3", "7", "lmdb")
    alone(engine, tmp_path, *words, "ip1,conv1", "7", "lmdb")
    for name in ("ip", "conv"):
        found, expected = (records(tmp_path / f"{name}{count}") for count in (3, 1))
        assert len(found) == 14
        assert found == expected


def alone(engine, folder, *words):
    """What one process says."""
    command = [sys.executable, *words]
    options = {"cwd": folder, "env": engine.environment(), "capture_output": True, "text": True}
    return subprocess.run(command, check=True, **options).stderr


def records(folder):
    source = LmdbSource(folder)
    found = [(record.key, record.datum) for record in source.rest()]
    source.close()
    return found
