from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.cli import main, train_command
from blobnet.cli.logs import start_logging
from blobnet.cli.train_command import run_training
from blobnet.solver import Solver, SolverCallback
from tests.cli.conftest import NET, SOLVER
from tests.cli.terminal import on_a_terminal


class At(SolverCallback):
    """Does something after the update of one iteration."""

    def __init__(self, iteration: int, action: Callable[[], object]) -> None:
        self.iteration, self.action = iteration, action

    def on_update(self, solver: Solver) -> None:
        if solver.iter == self.iteration:
            self.action()


@pytest.fixture
def interrupt_at(monkeypatch):
    """A function: what trains next gets a SIGINT after that iteration."""

    def prepare(iteration: int) -> None:
        made = train_command.get_solver

        def get_solver(*args, **options):
            solver = made(*args, **options)
            solver.add_callback(At(iteration, lambda: signal.raise_signal(signal.SIGINT)))
            return solver

        monkeypatch.setattr(train_command, "get_solver", get_solver)

    return prepare


def weights_in(path: Path | str) -> list[np.ndarray]:
    net = blobnet.Net("net.prototxt", phase="TEST", weights=str(path))
    return [blob.data.copy() for blobs in net.params.values() for blob in blobs]


def assert_same(some: list[np.ndarray], others: list[np.ndarray]) -> None:
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one, other)


# --- a training -----------------------------------------------------------------------------------


def test_a_training_logs_in_caffes_words_and_leaves_a_snapshot(tiny, run):
    ran = run("train", "--solver", "solver.prototxt")
    assert (ran.code, ran.out) == (0, "")
    number = r"[-+.e\d]+"
    words = [
        "Use CPU.",
        "Starting Optimization",
        "Solving tiny",
        "Learning Rate Policy: fixed",
        r"Iteration 0, Testing net \(#0\)",
        rf"    Test net output #0: loss = {number} \(\* 1 = {number} loss\)",
        rf"Iteration 0 \({number} iter/s, {number}s/2 iters\), loss = {number}",
        rf"    Train net output #0: loss = {number} \(\* 1 = {number} loss\)",
        "Iteration 0, lr = 0.01",
    ]
    for message, pattern in zip(ran.log, words, strict=False):
        assert re.fullmatch(pattern, message)
    assert ran.log[-2:] == ["Optimization Done.", "Optimization Done."]  # the solver's and ours
    assert (tiny / "tiny_iter_4.caffemodel").is_file()
    assert (tiny / "tiny_iter_4.solverstate").is_file()


@pytest.mark.parametrize("words", [["-solver=solver.prototxt"], ["-solver", "solver.prototxt"]])
def test_caffes_spelling_trains_too(words, tiny, run):
    assert run("train", *words).code == 0
    assert (tiny / "tiny_iter_4.solverstate").is_file()


def test_max_iter_replaces_the_solvers(tiny, run):
    assert run("train", "--solver", "solver.prototxt", "--max_iter", 3).code == 0
    assert sorted(path.name for path in tiny.glob("*.solverstate")) == ["tiny_iter_3.solverstate"]


def test_settings_are_changed_by_name(tiny, run):
    words = ("--set", "max_iter=2", "--set", "snapshot_prefix=other", "--set", "lr_policy=fixed")
    ran = run("train", "--solver", "solver.prototxt", *words, "--set", "base_lr=0.25")
    assert ran.code == 0
    assert "Iteration 0, lr = 0.25" in ran.log
    assert (tiny / "other_iter_2.solverstate").is_file()


def test_a_setting_that_there_is_not_is_explained_before_the_training(tiny, run):
    ran = run("train", "--solver", "solver.prototxt", "--set", "bas_lr=1")
    assert ran.code == 1
    assert "did you mean base_lr?" in ran.err
    assert not list(tiny.glob("*.caffemodel"))


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_the_log_goes_into_a_file_too(quiet, tiny, run):
    ran = run("train", "--solver", "solver.prototxt", "--log", "run.log", *quiet)
    assert ran.code == 0
    lines = (tiny / "run.log").read_text().splitlines()
    assert lines[-1].endswith("] Optimization Done.")
    assert ("Optimization Done." in ran.err) == (not quiet)


