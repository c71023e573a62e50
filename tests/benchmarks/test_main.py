from __future__ import annotations

import json

import pytest

import blobnet
from benchmarks import __main__ as program
from benchmarks.measure import Measured
from benchmarks.rows import ROWS, Row
from blobnet.errors import BlobnetError


@pytest.fixture(autouse=True)
def _threads_as_before():
    yield
    blobnet.set_num_threads(None)


@pytest.fixture
def rows(monkeypatch):
    """Three rows that measure nothing; the last one fails."""

    def fail(rounds):
        raise KeyboardInterrupt

    made = [
        Row("one", "the first", 1.0, lambda rounds: Measured([float(rounds)], [10.0]), "nothing"),
        Row("two", "the second", 1.0, lambda rounds: Measured([2.0])),
        Row("three", "the third", 1.0, fail),
    ]
    monkeypatch.setattr(program, "rows_named", lambda names: [r for r in made if r.name in names])


def test_rows_are_measured_and_told(rows, tmp_path, capsys):
    out = tmp_path / "out.json"
    words = ["--only", "one", "two", "--rounds", "4", "--threads", "3", "--json", str(out)]
    assert program.main(words) == 0
    told = capsys.readouterr()
    assert told.err == "measuring one ...\nmeasuring two ...\n"
    assert "0.40" in told.out
    held = json.loads(out.read_text())
    assert [(row["name"], row["met"]) for row in held["rows"]] == [("one", True), ("two", False)]
    assert (held["rounds"], held["threads"]) == (4, 3)


def test_what_was_measured_before_an_interrupt_is_told(rows, tmp_path, capsys):
    out = tmp_path / "out.json"
    assert program.main(["--only", "one", "two", "three", "--json", str(out)]) == 130
    assert [row["name"] for row in json.loads(out.read_text())["rows"]] == ["one", "two"]
    assert "the second" in capsys.readouterr().out


def test_a_row_whose_other_side_is_missing_is_left_out(monkeypatch, capsys):
    def fail(rounds):
        raise BlobnetError("no OpenCV")

    made = [
        Row("four", "the fourth", 1.0, fail, "OpenCV", is_optional=True),
        Row("five", "the fifth", 1.0, lambda rounds: Measured([1.0])),
    ]
    monkeypatch.setattr(program, "rows_named", lambda names: made)
    assert program.main([]) == 0
    told = capsys.readouterr()
    assert "four could not be measured: no OpenCV" in told.err
    assert "the fifth" in told.out


def test_names_are_listed(capsys):
    assert program.main(["--list"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [row.name for row in ROWS]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "lenet"], "no benchmark is called 'lenet'"),
        (["--only", "import", "--threads", "0"], "no number of threads"),
    ],
)
def test_mistakes_are_explained(words, message, capsys):
    assert program.main(words) == 1
    assert message in capsys.readouterr().err


def test_no_rounds_at_all_are_wrong_usage(capsys):
    with pytest.raises(SystemExit):
        program.main(["--rounds", "0"])
    assert "--rounds must be at least 1" in capsys.readouterr().err


def test_without_pytorch_it_is_said_how_to_get_it(tmp_path, monkeypatch, capsys):
    (tmp_path / "torch.py").write_text("raise ImportError('no torch here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delenv("BLOBNET_TORCH_PYTHON", raising=False)
    assert program.main(["--only", "lenet-step"]) == 0
    told = capsys.readouterr().err
    assert "lenet-step could not be measured" in told
    assert "blobnet[bench]" in told
