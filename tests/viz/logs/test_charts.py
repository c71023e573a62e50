from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from blobnet.errors import DataError
from blobnet.viz import curves
from blobnet.viz.logs import charts
from blobnet.viz.logs.charts import CHARTS, save_chart
from blobnet.viz.logs.file import read_log
from tests.viz.logs.logs import Log


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were saved."""
    figures = []

    def keep(figure, path):
        figures.append(figure)
        return save(figure, path)

    save = curves.save_figure
    monkeypatch.setattr(curves, "save_figure", keep)
    return figures


def write_log(path: Path, factor: float = 1) -> Path:
    log = Log().say("Solving LeNet")
    for iteration in (0, 10):
        log.say(f"Iteration {iteration}, Testing net (#0)")
        log.say(f"    Test net output #0: accuracy = {factor * 0.25}")
        log.say(f"    Test net output #1: loss = {factor * 3} (* 1 = 3 loss)")
        log.say(f"Iteration {iteration}, loss = {factor * 2}")
        log.say(f"    Train net output #0: loss = {factor * 7} (* 1 = 7 loss)")
        log.say(f"Iteration {iteration}, lr = {factor * 0.5}")
    return log.write(path)


def save(number: int, out: Path, *logs: Path) -> None:
    assert save_chart(CHARTS[number], [(log, read_log(log)) for log in logs], out) == out
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("number", "title", "x", "y"),
    [
        (0, "Test accuracy  vs. Iters", [0, 10], 0.25),
        (1, "Test accuracy  vs. Seconds", [2, 8], 0.25),
        (2, "Test loss  vs. Iters", [0, 10], 3),
        (3, "Test loss  vs. Seconds", [3, 9], 3),
        (4, "Train learning rate  vs. Iters", [0, 10], 0.5),
        (5, "Train learning rate  vs. Seconds", [6, 12], 0.5),
        (6, "Train loss  vs. Iters", [0, 10], 2),
        (7, "Train loss  vs. Seconds", [4, 10], 2),
    ],
)
def test_the_eight_charts(tmp_path, drawn, number, title, x, y):
    save(number, tmp_path / "out.png", write_log(tmp_path / "a.log"))
    (axes,) = drawn[0].axes
    (line,) = axes.get_lines()
    assert axes.get_title() == title
    assert (axes.get_ylabel(), axes.get_xlabel()) == tuple(title.split("  vs. "))
    assert list(line.get_xdata()) == x
    assert list(line.get_ydata()) == [y, y]


def test_several_logs_are_told_apart(tmp_path, drawn):
    logs = [write_log(tmp_path / "a.log"), write_log(tmp_path / "b.log.1", 0.5)]
    save(6, tmp_path / "out.png", *logs)
    (axes,) = drawn[0].axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b.1"]
    one, two = axes.get_lines()
    assert (one.get_color(), one.get_marker()) != (two.get_color(), two.get_marker())
    assert list(two.get_ydata()) == [1, 1]


def test_trainings_in_one_log_are_told_apart(tmp_path, drawn):
    log = write_log(tmp_path / "a.log")
    log.write_text(2 * log.read_text())
    save(6, tmp_path / "out.png", log)
    names = [text.get_text() for text in drawn[0].axes[0].get_legend().get_texts()]
    assert names == ["a, run 1", "a, run 2"]


def test_a_log_without_the_quantity_is_named(tmp_path):
    log = Log().train(0, 10).write(tmp_path / "a.log")
    with pytest.raises(DataError, match=r"a\.log: nothing to draw for Test accuracy"):
        save(0, tmp_path / "out.png", log)
    assert not (tmp_path / "out.png").exists()


def test_times_are_needed_for_seconds(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("Iteration 0, loss = 1\n")
    with pytest.raises(DataError, match="no times"):
        save(7, tmp_path / "out.png", log)
    save(6, tmp_path / "out.png", log)


def test_all_charts_have_a_number():
    assert len(charts.CHARTS) == 8