def test_the_best_snapshot_is_kept_and_patience_ends_the_training(tiny, run):
    words = ("--keep-best", "loss", "--patience", 1)
    assert run("train", "--solver", "solver.prototxt", "--patience", 1).code == 2
    ran = run(
        "train", "--solver", "solver.prototxt", *words, "--set", "base_lr=0",
        "--set", "test_interval=2", "--set", "max_iter=9", "--set", "test_iter=1",
    )  # fmt: skip
    assert ran.code == 0
    assert (tiny / "tiny_best.solverstate").is_file()
    assert any("tests without a better loss" in line for line in ran.log)


def test_a_quiet_training_says_nothing_and_trains(tiny, run):
    assert run("train", "--solver", "solver.prototxt", "--quiet") == (0, "", "")
    assert (tiny / "tiny_iter_4.solverstate").is_file()


def test_a_quiet_training_shows_nothing_on_a_terminal_either(tiny, run):
    with on_a_terminal() as terminal:
        assert run("train", "--solver", "solver.prototxt", "-quiet").code == 0
    assert terminal.getvalue() == ""


def test_a_quiet_training_still_explains_its_errors(tiny, run):
    ran = run("train", "--solver", "nix.prototxt", "--quiet")
    assert ran.code == 1
    assert "nix.prototxt" in ran.err


def test_events_for_tensorboard_are_written_on_request(tiny, run):
    pytest.importorskip("tensorboardX")
    from tests.viz.event_reader import values_in

    ran = run("train", "--solver", "solver.prototxt", "--tensorboard", "my runs")
    assert ran.code == 0
    message = "Writing events for TensorBoard; to look at them: tensorboard --logdir 'my runs'"
    assert message in ran.log
    found = values_in(tiny / "my runs")
    assert [step for step, _ in found["loss"]] == [0, 2]
    assert [step for step, _ in found["test/loss"]] == [0, 2, 4]
    assert [step for step, _ in found["changes/ip/0"]] == [0, 2]


def test_a_folder_for_events_that_cannot_be_written_is_explained(tiny, run):
    pytest.importorskip("tensorboardX")
    ran = run("train", "--solver", "solver.prototxt", "--tensorboard", "net.prototxt/runs")
    check_explained(ran, ["net.prototxt", "events for TensorBoard", "fix:"])


def test_level_and_stage_choose_the_layers(tiny, run):
    extra = """
        layer { name: "only_staged" type: "Silence" bottom: "ip" include { stage: "wide" } }
        layer { name: "only_high" type: "Silence" bottom: "ip" include { min_level: 2 } }
    """
    net = NET + extra + 'layer { name: "kept" type: "Silence" bottom: "y" }'
    (tiny / "net.prototxt").write_text(net)

    def layers(*words):
        assert run("train", "--solver", "solver.prototxt", "--max_iter", 1, *words).code == 0
        stored = blobnet.proto.NetParameter()
        stored.ParseFromString((tiny / "tiny_iter_1.caffemodel").read_bytes())
        return {layer.name for layer in stored.layer} & {"only_staged", "only_high", "kept"}

    assert layers() == {"kept"}
    assert layers("--stage", "other,wide") == {"kept", "only_staged"}
    assert layers("--level", 2) == {"kept", "only_high"}


# --- where it starts ------------------------------------------------------------------------------


def test_weights_are_where_it_starts(weights, run):
    ran = run("train", "--solver", "solver.prototxt", "--weights", weights, "--max_iter", 0)
    assert ran.code == 0
    assert f"Finetuning from {weights}" in ran.log
    assert_same(weights_in("tiny_iter_0.caffemodel"), weights_in(weights))


def test_a_snapshot_goes_on_to_the_same_weights(tiny, run):
    assert run("train", "--solver", "solver.prototxt").code == 0
    unbroken = weights_in("tiny_iter_4.caffemodel")
    assert run("train", "--solver", "solver.prototxt", "--max_iter", 2).code == 0
    (tiny / "tiny_iter_4.caffemodel").unlink()
    state = "tiny_iter_2.solverstate"
    ran = run("train", "--solver", "solver.prototxt", "--snapshot", state)
    assert ran.code == 0
    assert f"Resuming from {state}" in ran.log
    assert not any("Nothing is left" in message for message in ran.log)
    assert_same(weights_in("tiny_iter_4.caffemodel"), unbroken)


