"""Two hosts, as network namespaces of this machine, whose link is cut while they work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import blobnet
from tests.distributed.engines import PREFIX, SECONDS, each_engine
from tests.solver.training import RANDOM_REGRESSION, REGRESSION, SETTINGS
from tests.sources.image_files import write_list, write_png

TWO_HOSTS = Path(blobnet.__file__).parents[1] / "scripts" / "two_hosts"
LIMIT = "3"  # seconds without a sign of life
MANY = 1_000_000

COMMANDS = {
    "train": "train --solver solver.prototxt",
    "test": f"test --model net.prototxt --weights net.caffemodel --iterations {MANY}",
    "features": f"extract_features net.caffemodel net.prototxt ip2 features.lmdb {MANY} lmdb",
    "predict": f"predict --scale 1 deploy.prototxt net.caffemodel {'a.png ' * (MANY // 50)}",
    "convert_imageset": "convert_imageset ./ list.txt images.lmdb",
}
"""Name to words; each has much more to do than there is time for."""

BEGUN = {
    "train": "Snapshotting to binary proto file it_iter_4.",
    "test": "Batch 20,",
    "features": "Extracting Features",
    "predict": "a.png",
    "convert_imageset": "A total of",
}
"""What a command has told when all work."""


def can_make_hosts():
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/dev/net/tun").exists()):
        return False
    if not (shutil.which("ip") and shutil.which("unshare") and TWO_HOSTS.exists()):
        return False
    name = f"blobnet-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode == 0
    return made and subprocess.run(["ip", "netns", "del", name]).returncode == 0


DEPLOY = """
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 1, 2, 2] } } }
    layer { name: "prob" type: "Softmax" bottom: "ip2" top: "prob" }
"""


@pytest.fixture
def folder(tmp_path):
    write_png(tmp_path / "a.png", np.zeros((3, 2, 2), np.uint8))
    write_list(tmp_path / "list.txt", ["a.png 0"] * (MANY // 10))
    (tmp_path / "net.prototxt").write_text(RANDOM_REGRESSION)
    data, prob = DEPLOY.strip().splitlines()
    hidden = REGRESSION.partition('layer { name: "loss"')[0]
    (tmp_path / "deploy.prototxt").write_text(data + hidden + prob)
    blobnet.Net(str(tmp_path / "net.prototxt"), "TEST").save(tmp_path / "net.caffemodel")
    settings = SETTINGS.replace("max_iter: 20", f"max_iter: {MANY}")
    (tmp_path / "solver.prototxt").write_text(
        f'net: "net.prototxt" snapshot: 4 snapshot_prefix: "it" {settings}'
    )
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
@each_engine
def test_a_host_that_is_lost_ends_the_work_on_the_other(engine, command, folder):
    if not can_make_hosts():
        pytest.skip("needs root on Linux, TUN, ip netns and unshare")
    words = [str(TWO_HOSTS), "--delay", "2", "--loss", "0.5", "--cut", str(folder / "cut")]
    words += ["--mpi", engine.name, sys.executable, "-m", "blobnet", *COMMANDS[command].split()]
    path = os.pathsep.join([str(PREFIX / "bin"), os.environ["PATH"]])
    variables = {"BLOBNET_RANK_TIMEOUT": LIMIT, "NUMBA_DISABLE_JIT": "1", "PATH": path}
    told = folder / "told.txt"
    with told.open("w") as out:
        work = subprocess.Popen(
            words,
            cwd=folder,
            env=engine.environment() | variables,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(work, lambda: BEGUN[command] in told.read_text())
        assert len(ranks_in(folder)) == 2, told.read_text()
        (folder / "cut").touch()
        wait_until(work, lambda: not ranks_in(folder))
        assert ranks_in(folder) == []
    finally:
        work.terminate()  # MPI's launcher itself may wait for the host that is lost
    assert work.wait(SECONDS) != 0
    output = told.read_text()
    lost = output.index("blobnet: rank 0 on ")
    assert "rank 1 is lost" in output[lost:]
    to_go_on = "to go on from the last snapshot: mpiexec -n 2 blobnet train --solver"
    assert (to_go_on in output[lost:]) == (command == "train")


def ranks_in(folder):
    """The processes that work there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes()
            if (process / "cwd").resolve() == folder and words.startswith(sys.executable.encode()):
                found.append(process.name)
    return found


def wait_until(work, is_so):
    end = time.monotonic() + SECONDS
    while not is_so():
        if work.poll() is not None or time.monotonic() > end:
            return  # the test says what is missing
        time.sleep(0.02)
