"""`blobnet test` by several ranks tells what one process tells."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import blobnet
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
    alone = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env=engine.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told(theirs) == told(alone.stderr)
    assert sum("Batch" in line for line in told(theirs)) == 7