def test_a_snapshot_of_the_end_says_that_nothing_is_left(tiny, run):
    assert run("train", "--solver", "solver.prototxt").code == 0
    words = ("train", "--solver", "solver.prototxt", "--snapshot", "tiny_iter_4.solverstate")
    ran = run(*words)
    assert ran.code == 0
    assert (
        "Nothing is left to train: the snapshot is of iteration 4, max_iter is 4; "
        "--max_iter N goes on to iteration N"
    ) in ran.log


def test_snapshot_and_weights_exclude_each_other(run):
    ran = run("train", "--solver", "x", "--snapshot", "y", "--weights", "z")
    assert ran.code == 2
    assert "Give a snapshot to resume training or weights to finetune but not both." in ran.err


# --- interrupted ----------------------------------------------------------------------------------


def test_an_interrupt_tells_how_to_go_on_and_that_works(tiny, run, interrupt_at):
    assert run("train", "--solver", "solver.prototxt", "--max_iter", 6).code == 0
    unbroken = weights_in("tiny_iter_6.caffemodel")
    (tiny / "my solver.prototxt").write_text(SOLVER.replace('"tiny"', '"my tiny"'))
    interrupt_at(3)
    ran = run("train", "--solver", "my solver.prototxt", "--max_iter", 6, "--stage", "wide")
    assert ran.code == 130
    assert "Traceback" not in ran.err
    told, command = ran.log[-1].split("; to go on: ")
    assert told == "Stopped at iteration 3"
    words = shlex.split(command)
    assert words[:6] == [
        "blobnet", "train", "--solver", "my solver.prototxt", "--snapshot",
        "my tiny_iter_3.solverstate",
    ]  # fmt: skip
    assert words[6:] == ["--max_iter", "6", "--stage", "wide"]
    interrupt_at(-1)
    assert run(*words[1:]).code == 0
    assert_same(weights_in("my tiny_iter_6.caffemodel"), unbroken)


def test_what_caffe_began_goes_on_with_caffe(tiny, capsys, interrupt_at):
    interrupt_at(3)
    assert main(["train", "--solver=solver.prototxt"], "caffe") == 130
    assert "; to go on: caffe train --solver solver.prototxt" in capsys.readouterr().err


def test_what_goes_on_does_so_with_its_events_and_as_quietly(tiny, run, interrupt_at, monkeypatch):
    pytest.importorskip("tensorboardX")
    monkeypatch.setattr(train_command, "start_logging", lambda file=None, *, quiet: start_logging())
    interrupt_at(3)
    ran = run(
        "train", "--solver", "solver.prototxt", "--tensorboard", "runs", "--quiet", "--threads", 2,
        "--import", "json", "--import", "os.path",
    )  # fmt: skip
    assert ran.code == 130
    command = ran.log[-1].split("; to go on: ")[1]
    assert shlex.split(command)[6:] == [
        "--import", "json", "--import", "os.path",
        "--threads", "2", "--tensorboard", "runs", "--quiet",
    ]  # fmt: skip
    interrupt_at(-1)
    assert run(*shlex.split(command)[1:]).code == 0


def test_an_interrupt_without_a_snapshot_says_so(tiny, run, interrupt_at):
    (tiny / "solver.prototxt").write_text(SOLVER + "snapshot_after_train: false")
    interrupt_at(1)
    ran = run("train", "--solver", "solver.prototxt")
    assert ran.code == 130
    assert ran.log[-1] == "Stopped at iteration 1 without a snapshot"
    assert not list(tiny.glob("*.solverstate"))


def test_sigint_effect_snapshot_goes_on(tiny, run, interrupt_at):
    interrupt_at(1)
    ran = run("train", "--solver", "solver.prototxt", "--sigint_effect", "snapshot")
    assert ran.code == 0
    assert (tiny / "tiny_iter_1.solverstate").is_file()
    assert (tiny / "tiny_iter_4.solverstate").is_file()


