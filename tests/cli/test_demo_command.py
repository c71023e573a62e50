from __future__ import annotations

import re
import shlex
import signal

import numpy as np
import pytest

import blobnet
from blobnet.cli import demo_command
from blobnet.cli.demo_command import example_model, largest_divisor, with_border, write_definitions
from blobnet.datasets.digit_data import DigitData
from blobnet.proto import NetParameter
from blobnet.serialization.prototxt import read_solver, read_text
from blobnet.viz.training_curves import TrainingHistory
from tests.cli.digits import write_mnist

FILES = {
    "curves.png",
    "deploy.prototxt",
    "mnist_test_lmdb",
    "mnist_train_lmdb",
    "solver.prototxt",
    "train.log",
    "train_test.prototxt",
}


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


def digit_data(train=30, test=20, side=28):
    images = np.zeros((train + test, side, side), np.uint8)
    labels = np.zeros(train + test, np.uint8)
    return DigitData(images[:train], labels[:train], images[train:], labels[train:], "some digits")


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
    assert lines[1] == "LeNet-5 learns from 30 digits, and is tested on 20 others"
    assert re.fullmatch(r"trained for 4 iterations in \d+\.\d s", lines[3])
    assert re.fullmatch(r"test accuracy: \d+\.\d\d %", lines[4])
    told = {line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "}
    assert FILES | {"lenet5_iter_4.caffemodel", "lenet5_iter_4.solverstate"} <= told
    assert max(map(len, lines[: lines.index("next:")])) <= 80


def test_the_log_is_a_file_and_where_there_is_no_terminal_on_stderr_too(demo, tmp_path):
    ran = demo("--iterations", 2)
    log = (tmp_path / "lenet5_demo" / "train.log").read_text()
    assert log == ran.err
    assert "Solving LeNet" in ran.log
    assert "Optimization Done." in ran.log


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


def test_an_interrupt_tells_what_there_is_and_how_to_go_on(demo, run, interrupted, tmp_path):
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
        (["--out", "odd"], "odd/train.log: Is a directory"),
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


# --- its definitions ------------------------------------------------------------------------------


def test_a_small_set_is_moved_about_and_a_large_one_is_not(tmp_path):
    for train, crop in ((9_999, 28), (10_000, 0)):
        data = digit_data(train, 500, side=28)
        write_definitions(tmp_path, data, 100)
        net = read_text(tmp_path / "train_test.prototxt", NetParameter())
        layers = [layer for layer in net.layer if layer.type == "Data"]
        assert [layer.transform_param.crop_size for layer in layers] == [crop, crop]


def test_a_border_is_added_on_every_side():
    data = digit_data()
    data.train_images[...] = 7
    bordered = with_border(data)
    assert bordered.train_images.shape == (30, 32, 32)
    assert bordered.test_images.shape == (20, 32, 32)
    np.testing.assert_array_equal(bordered.train_images[:, 2:-2, 2:-2], 7)
    assert bordered.train_images.sum() == 7 * data.train_images.size


@pytest.mark.parametrize(
    ("test", "batch", "batches"), [(10_000, 100, 100), (360, 90, 4), (7, 7, 1)]
)
def test_a_test_looks_at_every_image_once(test, batch, batches, tmp_path):
    out = tmp_path / "a test"  # the folder's name does not matter
    out.mkdir()
    solver = read_solver(write_definitions(out, digit_data(test=test), 1000))
    net = read_text(out / "train_test.prototxt", NetParameter())
    sizes = [layer.data_param.batch_size for layer in net.layer if layer.type == "Data"]
    assert sizes == [64, batch]
    assert list(solver.test_iter) == [batches]


@pytest.mark.parametrize(("max_iter", "every"), [(1, (1, 1, 1)), (1500, (150, 30, 750))])
def test_intervals_fit_the_length(max_iter, every, tmp_path):
    solver = read_solver(write_definitions(tmp_path, digit_data(), max_iter))
    assert (solver.test_interval, solver.display, solver.snapshot) == every
    assert solver.max_iter == max_iter


@pytest.mark.parametrize(
    ("number", "limit", "divisor"), [(360, 100, 90), (97, 100, 97), (101, 100, 1), (1, 100, 1)]
)
def test_the_largest_divisor(number, limit, divisor):
    assert largest_divisor(number, limit) == divisor


def test_the_example_is_found():
    assert {"train_test.prototxt", "solver.prototxt", "deploy.prototxt"} <= {
        path.name for path in example_model("lenet5").iterdir()
    }
