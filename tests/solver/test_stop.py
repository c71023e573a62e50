"""A training as a process of its own, asked to stop or for a snapshot."""

from __future__ import annotations

import os
import signal

import pytest

from tests.solver.process import (
    check_files,
    final_files,
    iteration_of,
    newest_state,
    prepare,
    run_to_the_end,
    training,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_is_stopped_leaves_a_snapshot_to_go_on_from(number, code, tmp_path):
    folder = prepare(tmp_path / "stopped", "max_iter: 1000000")
    with training(folder) as running:
        assert running.wait_for(r"Iteration 7 ")
        running.send(number)
        assert running.end() == code
    assert any("Optimization stopped early." in line for line in running.log)
    assert not any("Traceback" in line for line in running.log)
    stopped_at = iteration_of(next(folder.glob("*.solverstate")))
    assert stopped_at >= 7

    unbroken = prepare(tmp_path / "unbroken", f"max_iter: {stopped_at + 6}")
    run_to_the_end(unbroken)
    run_to_the_end(folder, *newest_state(folder), "--max_iter", str(stopped_at + 6))
    assert final_files(folder, stopped_at + 6) == final_files(unbroken, stopped_at + 6)


def test_a_hangup_writes_a_snapshot_and_goes_on(tmp_path):
    folder = prepare(tmp_path, "max_iter: 1000000")
    with training(folder) as running:
        assert running.wait_for(r"Iteration 3 ")
        running.send(signal.SIGHUP)
        assert running.wait_for("Snapshotting solver state")
        assert running.wait_for(r"Iteration \d+ ")
        assert running.wait_for(r"Iteration \d+ ")
        assert running.process.poll() is None
    check_files(folder)
    assert len(list(folder.glob("*.solverstate"))) == 1


def test_effects_can_be_chosen(tmp_path):
    folder = prepare(tmp_path, "max_iter: 1000000")
    with training(folder, "--sigint_effect", "none", "--sighup_effect=stop") as running:
        assert running.wait_for(r"Iteration 3 ")
        for _ in range(3):
            running.send(signal.SIGINT)
            assert running.wait_for(r"Iteration \d+ ")
            assert running.wait_for(r"Iteration \d+ ")
        assert not list(folder.glob("*.solverstate"))
        running.send(signal.SIGHUP)
        assert running.end() == 130
    assert len(list(folder.glob("*.solverstate"))) == 1


# --- SIGTERM, from a batch system or a container --------------------------------------------------


def test_the_end_of_the_time_comes_within_a_test(tmp_path):
    folder = prepare(tmp_path, "max_iter: 1000000")
    solver = folder / "solver.prototxt"
    solver.write_text(solver.read_text().replace("test_iter: 2", "test_iter: 1000000"))
    with training(folder) as running:
        assert running.wait_for("Testing net")
        running.send(signal.SIGTERM)
        assert running.end() == 143
    assert any("Test interrupted." in line for line in running.log)
    check_files(folder)
    assert [path.name for path in folder.glob("*.solverstate")] == ["small_iter_0.solverstate"]


WAITING = """
import os, sys
import numpy as np
import blobnet
from blobnet.cli.logs import start_logging
from blobnet.cli.train_command import run_training

def samples():
    for number in range(6 * 20):
        if number == 6 * 8:
            print("no more data", file=sys.stderr, flush=True)
            while not os.path.exists("go"):
                pass
        yield np.full((1, 1, 4), number / 120), 0

start_logging()
solver = blobnet.get_solver("solver.prototxt")
solver.net.layers[0].set_iterable(samples, prefetch=int(sys.argv[1]))
sys.exit(run_training(solver))
"""
MEMORY_NET = """
    layer { name: "data" type: "MemoryData" top: "x" top: "y"
      memory_data_param { batch_size: 6 channels: 1 height: 1 width: 4 } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
      inner_product_param { num_output: 3 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "y" top: "loss" }
"""


@pytest.mark.parametrize("prefetch", ["0", "2"])
def test_the_end_of_the_time_comes_while_there_is_no_data(prefetch, tmp_path):
    folder = prepare(tmp_path)
    (folder / "net.prototxt").write_text(MEMORY_NET)
    (folder / "solver.prototxt").write_text(
        'net: "net.prototxt" base_lr: 0.1 lr_policy: "fixed" display: 1 max_iter: 1000000 '
        'snapshot_prefix: "small"'
    )
    with training(folder, prefetch, program=WAITING) as running:
        assert running.wait_for("no more data")
        running.send(signal.SIGTERM)
        (folder / "go").touch()
        assert running.end() == 143
    (state,) = folder.glob("*.solverstate")
    assert iteration_of(state) <= 9


def test_it_may_be_told_to_make_a_snapshot_only(tmp_path):
    folder = prepare(tmp_path, "max_iter: 1000000")
    with training(folder, "--sigterm_effect", "snapshot") as running:
        assert running.wait_for(r"Iteration 3 ")
        running.send(signal.SIGTERM)
        assert running.wait_for("Snapshotting solver state")
        assert running.wait_for(r"Iteration \d+ ")
        assert running.process.poll() is None
    check_files(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_asks_again_and_again_gets_the_snapshot(number, tmp_path):
    """Some batch systems, and shells, send the same signal more than once."""
    folder = prepare(tmp_path, "max_iter: 1000000")
    with training(folder) as running:
        assert running.wait_for(r"Iteration 3 ")
        running.send(number)
        assert running.wait_for("Snapshotting to")
        for _ in range(20):
            running.send(number)
        ended = running.end()  # the last of them may come after the training
    assert ended in (130, 143, -number)
    check_files(folder)
    (state,) = folder.glob("small_iter_*.solverstate")
    assert (folder / state.name.replace("solverstate", "caffemodel")).is_file()
    assert not list(folder.glob(".*"))
