from __future__ import annotations

import pytest

from blobnet.errors import DataError, SnapshotError
from blobnet.viz.logs import tables
from blobnet.viz.logs.tables import write_tables
from tests.viz.logs.logs import Log


def outputs(log: Log, iteration: int, loss: object, rate: float) -> Log:
    """A display as a solver writes it: one second for each line."""
    log.say(f"Iteration {iteration} (9 iter/s), loss = {loss}")
    log.say(f"    Train net output #0: loss = {loss} (* 1 = {loss} loss)")
    return log.say(f"Iteration {iteration}, lr = {rate}")


def score(log: Log, iteration: int, accuracy: float, loss: float) -> Log:
    log.say(f"Iteration {iteration}, Testing net (#0)")
    log.say(f"    Test net output #0: accuracy = {accuracy}")
    return log.say(f"    Test net output #1: loss = {loss} (* 1 = {loss} loss)")


def table(log: Log, folder, name: str, **settings) -> list[str]:
    write_tables(log.write(folder / "a.log"), folder, **settings)
    text = (folder / f"a.log.{name}").read_bytes().decode()
    assert text.endswith("\r\n")
    return text.split("\r\n")[:-1]


@pytest.fixture
def log():
    log = Log().say("Solving LeNet")
    score(log, 0, 0.125, 2.5)
    outputs(log, 0, 2.25, 0.01)
    outputs(log, 100, 1e-07, 0.0099)
    return score(log, 100, 0.5, 1.5)


def test_rows_have_iteration_seconds_rate_and_outputs(log, tmp_path):
    assert table(log, tmp_path, "train") == [
        "NumIters,Seconds,LearningRate,loss",
        "0.0,5.0,0.01,2.25",
        "100.0,8.0,0.01,1e-07",
    ]
    assert table(log, tmp_path, "test") == [
        "NumIters,Seconds,LearningRate,accuracy,loss",
        "0.0,2.0,0.0099,0.125,2.5",  # its rate is the second row's
        "100.0,11.0,0.0099,0.5,1.5",
    ]


def test_the_delimiter_is_free_and_cells_are_quoted(tmp_path):
    log = Log().say("Solving x")
    for iteration in (0, 1):
        log.say(f"Iteration {iteration}, loss = 1")
        log.say("Train net output #0: a;b = 1")
    rows = table(log, tmp_path, "train", delimiter=";")
    assert rows[0] == 'NumIters;Seconds;LearningRate;"a;b"'
    assert rows[1] == "0.0;2.0;nan;1.0"


def test_a_value_that_is_no_number_leaves_its_cell_empty(tmp_path):
    log = Log().say("Solving x")
    for iteration, loss in enumerate(["1", "2", "nan", "4"]):
        log.say(f"Iteration {iteration}, loss = {loss}")
        log.say(f"Train net output #0: loss = {loss}")
        log.say("Train net output #1: l2 = 7")
    rows = table(log, tmp_path, "train")
    assert [row.split(",")[3:] for row in rows[1:]] == [
        ["1.0", "7.0"],
        ["2.0", "7.0"],
        ["", "7.0"],
        ["4.0", "7.0"],
    ]


def test_what_the_log_ends_with_is_left_out_while_it_has_few_cells(log, tmp_path):
    log.say("Iteration 200, Testing net (#0)").say("    Test net output #0: accuracy = 0.75")
    assert len(table(log, tmp_path, "test")) == 3


def test_an_output_that_comes_later_gets_a_column(log, tmp_path):
    log.say("Iteration 200, Testing net (#0)")
    log.say("    Test net output #2: top5 = 0.75")
    score(log, 300, 0.5, 1.5)
    rows = table(log, tmp_path, "test")
    assert rows[0].endswith(",accuracy,loss,top5")
    assert rows[2].endswith(",0.5,1.5,")
    assert rows[3].endswith(",,,0.75")


def test_before_the_first_iteration_and_in_lines_without_time_nothing_counts(tmp_path):
    log = Log().say("Solving x").say("Train net output #0: loss = 9")
    for iteration in (0, 1):
        log.say(f"Iteration {iteration}, loss = 1")
        log.lines.append("Train net output #0: loss = 8")
        log.say("Train net output #0: loss = 1")
    assert [row.split(",")[3] for row in table(log, tmp_path, "train")] == ["loss", "1.0", "1.0"]


def test_a_table_without_rows_is_not_written(tmp_path):
    log = score(Log().say("Solving x"), 0, 0.1, 2).write(tmp_path / "a.log")
    out = {path.name: written for path, written in write_tables(log, tmp_path).items()}
    assert out == {"a.log.train": False, "a.log.test": False}
    assert [path.name for path in tmp_path.iterdir()] == ["a.log"]


def test_what_is_there_stays_where_the_log_cannot_be_read(tmp_path):
    (tmp_path / "a.log.train").write_text("old")
    with pytest.raises(DataError):
        write_tables(Log().train(0).write(tmp_path / "a.log"), tmp_path)
    assert (tmp_path / "a.log.train").read_text() == "old"


def test_a_folder_must_be_there(log, tmp_path):
    with pytest.raises(SnapshotError, match="make the folder first"):
        write_tables(log.write(tmp_path / "a.log"), tmp_path / "none")


def test_columns_have_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_MOST_COLUMNS", 5)
    log = Log().say("Solving x")
    for iteration in (0, 1):
        log.say(f"Iteration {iteration}, Testing net (#0)")
        for index in range(3):
            log.say(f"    Test net output #{index}: score{index} = 0.5")
    with pytest.raises(DataError, match="too many names"):
        write_tables(log.write(tmp_path / "a.log"), tmp_path)
