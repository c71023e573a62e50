"""Two hosts, as network namespaces of this machine, whose link is cut while they train."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import blobnet
from tests.distributed.engines import ENGINES, PREFIX, SECONDS
from tests.solver.training import RANDOM_REGRESSION, SETTINGS

TWO_HOSTS = Path(blobnet.__file__).parents[1] / "scripts" / "two_hosts"
MPICH = ENGINES[0]
LIMIT = "3"  # seconds without a sign of life


def can_make_hosts():
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/dev/net/tun").exists()):
        return False
    if shutil.which("ip") is None or not MPICH.is_there or not TWO_HOSTS.exists():
        return False
    name = f"blobnet-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode == 0
    return made and subprocess.run(["ip", "netns", "del", name]).returncode == 0


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "net.prototxt").write_text(RANDOM_REGRESSION)
    settings = SETTINGS.replace("max_iter: 20", "max_iter: 1000000")
    (tmp_path / "solver.prototxt").write_text(
        f'net: "net.prototxt" snapshot: 4 snapshot_prefix: "it" {settings}'
    )
    return tmp_path


def test_a_host_that_is_lost_ends_the_training_on_the_other(folder):
    if not can_make_hosts():
        pytest.skip("needs root on Linux, ip netns and MPICH's wheel")
    words = [str(TWO_HOSTS), "--delay", "2", "--loss", "0.5", "--cut", str(folder / "cut")]
    _, *python = MPICH.command(2)[2:]
    words += [*python, "-m", "blobnet", "train", "--solver", "solver.prototxt"]
    path = os.pathsep.join([str(PREFIX / "bin"), os.environ["PATH"]])
    variables = {"BLOBNET_RANK_TIMEOUT": LIMIT, "NUMBA_DISABLE_JIT": "1", "PATH": path}
    training = subprocess.Popen(
        words,
        cwd=folder,
        env=MPICH.environment() | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(training, (folder / "it_iter_4.solverstate").exists)
        (folder / "cut").touch()
        wait_until(training, lambda: not ranks_in(folder))
    finally:
        training.terminate()  # MPI's launcher itself may wait for the host that is lost
    code, output = MPICH.ended(training)
    assert code != 0
    lost = output.index("blobnet: rank 0 on ")
    assert "rank 1 is lost" in output[lost:]
    to_go_on = (
        "to go on from the last snapshot: mpiexec -n 2 blobnet train --solver solver.prototxt"
    )
    assert to_go_on in output[lost:]


def ranks_in(folder):
    """The processes that train there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes()
            if (process / "cwd").resolve() == folder and words.startswith(sys.executable.encode()):
                found.append(process.name)
    return found


def wait_until(training, is_so):
    end = time.monotonic() + SECONDS
    while not is_so():
        if training.poll() is not None or time.monotonic() > end:
            return  # the test says what is missing
        time.sleep(0.02)
