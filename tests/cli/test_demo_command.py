from __future__ import annotations

import re
import shlex
import signal
import sys

import numpy as np
import pytest

import blobnet
from blobnet.cli import demo_command
from blobnet.solver.history import TrainingHistory
from tests.cli.digits import write_mnist
from tests.cli.terminal import on_a_terminal

FILES = {
    "curves.png",
    "deploy.prototxt",
    "mnist_test_lmdb",
    "mnist_train_lmdb",
    "solver.prototxt",
    "train.log",
    "train_test.prototxt",
}

DATA = """
    layer { name: "d" type: "Data" top: "data"
      data_param { source: "%s" batch_size: 1 backend: LMDB } }
"""


@pytest.fixture
def demo(tmp_path, monkeypatch, run):
    """A function that runs the demo on few digits, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    write_mnist(tmp_path / "digits")

    def run_demo(*words):
        return run("demo", "lenet5", "--data", "digits", *words)

    return run_demo


@pytest.fixture
def interrupted(monkeypatch):
    """The demo gets a SIGINT: after the second update, or in the very first test."""

    def interrupt(hook):
        class Interrupting(TrainingHistory):
            def on_update(self, solver):
                super().on_update(solver)
                if hook == "on_update" and solver.iter == 2:
                    signal.raise_signal(signal.SIGINT)

            def on_test(self, solver, test_net_id, scores):
                super().on_test(solver, test_net_id, scores)
                if hook == "on_test":
                    solver.request_early_exit()
                    signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(demo_command, "TrainingHistory", Interrupting)

    return interrupt


def commands_in(text):
    """The commands that a person would paste into a shell."""
    return [shlex.split(line) for line in text.splitlines() if line.startswith("    blobnet ")]


# --- what a person sees ---------------------------------------------------------------------------


def test_everything_is_written_and_told(demo, tmp_path):
    ran = demo("--iterations", 4)
    assert ran.code == 0
    snapshots = {
        f"lenet5_iter_{n}.{kind}" for n in (2, 4) for kind in ("caffemodel", "solverstate")
    }
    assert {path.name for path in (tmp_path / "lenet5_demo").iterdir()} == FILES | snapshots
    lines = ran.out.splitlines()
    assert lines[0] == "data: MNIST from digits (--data)"
    assert "2 pixels around" in lines[1]
    assert lines[2] == "LeNet-5 learns from 30 digits, and is tested on 20 others"
    assert re.fullmatch(r"trained for 4 iterations in \d+\.\d s", lines[4])
    assert re.fullmatch(r"test accuracy: \d+\.\d\d %", lines[5])
    told = {line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "}
    assert FILES | {"lenet5_iter_4.caffemodel", "lenet5_iter_4.solverstate"} <= told
    assert max(map(len, lines[: lines.index("next:")])) <= 80


def test_the_log_is_a_file_and_where_there_is_no_terminal_on_stderr_too(demo, tmp_path):
    ran = demo("--iterations", 2)
    log = (tmp_path / "lenet5_demo" / "train.log").read_text()
    assert log == ran.err
    assert "Solving LeNet" in ran.log
    assert "Optimization Done." in ran.log


def test_on_a_terminal_the_tests_are_listed_and_the_log_is_only_in_the_file(demo, tmp_path):
    with on_a_terminal() as terminal:
        ran = demo("--iterations", 2)
    assert ran.code == 0
    for iteration in (0, 2):
        start = f"test at {iteration}: accuracy "
        assert any(line.startswith(start) for line in terminal.lines)
    assert "Solving" not in terminal.getvalue()
    assert "Solving LeNet" in (tmp_path / "lenet5_demo" / "train.log").read_text()
    assert "files in lenet5_demo:" in ran.out


def test_it_learns(demo):
    ran = demo("--iterations", 30)
    accuracy = re.search(r"test accuracy: (\S+) %", ran.out).group(1)
    assert float(accuracy) > 50  # of ten kinds, in 30 iterations


def test_a_second_run_replaces_the_first(demo, tmp_path):
    first = demo("--iterations", 4)
    picture = (tmp_path / "lenet5_demo" / "curves.png").read_bytes()
    second = demo("--iterations", 2)
    assert (first.code, second.code) == (0, 0)
    assert (tmp_path / "lenet5_demo" / "train.log").read_text() == second.err
    assert (tmp_path / "lenet5_demo" / "curves.png").read_bytes() != picture
    assert "iter_4" not in second.out


def test_the_same_run_twice_gives_the_same_weights(demo, tmp_path):
    for name in "ab":
        assert demo("--iterations", 2, "--out", name).code == 0
    a, b = (
        blobnet.Net(
            f"{name}/deploy.prototxt", phase="TEST", weights=f"{name}/lenet5_iter_2.caffemodel"
        )
        for name in "ab"
    )
    np.testing.assert_array_equal(a.params["ip2"][0].data, b.params["ip2"][0].data)
    assert np.ptp(a.params["ip2"][0].data) > 0


# --- what to do next ------------------------------------------------------------------------------


def test_the_next_commands_work_as_they_stand_even_with_spaces(demo, run, tmp_path):
    ran = demo("--iterations", 3, "--out", "my own/demo $1")
    assert ran.code == 0
    train, test = commands_in(ran.out)
    folder = tmp_path / "my own" / "demo $1"
    assert not (folder / "lenet5_iter_6.solverstate").exists()
    resumed = run(*train[1:])
    assert resumed.code == 0
    assert (folder / "lenet5_iter_6.solverstate").is_file()
    tested = run(*test[1:])
    assert tested.code == 0
    accuracy = float(tested.log[-2].removeprefix("accuracy = "))
    assert f"test accuracy: {100 * accuracy:.2f} %" in ran.out


def test_an_interrupt_tells_what_there_is_and_how_to_go_on(
    demo, run, interrupted, tmp_path, monkeypatch
):
    monkeypatch.setattr(demo_command, "SHORTEST_TEST_INTERVAL", 1)
    interrupted("on_update")
    ran = demo("--iterations", 5)
    assert ran.code == 130
    assert "Traceback" not in ran.err
    assert "\ninterrupted after 2 of 5 iterations\n" in ran.out
    assert "test accuracy at iteration 1: " in ran.out
    assert "lenet5_iter_2.solverstate" in ran.out
    assert (tmp_path / "lenet5_demo" / "curves.png").is_file()
    train, _ = commands_in(ran.out)
    assert run(*train[1:]).code == 0
    assert (tmp_path / "lenet5_demo" / "lenet5_iter_5.solverstate").is_file()


def test_an_interrupt_before_anything_was_learned_offers_no_snapshot(demo, interrupted):
    interrupted("on_test")
    ran = demo("--iterations", 5)
    assert ran.code == 130
    assert "\ninterrupted after 0 of 5 iterations\n" in ran.out
    assert "run the demo again" in ran.out
    assert commands_in(ran.out) == []
    assert "solverstate" not in ran.out


def test_without_matplotlib_there_is_no_picture_and_a_way_to_get_one(demo, monkeypatch, tmp_path):
    def missing(*args):
        raise blobnet.MissingExtraError(
            'drawing needs matplotlib\n  fix: pip install "blobnet[plot]"'
        )

    (tmp_path / "lenet5_demo").mkdir()
    (tmp_path / "lenet5_demo" / "curves.png").write_bytes(b"the picture of an earlier run")
    monkeypatch.setattr(demo_command, "save_training_curves", missing)
    ran = demo("--iterations", 1)
    assert ran.code == 0
    assert 'pip install "blobnet[plot]"' in ran.out
    assert not (tmp_path / "lenet5_demo" / "curves.png").exists()
    assert "curves.png" not in ran.out


# --- which digits ---------------------------------------------------------------------------------


def test_without_mnist_the_digits_on_board_are_taken(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BLOBNET_DATA", raising=False)
    monkeypatch.setattr("blobnet.datasets.mnist.cache_folder", lambda: tmp_path / "cache")
    ran = run("demo", "lenet5", "--no-download", "--iterations", 1)
    assert ran.code == 0
    assert "MNIST: no download: it was not wanted\n" in ran.out
    assert "LeNet-5 learns from 1,437 digits, and is tested on 360 others\n" in ran.out
    assert "--iterations 4\n" in ran.out  # 4 batches of 90 are all 360


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--data", "nowhere"], "blobnet: no MNIST in nowhere"),
        (["--out", "file/demo"], "blobnet: cannot write a store in file/demo"),
        (["--out", "taken"], "taken/mnist_train_lmdb exists already"),
        (["--out", "odd"], "train.log: "),
    ],
)
def test_folders_that_do_not_do_are_explained(words, told, demo, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "taken" / "mnist_train_lmdb").mkdir(parents=True)
    (tmp_path / "taken" / "mnist_train_lmdb" / "letters").touch()
    (tmp_path / "odd" / "train.log").mkdir(parents=True)
    ran = demo("--iterations", 1, *words)
    assert ran.code == 1
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert (tmp_path / "taken" / "mnist_train_lmdb" / "letters").is_file()


def test_the_images_that_are_moved_about_have_a_border(demo):
    assert demo("--iterations", 1).code == 0
    for name in ("train", "test"):
        net = blobnet.Net(blobnet.parse_net(DATA % f"lenet5_demo/mnist_{name}_lmdb"), phase="TEST")
        assert net.blobs["data"].shape == (1, 1, 32, 32)


# --- examples that are scripts --------------------------------------------------------------------


@pytest.fixture
def script(tmp_path, monkeypatch):
    """A folder with an example that echoes, beside those that are there."""
    (tmp_path / "helper_of_echo.py").write_text("WORD = 'heard'")
    (tmp_path / "echo_script.py").write_text(
        "import blobnet\nimport click\nfrom blobnet.cli.options import threads_option\n"
        "from helper_of_echo import WORD\n"
        "@click.command('echo_script')\n"
        "@click.option('--code', type=int, default=0)\n"
        "@threads_option\n"
        "def command(code):\n"
        "    print(WORD, code, blobnet.num_threads())\n"
        "    return code\n"
    )
    monkeypatch.setattr(demo_command, "example_model", lambda name: tmp_path)
    monkeypatch.setitem(demo_command.SCRIPTS, "echo_script", "Echo.")
    yield
    for name in ("echo_script", "helper_of_echo"):
        sys.modules.pop(name, None)


def test_a_script_gets_its_options_and_gives_its_exit_code(script, run):
    path = list(sys.path)
    ran = run("demo", "echo_script", "--code", "3", "--threads", "5")
    assert (ran.code, ran.out) == (3, "heard 3 5\n")
    ran = run("demo", "echo_script", "--cod", "x")
    assert ran.code == 2
    assert "o such option" in ran.err
    assert "--code" in ran.err
    assert sys.path == path


def test_another_name_is_told_the_nearest(run):
    ran = run("demo", "thre_layer")
    assert ran.code == 2
    assert "three_layer" in ran.err


@pytest.mark.parametrize("name", demo_command.SCRIPTS)
def test_the_scripts_are_there_and_explain_themselves(name, run):
    assert name in run("demo", "--help").out
    ran = run("demo", name, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: blobnet demo {name} [OPTIONS]")
    assert "--threads" in ran.out
    assert run("demo", name, "--nonsense").code == 2


def test_the_models_that_the_demo_knows_travel_in_the_wheel():
    text = (demo_command.example_model("lenet5").parents[1] / "pyproject.toml").read_text()
    for name in ("lenet5", *demo_command.SCRIPTS):
        assert f'"models/{name}" = "blobnet/models/{name}"' in text
