from __future__ import annotations

import pytest

from tests.viz.logs.logs import Log

pytest.importorskip("matplotlib")

PNG = b"\x89PNG"


@pytest.fixture
def logs(tmp_path, monkeypatch):
    """The current folder, with two logs in it."""
    monkeypatch.chdir(tmp_path)
    one = Log().say("Solving LeNet").test(0, 0.125).train(0, 1000, 2000)
    one.say("Snapshotting to binary proto file lenet iter.caffemodel").write(tmp_path / "one.log")
    Log(23).train(0).train(10, factor=float("nan")).write(tmp_path / "two.log")
    return tmp_path


def test_a_log_becomes_a_picture(logs, run):
    ran = run("plot", "one.log", "out.png")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "wrote out.png",
        "  one.log: iterations 0 to 2,000 in 0:00:05; test accuracy 0.125, training loss 2000",
        "next: blobnet show NET 'lenet iter.caffemodel' filters.png",
    ]
    assert (logs / "out.png").read_bytes().startswith(PNG)


def test_several_logs_become_one_picture(logs, run):
    ran = run("plot", "one.log", "two.log", "out.png", "--x", "seconds", "--only", "loss")
    assert ran.code == 0
    assert "  two.log: iterations 0 to 10 in 0:00:01; training loss nan" in ran.out
    assert ran.out.endswith("filters.png\n")
    assert (logs / "out.png").is_file()


def test_our_own_training_can_be_drawn(tiny, run):
    (tiny / "train.log").write_text(run("train", "--solver", "solver.prototxt").err)
    ran = run("plot", "train.log", "out.png")
    assert ran.code == 0
    assert ran.out.endswith("next: blobnet show NET tiny_iter_4.caffemodel filters.png\n")


def test_a_log_without_times_is_drawn_over_iterations_only(logs, run):
    (logs / "bare.log").write_text("Iteration 0, loss = 1\nIteration 5, loss = 0.5\n")
    ran = run("plot", "bare.log", "out.png")
    assert "  bare.log: iterations 0 to 5; training loss 0.5\n" in ran.out
    ran = run("plot", "bare.log", "out.png", "--x", "seconds")
    assert ran.code == 1
    assert "--x iterations" in ran.err


def test_many_outputs_are_not_all_told(logs, run):
    log = Log().say("Iteration 0, Testing net (#0)")
    for index in range(100):
        log.say(f"    Test net output #{index}: accuracy = 0.5")
    log.write(logs / "many.log")
    assert "and 96 more\n" in run("plot", "many.log", "out.png").out


def test_a_forgotten_picture_does_not_cost_a_log(logs, run):
    before = (logs / "two.log").read_text()
    ran = run("plot", "one.log", "two.log")
    assert ran.code == 2
    assert "two.log: the last name is the picture's, OUT.png" in ran.err
    assert (logs / "two.log").read_text() == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.log", "out.png"], "the log none.log: cannot be read"),
        (["empty.log", "out.png"], "empty.log: no training in this log"),
        (["one.log", "out.png", "--only", "acuracy"], "did you mean accuracy?"),
        (["one.log", "nowhere/out.png"], "make the folder first"),
    ],
)
def test_what_does_not_do_is_explained(words, message, logs, run):
    (logs / "empty.log").write_text("hello\n")
    ran = run("plot", *words)
    assert ran.code == 1
    assert ran.err.startswith("blobnet: ")
    assert message in ran.err
    assert not (logs / "out.png").exists()
