from __future__ import annotations

import pytest

from blobnet.errors import DataError
from blobnet.viz.logs.columns import write_columns, write_seconds
from tests.viz.logs.logs import Log


@pytest.fixture
def log():
    log = Log().say("Solving LeNet").say("Iteration 0, Testing net (#0)")
    log.say("    Test net output #0: accuracy = 0.0819")
    log.say("    Test net output #1: loss = 2.43666 (* 1 = 2.43666 loss)")
    log.say("Iteration 0 (42 iter/s, 2s/100 iters), loss = 2.4")
    log.say("    Train net output #0: loss = 2.4 (* 1 = 2.4 loss)")
    log.say("Iteration 0, lr = 0.01")
    log.say("Iteration 1000, Testing net (#0)")
    log.say("    Test net output #0: accuracy = 0.9")
    log.say("    Test net output #1: loss = 0.3 (* 1 = 0.3 loss)")
    log.say("    Test net output #10: loss = 9")
    return log.say("Iteration 1000, loss = 0.174288")


def tables(log: Log, folder) -> dict[str, list[str]]:
    paths = write_columns(log.write(folder / "a.log"), folder)
    assert [path.name for path in paths] == ["a.log.test", "a.log.train"]
    return {path.suffix[1:]: path.read_text().splitlines() for path in paths}


def test_columns_are_aligned(log, tmp_path):
    assert tables(log, tmp_path) == {
        "test": [
            "#Iters Seconds TestAccuracy TestLoss",
            "0     1.000000  0.0819  2.43666",
            "1000  7.000000  0.9     0.3",
        ],
        "train": [
            "#Iters Seconds TrainingLoss LearningRate",
            "0     4.000000   2.4       0.01",
            "1000  11.000000  0.174288  ",
        ],
    }


def test_nothing_else_is_written(log, tmp_path):
    tables(log, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.log", "a.log.test", "a.log.train"]


def test_a_test_that_was_interrupted_does_not_move_the_others(tmp_path):
    log = Log().say("Solving x").say("Iteration 0, Testing net (#0)")
    log.say("Iteration 5, Testing net (#0)").say("    Test net output #1: loss = 0.5")
    assert tables(log, tmp_path)["test"][1:] == ["0  1.000000     ", "5  2.000000  -  0.5"]


def test_a_log_without_numbers_has_the_heads_only(tmp_path):
    both = tables(Log().say("Solving x"), tmp_path)
    assert [len(rows) for rows in both.values()] == [1, 1]


def test_seconds_are_those_of_the_lines_with_iterations(log, tmp_path):
    out = tmp_path / "seconds.txt"
    assert write_seconds(log.write(tmp_path / "a.log"), out) == 5
    assert out.read_text() == "1.000000\n4.000000\n6.000000\n7.000000\n11.000000\n"


def test_a_line_without_a_time_is_named(log, tmp_path):
    log.lines.insert(3, "Iteration 3 of something else")
    out = tmp_path / "seconds.txt"
    with pytest.raises(DataError, match="line 4 has no time"):
        write_seconds(log.write(tmp_path / "a.log"), out)
    assert not out.exists()
