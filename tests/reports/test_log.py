"""The lines that scripts read: those of Caffe's own tools are tried on them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from blobnet import SolverAction
from blobnet.glog.formatter import CaffeFormatter
from blobnet.reports import log as log_module
from blobnet.reports.log import IterationClock, log_iteration, log_outputs
from tests.solver.training import RANDOM_REGRESSION, make_solver

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
PREFIX = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ (\w+\.(?:cpp|py):\d+)\] ")
SHAPES = {
    "solving": r"Solving \S+",
    "policy": r"Learning Rate Policy: \w+",
    "testing": r"Iteration \d+, Testing net \(#\d+\)",
    "test output": rf"    Test net output #\d+: \S+ = {NUMBER}"
    rf"(?: \(\* {NUMBER} = {NUMBER} loss\))?",
    "iteration": rf"Iteration \d+ \({NUMBER} iter/s, {NUMBER}s/\d+ iters\), loss = {NUMBER}",
    "train output": rf"    Train net output #\d+: \S+ = {NUMBER}"
    rf"(?: \(\* {NUMBER} = {NUMBER} loss\))?",
    "rate": rf"Iteration \d+, lr = {NUMBER}",
    "weights": r"Snapshotting to (?:binary proto|HDF5) file \S+\.caffemodel(?:\.h5)?",
    "state": r"Snapshotting solver state to (?:binary proto|HDF5) file \S+\.solverstate(?:\.h5)?",
    "done": r"Optimization Done\.",
}
EXCERPT = Path(__file__).parents[3] / "shared" / "reference" / "log_excerpt.txt"


@pytest.fixture
def lines(caplog):
    """A function that gives the log so far, as the command line would print it."""
    caplog.set_level("INFO", "blobnet.solver")
    return lambda: [CaffeFormatter().format(record) for record in caplog.records]


def messages(lines):
    return [PREFIX.sub("", line) for line in lines]


def shape_of(line):
    """The name of the one shape that a line has."""
    prefix = PREFIX.match(line)
    assert prefix, line
    names = [name for name, shape in SHAPES.items() if re.fullmatch(shape, line[prefix.end() :])]
    assert len(names) == 1, line
    return names[0]


@pytest.mark.skipif(not EXCERPT.is_file(), reason=f"no log of Caffe's own at {EXCERPT}")
def test_the_shapes_are_those_of_caffe():
    found = {shape_of(line) for line in EXCERPT.read_text().splitlines()}
    assert found == set(SHAPES)


@pytest.mark.parametrize("snapshot_format", ["BINARYPROTO", "HDF5"])
def test_a_training_prints_caffes_lines(snapshot_format, lines, tmp_path):
    solver = make_solver(
        settings="max_iter: 4 display: 2 test_iter: 2 test_interval: 4 snapshot: 4 "
        f'snapshot_format: {snapshot_format} snapshot_prefix: "{tmp_path}/small"'
    )
    solver.solve()
    log = lines()
    assert [shape_of(line) for line in log if "Iteration 4, loss" not in line] == [
        "solving", "policy",
        "testing", "test output",
        "iteration", "train output", "rate",
        "iteration", "train output", "rate",
        "weights", "state",
        "testing", "test output",
        "done",
    ]  # fmt: skip
    assert f"Iteration 4, loss = {solver.smoothed_loss:g}" in messages(log)


def test_the_log_names_caffes_places(lines, tmp_path):
    solver = make_solver(
        settings="max_iter: 2 display: 1 test_iter: 1 test_interval: 2 "
        f'snapshot_prefix: "{tmp_path}/small"'
    )
    solver.solve()
    places = {
        shape_of(line): PREFIX.match(line).group(1)
        for line in lines()
        if "Iteration 2, loss" not in line
    }
    assert places == {
        "solving": "solver.cpp:289",
        "policy": "solver.cpp:290",
        "testing": "solver.cpp:347",
        "test output": "solver.cpp:414",
        "iteration": "solver.cpp:239",
        "train output": "solver.cpp:258",
        "rate": "sgd_solver.cpp:112",
        "weights": "solver.cpp:464",
        "state": "sgd_solver.cpp:284",
        "done": "solver.cpp:332",
    }
    loss = next(line for line in lines() if "Iteration 2, loss" in line)
    assert "solver.cpp:327] Iteration 2, loss" in loss


@pytest.mark.skipif(not EXCERPT.is_file(), reason=f"no log of Caffe's own at {EXCERPT}")
def test_the_places_are_those_of_caffe(lines, tmp_path):
    solver = make_solver(
        settings="max_iter: 2 display: 1 test_iter: 1 test_interval: 2 "
        f'snapshot_prefix: "{tmp_path}/small"'
    )
    solver.solve()
    ours = {shape_of(line): PREFIX.match(line).group(1) for line in lines()[:-4]}
    for line in EXCERPT.read_text().splitlines():
        assert ours.get(shape_of(line)) in (None, PREFIX.match(line).group(1))


def test_caffes_log_reader_finds_its_numbers(lines):
    """The very expressions of tools/extra/parse_log.py."""
    solver = make_solver(settings="display: 1 test_iter: 1 test_interval: 2")
    solver.step(3)
    text = "\n".join(lines())
    assert re.findall(r"Iteration (\d+)", text)[:2] == ["0", "0"]
    assert len(re.findall(r"Train net output #(\d+): (\S+) = ([\.\deE+-]+)", text)) == 3
    assert len(re.findall(r"Test net output #(\d+): (\S+) = ([\.\deE+-]+)", text)) == 2
    rates = re.findall(r"lr = ([-+]?[0-9]*\.?[0-9]+([eE]?[-+]?[0-9]+)?)", text)
    assert [rate for rate, _ in rates] == ["0.05"] * 3


def test_numbers_have_six_digits_as_in_cpp(lines):
    log_iteration(100, 2.35, 100, 100, 0.17428799)
    log_outputs("Train", [("loss", 0.17428799, 0.5), ("prob", 1234567.0, 0)])
    assert messages(lines()) == [
        "Iteration 100 (42.5532 iter/s, 2.35s/100 iters), loss = 0.174288",
        "    Train net output #0: loss = 0.174288 (* 0.5 = 0.087144 loss)",
        "    Train net output #1: prob = 1.23457e+06",
    ]


def test_a_lap_is_counted_from_the_last_line_on(monkeypatch):
    times = iter([0, 10, 12, 17])
    monkeypatch.setattr(log_module.time, "perf_counter", lambda: next(times))
    clock = IterationClock()
    clock.restart(100)
    assert clock.lap(104) == (2, 4)
    assert clock.lap(105) == (5, 1)


def test_no_time_at_all_is_no_reason_to_fail(lines):
    log_iteration(0, 0.0, 0, 100, 2.5)
    assert messages(lines()) == ["Iteration 0 (0 iter/s, 0s/100 iters), loss = 2.5"]


def test_outputs_come_in_the_order_of_their_names_and_values_in_theirs(lines):
    more = """
        layer { name: "ip3" type: "InnerProduct" bottom: "x" top: "another"
          inner_product_param { num_output: 1 weight_filler { type: "xavier" } } }
    """
    solver = make_solver(RANDOM_REGRESSION + more, "display: 1")
    solver.step(1)
    found = re.findall(r"output #(\d+): (\S+) =", "\n".join(lines()))
    assert found == [*((str(i), "another") for i in range(6)), ("6", "loss")]


def test_the_loss_of_a_test_is_told_where_it_is_asked_for(lines):
    settings = "test_iter: 3 test_interval: 1 test_compute_loss: true"
    make_solver(settings=settings).step(1)
    told = messages(lines())
    loss = next(line for line in told if line.startswith("Test loss: "))
    score = next(line for line in told if "Test net output" in line)
    assert float(loss.split()[-1]) == pytest.approx(float(score.split()[6]), rel=1e-5)


def test_a_test_without_passes_prints_no_output(lines):
    settings = "test_iter: 0 test_interval: 1 test_compute_loss: true"
    make_solver(settings=settings).step(1)
    assert messages(lines()) == ["Iteration 0, Testing net (#0)"]


def test_a_stop_within_a_test_prints_no_scores(lines, tmp_path):
    settings = f'test_iter: 3 test_interval: 1 snapshot_prefix: "{tmp_path}/s"'
    solver = make_solver(settings=settings)
    solver.set_action_function(lambda: SolverAction.STOP)
    solver.solve()
    told = messages(lines())
    assert "Test interrupted." in told
    assert told[-1] == "Optimization stopped early."
    assert not any("Test net output" in line for line in told)