def test_signals_are_as_before_afterwards(tiny):
    before = signal.getsignal(signal.SIGINT)
    solver = blobnet.get_solver("solver.prototxt")
    seen = []
    solver.add_callback(At(1, lambda: seen.append(signal.getsignal(signal.SIGINT))))
    assert run_training(solver) == 0
    assert seen[0] != before
    assert signal.getsignal(signal.SIGINT) == before


# --- a GPU that is asked for ----------------------------------------------------------------------


AS_RANKS = "several processes train together as: mpiexec -n {} blobnet train ..."


@pytest.mark.parametrize(
    ("setting", "words", "message"),
    [
        ("", [], "Use CPU."),
        ("solver_mode: CPU", [], "Use CPU."),
        ("solver_mode: GPU", [], "solver_mode: GPU: blobnet runs on the CPU"),
        ("", ["-gpu", "0"], "--gpu 0: blobnet runs on the CPU"),
        ("", ["-gpu", "all"], f"--gpu all: blobnet runs on the CPU; {AS_RANKS.format('N')}"),
        (
            "solver_mode: GPU",
            ["--gpu=0,1"],
            f"--gpu 0,1: blobnet runs on the CPU; {AS_RANKS.format(2)}",
        ),
    ],
)
def test_the_cpu_is_named_once_and_trains(setting, words, message, tiny, run):
    (tiny / "solver.prototxt").write_text(SOLVER + setting)
    ran = run("train", "--solver", "solver.prototxt", *words)
    assert ran.code == 0
    assert [text for text in ran.log if "CPU" in text] == [message]
    severity = next(line[0] for line in ran.err.splitlines() if line.endswith(message))
    assert severity == ("I" if message == "Use CPU." else "W")


# --- files that do not do -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("base_lr", "bse_lr", ["solver.prototxt:2:", 'no field named "bse_lr"', "base_lr or"]),
        ('"fixed"', '"fxed"', ['"fxed"', "did you mean fixed?"]),
        ('"net.prototxt"', '"nix.prototxt"', ["nix.prototxt: cannot be read", "current folder"]),
        ('"tiny"', '"no/tiny" snapshot: 1', ["no/tiny", "exists and is writable"]),
    ],
)
def test_a_solver_that_does_not_do_is_explained(old, new, words, tiny, run):
    (tiny / "solver.prototxt").write_text(SOLVER.replace(old, new))
    check_explained(run("train", "--solver", "solver.prototxt"), words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"InnerProduct"', '"InerProduct"', ['"InerProduct"', "InnerProduct"]),
        ('bottom: "ip"', 'bottom: "pi"', ["'pi'", "'loss'"]),
        ("num_output", "num_outputs", ["net.prototxt:7:", "did you mean num_output?"]),
    ],
)
def test_a_net_that_does_not_do_is_explained(old, new, words, tiny, run):
    (tiny / "net.prototxt").write_text(NET.replace(old, new))
    check_explained(run("train", "--solver", "solver.prototxt"), words)


def test_a_database_that_is_missing_is_explained(tiny, run):
    data = 'layer { name: "d" type: "Data" top: "d" data_param { source: "no_lmdb" backend: LMDB'
    (tiny / "net.prototxt").write_text(NET + data + " batch_size: 1 } }")
    ran = run("train", "--solver", "solver.prototxt")
    check_explained(ran, ["no_lmdb", "no such folder", "current folder"])


@pytest.mark.parametrize("option", ["--weights", "--snapshot"])
@pytest.mark.parametrize("damage", ["missing", "cut short", "foreign"])
def test_a_file_to_start_from_that_does_not_do_is_explained(option, damage, tiny, run):
    assert run("train", "--solver", "solver.prototxt").code == 0
    kind = "caffemodel" if option == "--weights" else "solverstate"
    good = (tiny / f"tiny_iter_4.{kind}").read_bytes()
    if damage != "missing":
        (tiny / "bad").write_bytes(good[: len(good) // 2] if damage == "cut short" else b"net {}")
    ran = run("train", "--solver", "solver.prototxt", option, "bad")
    check_explained(ran, ["bad", "fix:"])


def check_explained(ran, words):
    assert ran.code == 1
    explanation = ran.err[ran.err.index("blobnet: ") :]
    for word in words:
        assert word in explanation
    assert "Traceback" not in ran.err
