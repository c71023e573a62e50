"""Caffe's tools for logs, as commands: what they write the tests of `viz.logs` look at."""

from __future__ import annotations

import pytest

from tests.viz.logs.logs import Log


@pytest.fixture
def log(tmp_path, monkeypatch):
    """The current folder, with a log in it."""
    monkeypatch.chdir(tmp_path)
    log = Log().say("Solving LeNet")
    for iteration in (0, 10):
        log.train(iteration).say("    Train net output #0: loss = 1").test(iteration, 0.5)
    return log.write(tmp_path / "a.log")


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "a.log")


@pytest.mark.parametrize("name", ["parse_log", "parse_log.py"])
def test_parse_log_writes_two_tables(log, run, tmp_path, name):
    (tmp_path / "out").mkdir()
    assert run(name, "a.log", "out") == (0, "", "")
    assert files(tmp_path / "out") == ["a.log.test", "a.log.train"]


def test_parse_log_tells_what_it_does(log, run):
    ran = run("parse_log", "--verbose", "--delimiter", "\\t", "a.log", ".")
    assert ran == (0, "Wrote a.log.train\nWrote a.log.test\n", "")
    assert log.with_name("a.log.test").read_text().startswith("NumIters\tSeconds")


def test_parse_log_says_that_there_is_nothing_to_write(log, run, tmp_path):
    Log().say("Solving x").write(tmp_path / "few.log")
    ran = run("parse_log", "few.log", ".", "--verbose")
    assert ran.out == (
        "Not writing few.log.train; no lines to write\n"
        "Not writing few.log.test; no lines to write\n"
    )
    assert ran.err == "few.log: fewer than two rows of outputs, so neither table is written\n"


@pytest.mark.parametrize("delimiter", ["", "ab", "\n", '"'])
def test_a_delimiter_is_one_character(log, run, tmp_path, delimiter):
    ran = run("parse_log", "a.log", ".", "--delimiter", delimiter)
    assert (ran.code, files(tmp_path)) == (2, [])
    assert "a single character is needed" in ran.err


def test_parse_log_sh_writes_into_the_current_folder(log, run, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    assert run("parse_log.sh", "../a.log") == (0, "", "")
    assert files(tmp_path / "out") == ["a.log.test", "a.log.train"]
    head = (tmp_path / "out/a.log.train").read_text().splitlines()[0]
    assert head == "#Iters Seconds TrainingLoss LearningRate"


@pytest.mark.parametrize("name", ["extract_seconds", "extract_seconds.py"])
def test_extract_seconds(log, run, tmp_path, name):
    assert run(name, "a.log", "out.txt") == (0, "", "")
    lines = (tmp_path / "out.txt").read_text().splitlines()
    assert lines == ["1.000000", "3.000000", "5.000000", "7.000000"]


def test_plot_training_log(log, run, tmp_path):
    pytest.importorskip("matplotlib")
    assert run("plot_training_log.py", "6", "out.png", "a.log", "a.log") == (
        *(0, "wrote out.png\n", ""),
    )
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_a_forgotten_picture_does_not_cost_a_log(log, run):
    pytest.importorskip("matplotlib")
    before = log.read_text()
    ran = run("plot_training_log", "6", "a.log", "a.log")
    assert (ran.code, log.read_text()) == (2, before)
    assert "the second word is the picture's name" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["parse_log", "none.log", "."], 1, "the log none.log: cannot be read"),
        (["parse_log", "a.log", "nowhere"], 2, "there is no folder nowhere"),
        (["extract_seconds", "a.log", "nowhere/x"], 2, "there is no folder nowhere"),
        (["parse_log.sh", "none.log"], 1, "the log none.log: cannot be read"),
        (["plot_training_log", "8", "out.png", "a.log"], 2, "0<=x<=7"),
        (["plot_training_log", "0", "out.png"], 2, "LOG..."),
    ],
)
def test_what_is_wrong_is_said(log, run, tmp_path, words, code, message):
    ran = run(*words)
    assert (ran.code, files(tmp_path)) == (code, [])
    assert message in ran.err
